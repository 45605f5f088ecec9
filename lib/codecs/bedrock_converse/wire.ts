/**
 * Shapes on the wire, with Amazon's spelling.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
import type { Json } from "../../json/fields.ts";

/** What a file's content is: base64, or where it lies. */
export interface WireSource {
  bytes?: string;
  s3Location?: { uri: string };
}

/** A file of one of the formats its kind knows. */
export interface WireFile {
  format: string;
  source: WireSource;
  /** Documents only. */
  name?: string;
}

/** A call of a tool; `input` is an object, not a text. */
export interface WireToolUse {
  toolUseId: string;
  name: string;
  input: unknown;
  type?: string;
}

/** Marks that everything before it is to be cached. */
export interface WireCachePoint {
  type: "default";
  ttl?: string;
}

/** A piece of a turn: one of its members says which. */
export interface WireBlock {
  text?: string;
  image?: WireFile;
  document?: WireFile;
  video?: WireFile;
  audio?: WireFile;
  toolUse?: WireToolUse;
  toolResult?: { toolUseId: string; content: WireBlock[]; status?: string };
  reasoningContent?: Json;
  citationsContent?: Json;
  cachePoint?: WireCachePoint;
}

/** One turn. */
export interface WireTurn {
  role: "user" | "assistant";
  content: WireBlock[];
}

/** A whole answer. */
export interface WireAnswer extends Json {
  output: { message: { role: "assistant"; content: unknown[] } };
  stopReason: string;
  usage: Json;
  metrics: Json;
}
