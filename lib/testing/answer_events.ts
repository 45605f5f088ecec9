/** What a scripted model says, as the events of a stream. */
import type { ChatEvent } from "../chat/event.ts";
import type { Part } from "../chat/request.ts";
import type { ScriptedAnswer, ScriptedCall } from "./turn.ts";

/** What the provider says of itself. */
export interface AnswerHead {
  id: string;
  /** What was asked for. */
  model: string;
  /** Seconds since the epoch. */
  created: number;
}

/** All events of a complete answer. */
export function answerEvents(answer: ScriptedAnswer, head: AnswerHead): ChatEvent[] {
  const { reasoning, text, toolCalls = [], usage, model = head.model } = answer;
  const reason = answer.finishReason ?? (toolCalls.length > 0 ? "tool_call" : "stop");
  const parts: [part: Part, pieces: readonly string[]][] = [
    ...(reasoning === undefined ? [] : [said({ type: "reasoning", content: "" }, reasoning)]),
    ...(text === undefined ? [] : [said({ type: "text", content: "" }, text)]),
    ...toolCalls.map(called),
  ];
  return [
    { type: "start", ...head, model },
    ...parts.flatMap(([part, pieces], index) => partEvents(index, part, pieces)),
    { type: "finish", choice: 0, reason },
    ...(usage === null ? [] : [usageEvent(usage)]),
  ];
}

/** The first events, up to and with so many pieces of content. */
export function firstPieces(events: readonly ChatEvent[], count: number): ChatEvent[] {
  let left = count;
  const end = events.findIndex((event) => event.type === "part-delta" && left-- === 0);
  const finish = events.findIndex(({ type }) => type === "finish");
  return events.slice(0, end === -1 ? finish : end);
}

function partEvents(index: number, part: Part, pieces: readonly string[]): ChatEvent[] {
  const place = { choice: 0, index };
  return [
    { type: "part-start", ...place, part },
    ...pieces.map((delta): ChatEvent => ({ type: "part-delta", ...place, delta })),
    { type: "part-end", ...place },
  ];
}

function said(part: Part, words: string | readonly string[]): [Part, readonly string[]] {
  return [part, typeof words === "string" ? words.match(/\s*\S+|\s+$/g) ?? [] : words];
}

function called({ name, id, ...call }: ScriptedCall, at: number): [Part, readonly string[]] {
  const args = call.arguments ?? {};
  const json = typeof args === "string" ? args : JSON.stringify(args);
  const part: Part = {
    type: "tool_call",
    kind: "function",
    id: id ?? `call_${at + 1}`,
    name,
    arguments: "",
  };
  return [part, json.match(/[\s\S]{1,8}/gu) ?? []];
}

function usageEvent(usage: Exclude<ScriptedAnswer["usage"], null>): ChatEvent {
  const counts = { inputTokens: 10, outputTokens: 5, ...usage };
  const totalTokens = counts.inputTokens + counts.outputTokens;
  return { type: "usage", usage: { totalTokens, ...counts } };
}
