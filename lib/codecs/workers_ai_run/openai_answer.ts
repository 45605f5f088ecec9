/** Workers AI's own words for an answer → OpenAI's. */
import { isObject, type Json, objectsOf, parseJson } from "../../json/fields.ts";
import { openaiFault } from "./fault.ts";
import { reasonFor } from "./finish_reason.ts";
import { chatOfResponses, isResponses } from "./responses_answer.ts";

/** A whole answer as OpenAI's text, from any of its forms, with or without Cloudflare's envelope. */
export function openaiAnswer(text: string): string {
  const body = parseJson(text);
  if (!isObject(body)) return text;
  const fault = openaiFault(body);
  if (fault !== undefined) return JSON.stringify(fault);
  const answer = insideEnvelope(body);
  if (isResponses(answer)) return JSON.stringify(chatOfResponses(answer));
  if (!isNative(answer)) return answer === body ? text : JSON.stringify(answer);
  const { usage } = answer;
  const message = { role: "assistant", ...wordsOf(answer) };
  const finish_reason = reasonFor("tool_calls" in message);
  return JSON.stringify({ choices: [{ index: 0, message, finish_reason }], usage });
}

/** The binding answers without the envelope, and so do streams. */
export function insideEnvelope(body: Json): Json {
  return isObject(body.result) ? body.result : body;
}

/** Tells the older form. */
export function isNative(answer: Json): boolean {
  return !("choices" in answer) && ("response" in answer || "tool_calls" in answer);
}

/** What a message, or a delta, has of it. */
export function wordsOf({ response, tool_calls }: Json): Json {
  const calls = objectsOf(tool_calls).filter((call) => !isSentinel(call));
  return {
    content: contentOf(response),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** JSON that was asked for comes as a value, and a piece that looks like a number as one. */
function contentOf(response: unknown): string | null {
  if (response === undefined || response === null) return null;
  return typeof response === "object" ? JSON.stringify(response) : String(response);
}

/** Closes a stream's calls and says nothing. */
function isSentinel({ id, name, arguments: args, function: called }: Json): boolean {
  const inner = isObject(called) ? called : {};
  return [id, name, args, inner.name, inner.arguments].every((each) => (each ?? "") === "");
}
