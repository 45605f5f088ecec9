/** Shapes on the wire, in Anthropic's spelling. https://platform.claude.com/docs/en/api/messages */
import type { Json } from "../../json/fields.ts";

/** A content block; what else it holds depends on its type. */
export interface WireBlock extends Json {
  type: string;
}

/** One turn; a content of words alone is a string. */
export interface WireTurn {
  role: "user" | "assistant" | "system";
  content: string | WireBlock[];
}

/** A request. Members that are only passed on stand beside these. */
export interface WireRequest extends Json {
  model?: string;
  max_tokens: number;
  messages: WireTurn[];
  system?: string | WireBlock[];
  stream?: true;
  tools?: Json[];
  tool_choice?: WireToolChoice;
  thinking?: Json;
  output_config?: Json;
  stop_sequences?: string[];
  temperature?: number;
  top_p?: number;
  metadata?: Json;
}

/** Which tools may or must be called. */
export interface WireToolChoice {
  type: "auto" | "any" | "tool" | "none";
  name?: string;
  disable_parallel_tool_use?: boolean;
}

/** A whole answer, and the beginning of a streamed one. */
export interface WireAnswer extends Json {
  id: string;
  type: "message";
  role: "assistant";
  model: string;
  content: WireBlock[];
  stop_reason: string | null;
  stop_sequence: string | null;
  stop_details: Json | null;
  container: Json | null;
  usage: Json;
}
