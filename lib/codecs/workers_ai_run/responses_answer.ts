/** gpt-oss answers in the words of OpenAI's Responses → those of its chat. */
import { type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { reasonFor } from "./finish_reason.ts";

/** Tells that form. */
export function isResponses(answer: Json): boolean {
  return !("choices" in answer) && Array.isArray(answer.output);
}

/** A whole answer: its thoughts, words and calls in one message. */
export function chatOfResponses(answer: Json): Json {
  const items = objectsOf(answer.output);
  const ofType = (type: string) => items.filter((item) => item.type === type);
  const calls = ofType("function_call").map(({ call_id, name, arguments: args }) => ({
    id: call_id,
    type: "function",
    function: { name, arguments: args },
  }));
  const content = ofType("message").map(textsOf).join("");
  const thoughts = ofType("reasoning").map(textsOf).join("");
  const message = {
    role: "assistant",
    content: content === "" && calls.length > 0 ? null : content,
    ...(thoughts !== "" && { reasoning_content: thoughts }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  const cut = objectOf(answer.incomplete_details).reason === "max_output_tokens";
  const finish_reason = cut ? "length" : reasonFor(calls.length > 0);
  const { id, created_at: created, model, usage } = answer;
  return { id, created, model, choices: [{ index: 0, message, finish_reason }], usage };
}

function textsOf({ content }: Json): string {
  return objectsOf(content).map(({ text }) => textOf(text) ?? "").join("");
}
