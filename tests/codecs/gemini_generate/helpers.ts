import { geminiGenerate } from "../../../lib/codecs/gemini_generate/mod.ts";
import type { AnswerDefaults } from "../../../lib/chat/codec.ts";
import type { ChatEvent } from "../../../lib/chat/event.ts";
import { fold } from "../../../lib/chat/fold.ts";
import type { ChatRequest, Message } from "../../../lib/chat/request.ts";
import type { ChatResponse, Choice } from "../../../lib/chat/response.ts";
import { runStep } from "../../../lib/stream/step.ts";

export type Json = Record<string, unknown>;

export const DEFAULTS: AnswerDefaults = {
  id: "chatcmpl-default",
  model: "default-model",
  created: 1_750_000_000,
};

export const codec = geminiGenerate();

const utf8 = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return utf8.encode(text);
}

/** A stream as Google sends it, with CRLF. */
export function sse(pieces: readonly unknown[], newline = "\r\n"): string {
  return pieces.map((piece) => `data: ${JSON.stringify(piece)}${newline}${newline}`).join("");
}

/** The same without `alt=sse`: one list, written over several lines. */
export function jsonList(pieces: readonly unknown[]): string {
  return `[${pieces.map((piece) => JSON.stringify(piece, null, 2)).join("\n,\r\n")}]`;
}

/** An answer, or a piece of one, with these parts. */
export function piece(parts: readonly unknown[], more: Json = {}, usageMetadata?: Json): Json {
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
    modelVersion: "gemini-3-pro",
    responseId: "r1",
    ...(usageMetadata && { usageMetadata }),
  };
}

export function eventsOf(text: string): ChatEvent[] {
  return runStep(codec.streamDecoder(DEFAULTS), [bytesOf(text)]);
}

/** The first choice of an answer, whole. */
export function decodeChoice(answer: unknown): Choice {
  return decode(answer).choices[0]!;
}

export function decode(answer: unknown): ChatResponse {
  return codec.decodeResponse(JSON.stringify(answer), DEFAULTS);
}

/** The first choice of a stream of these pieces. */
export function streamChoice(...pieces: unknown[]): Choice {
  return fold(eventsOf(sse(pieces))).choices[0]!;
}

export function user(content: string): Message {
  return { role: "user", parts: [{ type: "text", content }] };
}

/** What a request becomes, and what it costs. */
export function encode(
  request: Partial<ChatRequest>,
  target = codec,
  model = "gemini-3-pro",
): { body: Json; path: string; told: string[] } {
  const whole: ChatRequest = { model, stream: false, messages: [user("Hi")], ...request };
  const { body, path, warnings } = target.encodeRequest(whole, { model, stream: whole.stream });
  return {
    body: JSON.parse(body) as Json,
    path,
    told: warnings.map(({ kind, param }) => `${kind} ${param}`),
  };
}
