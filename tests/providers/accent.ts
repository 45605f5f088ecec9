/** What a provider is sent and how its answers are read, on both roads: relayed and translated. */
import { assertEquals } from "@std/assert";
import type { AnswerDefaults } from "../../lib/chat/codec.ts";
import type { ChatResponse } from "../../lib/chat/response.ts";
import type { Warning } from "../../lib/chat/warning.ts";
import { fold } from "../../lib/chat/fold.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { scanObject } from "../../lib/json/scan_object.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import { runStep } from "../../lib/stream/step.ts";
import { bytesOf, payloadsOf, relayText, sse } from "../codecs/openai_chat/helpers.ts";

export type Json = Record<string, unknown>;

export const DEFAULTS: AnswerDefaults = {
  id: "chatcmpl-own",
  model: "asked",
  created: 1_760_000_000,
};

export const ASK = { role: "user", content: "How deep is the harbour?" };

export const SCHEMA = {
  type: "json_schema",
  json_schema: { name: "r", schema: { type: "object" } },
};
export const FUNCTION = { name: "f", parameters: { type: "object" } };
export const called = (strict?: boolean) => ({
  type: "function",
  function: strict === undefined ? FUNCTION : { ...FUNCTION, strict },
});
export const thinker = { role: "assistant", content: "a", reasoning_content: "hm" };

export const chunk = (delta: Json, finish_reason: string | null = null, more: Json = {}) => ({
  id: "c",
  created: 1,
  model: "m",
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason }],
  ...more,
});
export const usage = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 };

export function codecOf(slug: string) {
  const codec = PROVIDERS.get(slug)?.codec;
  if (codec?.relay === undefined) throw new Error(`${slug} cannot relay`);
  return { ...codec, relay: codec.relay };
}

export interface Sent {
  body: Json;
  /** `kind param`, with `>value` where there is one. */
  warnings: string[];
}

const caller = openaiChat();

/** Sends a body on both roads, which must arrive alike, and gives what arrives. */
export function send(slug: string, asked: Json, model = "m"): Sent {
  const given: Json = { model: `${slug}/${model}`, messages: [ASK], ...asked };
  const text = JSON.stringify(given);
  const options = { model, stream: given.stream === true };
  const codec = codecOf(slug);
  const scanned = scanObject(text);
  const relayed = codec.relay.relayRequest(scanned, options);
  assertEquals(scanned.value, JSON.parse(text), "the caller's body is left alone");
  const translated = codec.encodeRequest(caller.decodeRequest(given), options);
  assertEquals(losses(translated.warnings), losses(relayed.warnings), "both roads lose the same");
  assertEquals(sorted(JSON.parse(translated.body)), sorted(JSON.parse(relayed.body)));
  const { model: _, ...body } = JSON.parse(relayed.body);
  return { body, warnings: relayed.warnings.map(written) };
}

/** What arrives of the parameters, without the conversation. */
export function parametersOf(slug: string, asked: Json, model?: string): Json {
  const { messages: _, ...body } = send(slug, asked, model).body;
  return body;
}

/** What arrives of the conversation. */
export function messagesOf(slug: string, messages: Json[], model?: string): unknown {
  return send(slug, { messages }, model).body.messages;
}

function written({ kind, param, to }: Warning): string {
  return to === undefined ? `${kind} ${param}` : `${kind} ${param} > ${to}`;
}

function losses(warnings: Warning[]): string[] {
  return warnings.filter(({ kind }) => kind !== "renamed").map(written).sort();
}

/** Members in one order, so that two roads may write them in different ones. */
function sorted(body: Json): Json {
  return Object.fromEntries(Object.entries(body).sort(([a], [b]) => a < b ? -1 : 1));
}

/** What an answer says, which is never in doubt any more where the gateway has written it. */
function certain(answer: ChatResponse): ChatResponse {
  return { ...answer, choices: answer.choices.map(({ doubtful: _, ...choice }) => choice) };
}

/** A provider's whole answer as the caller gets it; both roads agree about what it says. */
export function answered(slug: string, answer: Json): Json {
  const text = JSON.stringify(answer);
  const codec = codecOf(slug);
  const relayed = codec.relay.relayResponse(text, DEFAULTS).text;
  assertEquals(
    certain(caller.decodeResponse(relayed, DEFAULTS)),
    certain(codec.decodeResponse(text, DEFAULTS)),
  );
  return JSON.parse(relayed);
}

/** A provider's stream as the caller gets it, cut everywhere and nowhere; both roads agree. */
export function streamed(slug: string, payloads: unknown[], usage = true): Json[] {
  const bytes = bytesOf(sse(...payloads));
  const codec = codecOf(slug);
  const relay = (cuts: number[]) =>
    relayText(codec.relay.relayStream({ usage }, DEFAULTS), bytes, cuts);
  const whole = relay([]);
  assertEquals(relay(Array.from(bytes, (_, at) => at)), whole, "byte by byte");
  assertEquals(whole.endsWith("data: [DONE]\n\n"), true);
  if (usage) {
    const read = (text: Uint8Array, from: typeof caller) =>
      certain(fold(runStep(from.streamDecoder(DEFAULTS), [text])));
    assertEquals(read(bytesOf(whole), caller), read(bytes, codec as typeof caller));
  }
  return payloadsOf(whole);
}

/** The text, thoughts and finish reasons of a stream. */
export function told(chunks: Json[]) {
  const choices = chunks.flatMap(({ choices }) => choices as Json[]);
  const deltas = choices.map(({ delta }) => delta as Json);
  const join = (key: string) => deltas.map((delta) => delta[key] ?? "").join("");
  return {
    text: join("content"),
    thoughts: join("reasoning_content"),
    finishes: choices.map(({ finish_reason }) => finish_reason).filter((each) => each !== null),
    usage: chunks.map(({ usage }) => usage).filter((each) => each),
  };
}
