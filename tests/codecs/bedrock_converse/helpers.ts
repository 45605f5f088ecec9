import { fold } from "../../../lib/chat/fold.ts";
import type { ChatEvent } from "../../../lib/chat/event.ts";
import { translateStream } from "../../../lib/chat/stream_relay.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { awsBedrock } from "../../../lib/providers/aws_bedrock.ts";
import { encodeAwsMessage } from "../../../lib/stream/aws_event_stream.ts";
import { concatBytes } from "../../../lib/stream/bytes.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { DEFAULTS, payloadsOf, relayText } from "../openai_chat/helpers.ts";

// deno-lint-ignore no-explicit-any -- what a test looks into is its own business
export type Json = Record<string, any>;

export const openai = openaiChat();
export const { codec } = awsBedrock;
export const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
export const NOVA = "us.amazon.nova-pro-v1:0";
export const USER = [{ role: "user", content: "Hi" }];

/** What a caller of OpenAI's dialect has sent to Bedrock. */
export function sent(body: Json, model = CLAUDE): { path: string; body: Json; warnings: string[] } {
  const request = openai.decodeRequest({ model: "any", messages: USER, ...body });
  const encoded = codec.encodeRequest(request, { model, stream: body.stream === true });
  const warnings = encoded.warnings.map(({ kind, param }) => `${kind} ${param}`);
  return { path: encoded.path, body: JSON.parse(encoded.body) as Json, warnings };
}

export type Frame = [type: string, body: Json];

/** Amazon's stream of these events. */
export function stream(...frames: Frame[]): Uint8Array {
  return concatBytes([
    new Uint8Array(0),
    ...frames.map(([type, body]) => frame("event", type, body)),
  ]);
}

export function frame(kind: "event" | "exception", type: string, body: Json): Uint8Array {
  const headers = { [`:${kind}-type`]: type, ":message-type": kind };
  return encodeAwsMessage(headers, JSON.stringify({ ...body, p: "abcd" }));
}

export const START: Frame = ["messageStart", { role: "assistant" }];
export const delta = (contentBlockIndex: number, delta: Json): Frame => [
  "contentBlockDelta",
  { contentBlockIndex, delta },
];
export const stop = (
  contentBlockIndex: number,
): Frame => ["contentBlockStop", { contentBlockIndex }];
export const tool = (contentBlockIndex: number, name: string, more: Json = {}): Frame => [
  "contentBlockStart",
  { contentBlockIndex, start: { toolUse: { toolUseId: `${name}_1`, name, ...more } } },
];
export const end = (stopReason = "end_turn"): Frame => ["messageStop", { stopReason }];

const defaults = { ...DEFAULTS, model: CLAUDE };

export function events(...frames: Frame[]): ChatEvent[] {
  return runStep(codec.streamDecoder(defaults), [stream(...frames)]);
}

export const partsOf = (...frames: Frame[]) => fold(events(...frames)).choices[0]!.parts;

/** The chunks a caller of OpenAI's dialect reads. */
export function chunks(...frames: Frame[]): Json[] {
  const relay = translateStream(
    codec.streamDecoder(defaults),
    openai.streamEncoder({ usage: true }),
  );
  return payloadsOf(relayText(relay, stream(...frames)));
}

/** The whole answer, read, and as a caller of OpenAI's dialect reads it. */
export function whole(content: Json[], stopReason = "end_turn", more: Json = {}) {
  const answer = { output: { message: { role: "assistant", content } }, stopReason, ...more };
  const response = codec.decodeResponse(JSON.stringify(answer), defaults);
  const text = JSON.parse(openai.encodeResponse(response)) as Json;
  return { parts: response.choices[0]!.parts, answer: text, message: text.choices[0].message };
}
