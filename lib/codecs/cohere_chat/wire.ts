/** Shapes on the wire, with Cohere's spelling. https://docs.cohere.com/v2/reference/chat */
import type { Json } from "../../json/fields.ts";

/** A call of a tool; `index` is nowhere allowed. */
export interface WireCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

/** A piece of content. */
export type WireContent =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string }
  | { type: "image_url"; image_url: { url: string; detail?: unknown } }
  | { type: "document"; document: Json };

/** Where a statement comes from. */
export interface WireCitation {
  start?: number;
  end?: number;
  text?: string;
  sources?: unknown;
  content_index?: number;
  type?: string;
}

/** One turn of a conversation. */
export interface WireMessage {
  role: "system" | "user" | "assistant" | "tool";
  content?: string | WireContent[];
  tool_call_id?: string;
  tool_plan?: string;
  tool_calls?: WireCall[];
  citations?: unknown[];
}

/** A whole answer. */
export interface WireAnswer {
  id: string;
  finish_reason: string;
  message: WireMessage;
  usage?: Json;
  logprobs?: unknown;
}

/** One event of a stream; what it holds depends on its type. */
export interface WireEvent {
  type: string;
  id?: string;
  index?: number;
  delta?: Json;
}
