/** A whole answer of Cohere's → neutral. https://docs.cohere.com/v2/reference/chat */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { CitationPart, Part, ToolCallPart } from "../../chat/request.ts";
import { finished } from "../../chat/finish_words.ts";
import type { ChatResponse, Choice } from "../../chat/response.ts";
import { makeCallId } from "../../chat/call_id.ts";
import { GatewayError } from "../../errors.ts";
import { isObject, type Json, objectOf, objectsOf, parseJson, textOf } from "../../json/fields.ts";
import { decodeCitation, isOfText } from "./citations.ts";
import { makeFault, messageOf } from "./fault.ts";
import { FINISH_REASONS } from "./finish_reason.ts";
import { decodeLogprobs } from "./logprobs.ts";
import { extend } from "./profile.ts";
import { decodeUsage } from "./usage.ts";

/** Reads a whole answer. Throws 2120 for an error inside a 200, 2002 for text that is no answer. */
export function decodeResponse(text: string, defaults: AnswerDefaults): ChatResponse {
  const answer = parseJson(text);
  if (!isObject(answer)) {
    throw new GatewayError(2002, "The provider answered with something else than JSON");
  }
  const { message } = answer;
  if (!isObject(message)) throw noMessage(answer);
  const id = textOf(answer.id) ?? defaults.id;
  const choice = decodeChoice(answer, message, id);
  const usage = isObject(answer.usage) ? decodeUsage(answer.usage) : undefined;
  return {
    id,
    model: defaults.model,
    created: defaults.created,
    choices: [choice],
    ...(usage !== undefined && { usage }),
  };
}

function noMessage(answer: Json): GatewayError {
  const said = messageOf(answer);
  if (said === undefined) {
    return new GatewayError(2002, "The provider answered with JSON that has no `message`");
  }
  return new GatewayError(2120, said, { fault: makeFault(502, said) });
}

function decodeChoice(answer: Json, message: Json, id: string): Choice {
  const parts = decodeParts(message, id);
  const called = parts.some((part) => part.type === "tool_call");
  const finish = FINISH_REASONS.decode(textOf(answer.finish_reason), called);
  if (finish.reason === "error" && parts.length === 0) throw failed(finish.native);
  const extensions = decodeLogprobs(answer.logprobs);
  return {
    index: 0,
    parts,
    ...finished(finish),
    ...(extensions !== undefined && { extensions }),
  };
}

function failed(native: string | undefined): GatewayError {
  const fault = faultOfFinish(native);
  return new GatewayError(2120, fault.message, { fault });
}

/** An answer that ended in an error before it said anything. */
export function faultOfFinish(native: string | undefined): ReturnType<typeof makeFault> {
  return native === "TIMEOUT"
    ? makeFault(504, "The model did not answer in time")
    : makeFault(502, "The model failed to answer");
}

/** Content in its order, each block followed by what it rests on, then the plan and the calls. */
function decodeParts(message: Json, id: string): Part[] {
  const parts: Part[] = [];
  const citations = objectsOf(message.citations);
  const places = placesOf(citations, objectsOf(message.content));
  let base = 0;
  objectsOf(message.content).forEach((block, at) => {
    const part = decodeBlock(block);
    if (part !== undefined) parts.push(part);
    const length = part?.type === "text" ? part.content.length : 0;
    parts.push(...citedAt(citations, places, at, base));
    base += length;
  });
  const plan = textOf(message.tool_plan);
  if (plan !== undefined) {
    parts.push({ type: "reasoning", content: plan, ...extend({ plan: true }) });
  }
  parts.push(...citedAt(citations, places, -1, 0));
  objectsOf(message.tool_calls).forEach((call, at) => parts.push(decodeCall(call, id, at)));
  return parts;
}

/** Which block each citation belongs to; without an index it is the last text, and -1 is the plan. */
function placesOf(citations: readonly Json[], content: readonly Json[]): number[] {
  const lastText = content.findLastIndex(({ type }) => type === "text");
  return citations.map(({ content_index, type }) => {
    if (type === "PLAN") return -1;
    const known = typeof content_index === "number" && content[content_index] !== undefined;
    return known ? content_index : lastText;
  });
}

function citedAt(
  citations: readonly Json[],
  places: readonly number[],
  place: number,
  base: number,
): CitationPart[] {
  return citations.flatMap((citation, at) =>
    places[at] === place ? decodeCitation(citation, isOfText(citation) ? base : undefined) : []
  );
}

function decodeBlock(block: Json): Part | undefined {
  if (block.type === "thinking") {
    const content = textOf(block.thinking);
    return content === undefined ? undefined : { type: "reasoning", content };
  }
  const content = textOf(block.text);
  return content === undefined ? undefined : { type: "text", content };
}

/** Reads a call; a tool without parameters has the arguments `""` or `"null"`. */
export function decodeCall(call: Json, answerId: string, position: number): ToolCallPart {
  const called = objectOf(call.function);
  const args = typeof called.arguments === "string" ? called.arguments : "";
  return {
    type: "tool_call",
    id: textOf(call.id) ?? makeCallId(answerId, 0, position),
    name: String(called.name ?? ""),
    arguments: args === "" || args === "null" ? "{}" : args,
    kind: "function",
  };
}
