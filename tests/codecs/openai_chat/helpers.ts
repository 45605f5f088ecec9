import type { StreamRelay } from "../../../lib/chat/stream_relay.ts";
import type { AnswerDefaults } from "../../../lib/chat/codec.ts";

export const DEFAULTS: AnswerDefaults = {
  id: "chatcmpl-default",
  model: "default-model",
  created: 1_750_000_000,
};

const utf8 = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return utf8.encode(text);
}

/** An SSE body of these payloads; strings go in as they are, the rest as JSON. */
export function sse(...payloads: unknown[]): string {
  return payloads.map((each) =>
    `data: ${typeof each === "string" ? each : JSON.stringify(each)}\n\n`
  ).join("");
}

/** A chunk as OpenAI writes it. */
export function chunk(delta: unknown, finish: string | null = null, more: object = {}): object {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "gpt-5-mini",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...more,
  };
}

/** Runs bytes through a relay, cut at the given places. */
export function relayText(relay: StreamRelay, bytes: Uint8Array, cuts: number[] = []): string {
  const decoder = new TextDecoder();
  let out = "";
  const take = (piece: Uint8Array | undefined) => {
    if (piece !== undefined) out += decoder.decode(piece, { stream: true });
  };
  for (const piece of cutBytes(bytes, cuts)) take(relay.push(piece));
  take(relay.end());
  return out + decoder.decode();
}

/** The pieces between the cuts. */
export function cutBytes(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const to = Math.min(cut, bytes.length);
    if (to > from) pieces.push(bytes.slice(from, to));
    from = Math.max(from, to);
  }
  if (from < bytes.length) pieces.push(bytes.slice(from));
  return pieces;
}

/** The parsed data of every event but `[DONE]`. */
export function payloadsOf(text: string): Record<string, unknown>[] {
  return text.split("\n\n").filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice(6)));
}
