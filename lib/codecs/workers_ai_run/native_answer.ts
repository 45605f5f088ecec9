/** OpenAI's words for an answer → Workers AI's own, where those can say it. */
import { isObject, type Json, objectOf, objectsOf } from "../../json/fields.ts";

/** Every answer has these; the older form has no place for them. */
const HEAD = new Set(["id", "object", "created", "model", "choices", "usage"]);

/** A whole answer: in the older form where that loses nothing but id, model and time, else in the newer one. */
export function nativeAnswer(text: string): string {
  const answer = JSON.parse(text) as Json;
  return JSON.stringify({
    result: olderForm(answer) ?? answer,
    success: true,
    errors: [],
    messages: [],
  });
}

function olderForm(answer: Json): Json | undefined {
  const choice = onlyChoice(answer);
  if (choice === undefined) return undefined;
  const message = objectOf(choice.message);
  const words = plainWords(message);
  const ended = words?.tool_calls === undefined ? "stop" : "tool_calls";
  if (words === undefined || choice.finish_reason !== ended) return undefined;
  const { usage } = answer;
  return { response: null, ...words, ...(isObject(usage) && { usage }) };
}

/** The choice of an answer, or of a chunk, that says nothing besides its words and its end. */
export function onlyChoice(answer: Json): Json | undefined {
  const [choice, ...others] = objectsOf(answer.choices);
  if (choice === undefined || others.length > 0 || choice.index !== 0) return undefined;
  const plain = isBare(answer) &&
    Object.entries(choice).every(([key, value]) => OF_CHOICE.has(key) || value === null);
  return plain ? choice : undefined;
}

/** Whether an answer, or a chunk, has nothing besides what every one has. */
export function isBare(answer: Json): boolean {
  return Object.keys(answer).every((key) => HEAD.has(key));
}

const OF_CHOICE = new Set(["index", "message", "delta", "finish_reason"]);
const OF_MESSAGE = new Set(["role", "content", "tool_calls"]);

/** Text and calls; `undefined` when there is more, such as reasoning. */
export function plainWords(message: Json): Json | undefined {
  const plain = Object.entries(message).every(([key, value]) =>
    OF_MESSAGE.has(key) || value === null
  );
  if (!plain) return undefined;
  const { content, tool_calls } = message;
  return {
    ...(typeof content === "string" && { response: content }),
    ...(Array.isArray(tool_calls) && { tool_calls }),
  };
}
