import { type Json, objectOf, objectsOf } from "../../json/fields.ts";

/**
 * Whether an answer's text, whole or streamed, tells at a glance that all of it is there and good: `undefined` where it
 * must be read for that. Inside a JSON string every quote is written `\"`, so none of these can be part of what a model
 * says. Plain searches, since a pattern costs as much as a fifth of reading.
 */
export function endsWell(text: string): boolean | undefined {
  const reasons = FINISHES.flatMap((mark) => wordsAfter(mark, text));
  if (reasons.some((reason) => CUT.has(reason))) return false;
  const plain = reasons.length === 1 && reasons[0] === "stop";
  return plain && !OTHERS.some((mark) => text.includes(mark)) ? true : undefined;
}

const FINISHES = ['"finish_reason":"', '"finish_reason": "'];

/** Calls, whose arguments must be whole; a second choice; a refusal; an error after the end. */
const OTHERS = [
  '"tool_calls"',
  '"function_call"',
  '"index":1',
  '"index": 1',
  '"refusal":"',
  '"refusal": "',
  '"error"',
];

function wordsAfter(mark: string, text: string): string[] {
  const words: string[] = [];
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const start = at + mark.length;
    words.push(text.slice(start, text.indexOf('"', start)));
  }
  return words;
}

/** The same of a whole answer that has been read, which takes no searching. */
export function answerEndsWell({ choices, error }: Json): boolean | undefined {
  const read = objectsOf(choices);
  if (read.some(({ finish_reason: reason }) => CUT.has(reason))) return false;
  const { finish_reason, message } = read[0] ?? {};
  const { tool_calls, function_call, refusal } = objectOf(message);
  const others = [error, tool_calls, function_call, refusal];
  const plain = read.length === 1 && finish_reason === "stop" &&
    others.every((other) => other === undefined || other === null);
  return plain ? true : undefined;
}

const CUT = new Set<unknown>(["length", "content_filter"]);
