/** What a caller of OpenAI's dialect gets from Claude, and sends to it. */
import type { ChatEvent } from "../../../lib/chat/event.ts";
import type { Warning } from "../../../lib/chat/warning.ts";
import { anthropicMessages } from "../../../lib/codecs/anthropic_messages/mod.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { CLAUDE_MODELS } from "../../../lib/providers/claude_models.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { bytesOf, DEFAULTS } from "../openai_chat/helpers.ts";

export type Json = Record<string, unknown>;

export const claude = anthropicMessages({ models: CLAUDE_MODELS });
export const openai = openaiChat();
export const MODEL = "claude-sonnet-4-5-20250929";
export const HELLO = { role: "user", content: "Hello" };

/** A body as it reaches Anthropic. */
export interface Sent extends Json {
  messages: { role: string; content: string | Json[] }[];
}

/** Writes a request of OpenAI's dialect for Claude. */
export function sent(body: Json, model = MODEL): { body: Sent; warnings: Warning[] } {
  const request = openai.decodeRequest({ model: "m", messages: [HELLO], ...body });
  const encoded = claude.encodeRequest(request, { model, stream: request.stream });
  return { body: JSON.parse(encoded.body) as Sent, warnings: encoded.warnings };
}

/** Warnings, short: `dropped seed`. */
export function told({ warnings }: { warnings: Warning[] }): string[] {
  return warnings.map(({ kind, param }) => `${kind} ${param}`);
}

/** A call as OpenAI has it. */
export function toolCall(id: string, name = "get_weather", args = '{"city":"Paris"}'): Json {
  return { id, type: "function", function: { name, arguments: args } };
}

/** A message that calls tools. */
export function calling(...ids: string[]): Json {
  return { role: "assistant", content: null, tool_calls: ids.map((id) => toolCall(id)) };
}

/** The result of a call. */
export function result(id: string, content: unknown = "sunny", more: Json = {}): Json {
  return { role: "tool", tool_call_id: id, content, ...more };
}

/** A function as OpenAI has it. */
export function tool(name = "get_weather", more: Json = {}): Json {
  return {
    type: "function",
    function: { name, parameters: { type: "object", properties: {} }, ...more },
  };
}

/** Content blocks of a turn. */
export function blocks({ content }: { content: string | Json[] }): Json[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** A whole answer of Anthropic's. */
export function answer(content: unknown[], more: Json = {}): string {
  return JSON.stringify({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: MODEL,
    content,
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
    ...more,
  });
}

/** What an OpenAI client reads of it. */
export function shown(text: string): { message: Json; choice: Json; usage: Json; answer: Json } {
  const whole = JSON.parse(openai.encodeResponse(claude.decodeResponse(text, DEFAULTS))) as Json;
  const [choice] = whole.choices as Json[];
  return {
    message: choice!.message as Json,
    choice: choice!,
    usage: whole.usage as Json,
    answer: whole,
  };
}

/** A stream of Anthropic's. */
export function stream(...events: Json[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

export const START: Json = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: MODEL,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 10, cache_read_input_tokens: 3, output_tokens: 1 },
  },
};

export const STOP: Json = { type: "message_stop" };

export function begin(index: number, content_block: Json): Json {
  return { type: "content_block_start", index, content_block };
}

export function delta(index: number, type: string, more: Json): Json {
  return { type: "content_block_delta", index, delta: { type, ...more } };
}

export function end(index: number): Json {
  return { type: "content_block_stop", index };
}

export function last(stop_reason: string, usage: Json = { output_tokens: 5 }): Json {
  return { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage };
}

/** Its neutral events. */
export function events(text: string): ChatEvent[] {
  return runStep(claude.streamDecoder(DEFAULTS), [bytesOf(text)]);
}

/** The chunks an OpenAI client reads. */
export function chunks(text: string): Json[] {
  const encoder = openai.streamEncoder({ usage: true });
  return runStep(encoder, events(text)).filter((each) => !each.includes("[DONE]"))
    .map((each) => JSON.parse(each.slice(6)) as Json);
}

/** The deltas of those chunks. */
export function deltas(text: string): Json[] {
  return chunks(text).flatMap(({ choices }) =>
    (choices as Json[]).map((choice) => choice.delta as Json)
  );
}

/** Thoughts of every kind: signed, redacted, and nothing but a signature. */
export const THOUGHTS = [
  { type: "thinking", thinking: "Hmm", signature: "c2ln" },
  { type: "redacted_thinking", data: "ZW5j" },
  { type: "thinking", thinking: "", signature: "b25seQ==" },
];
/** The same as callers of OpenAI's dialect keep them. */
export const DETAILS = [
  {
    type: "reasoning.text",
    text: "Hmm",
    signature: "c2ln",
    format: "anthropic-claude-v1",
    index: 0,
  },
  { type: "reasoning.encrypted", data: "ZW5j", format: "anthropic-claude-v1", index: 1 },
  {
    type: "reasoning.text",
    text: "",
    signature: "b25seQ==",
    format: "anthropic-claude-v1",
    index: 2,
  },
];
