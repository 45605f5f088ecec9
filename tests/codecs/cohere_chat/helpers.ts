import { fold } from "../../../lib/chat/fold.ts";
import type { ChatEvent } from "../../../lib/chat/event.ts";
import { translateStream } from "../../../lib/chat/stream_relay.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { cohere as provider } from "../../../lib/providers/cohere.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { bytesOf, DEFAULTS, payloadsOf, relayText } from "../openai_chat/helpers.ts";

// deno-lint-ignore no-explicit-any -- what a test looks into is its own business
export type Json = Record<string, any>;

export const openai = openaiChat();
export const { codec } = provider;
export const MODEL = "command-a-03-2025";

/** What a caller of OpenAI's dialect has sent to Cohere. */
export function sent(body: Json, model = MODEL): { body: Json; warnings: string[] } {
  const request = openai.decodeRequest({ model: "any", messages: USER, ...body });
  const encoded = codec.encodeRequest(request, { model, stream: body.stream === true });
  const warnings = encoded.warnings.map(({ kind, param }) => `${kind} ${param}`);
  return { body: JSON.parse(encoded.body) as Json, warnings };
}

export const USER = [{ role: "user", content: "Hi" }];

/** Cohere's stream of these events. */
export function stream(...events: Json[]): Uint8Array {
  return bytesOf(
    events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  );
}

export const START = { type: "message-start", id: "c1", delta: { message: { role: "assistant" } } };

export function content(index: number, kind: "text" | "thinking", ...texts: string[]): Json[] {
  return [
    { type: "content-start", index, delta: { message: { content: { type: kind, [kind]: "" } } } },
    ...texts.map((text) => ({
      type: "content-delta",
      index,
      delta: { message: { content: { [kind]: text } } },
    })),
    { type: "content-end", index },
  ];
}

export function call(index: number, name: string, ...pieces: string[]): Json[] {
  const begun = { id: `${name}_1`, type: "function", function: { name, arguments: "" } };
  return [
    { type: "tool-call-start", index, delta: { message: { tool_calls: begun } } },
    ...pieces.map((piece) => ({
      type: "tool-call-delta",
      index,
      delta: { message: { tool_calls: { function: { arguments: piece } } } },
    })),
    { type: "tool-call-end", index },
  ];
}

export function end(finish_reason = "COMPLETE", more: Json = {}): Json {
  return { type: "message-end", delta: { finish_reason, ...more } };
}

export function events(...given: Json[]): ChatEvent[] {
  return runStep(codec.streamDecoder(DEFAULTS), [stream(...given)]);
}

export const folded = (...given: Json[]) => fold(events(...given));

/** The chunks a caller of OpenAI's dialect reads. */
export function chunks(...given: Json[]): Json[] {
  const relay = translateStream(
    codec.streamDecoder(DEFAULTS),
    openai.streamEncoder({ usage: true }),
  );
  return payloadsOf(relayText(relay, stream(...given)));
}

/** The whole answer a caller of OpenAI's dialect reads. */
export function shown(answer: Json): Json {
  const response = codec.decodeResponse(JSON.stringify(answer), DEFAULTS);
  return JSON.parse(openai.encodeResponse(response)) as Json;
}
