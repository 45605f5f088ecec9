/**
 * The neutral language, asking side. Its words are those of OpenTelemetry's GenAI message schema where
 * that has one (roles, `text`, `reasoning`, `tool_call`, `tool_call_response`, `blob`, `uri`, `file`,
 * `finish_reason`), so that telemetry needs no second model.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */

/**
 * What a protocol has and the neutral language lacks, by protocol name. It is written back when the
 * same protocol is spoken, and reported as dropped when another is.
 */
export type Extensions = Record<string, Record<string, unknown>>;

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

export type Modality = "image" | "audio" | "video" | "document";

export interface TextPart {
  type: "text";
  content: string;
  extensions?: Extensions;
}

/** What a model thought. `signature` is opaque and must come back unchanged; `format` names whose it is. */
export interface ReasoningPart {
  type: "reasoning";
  content: string;
  signature?: string;
  /** `redacted`: only `signature` holds something, `content` is empty. */
  redacted?: boolean;
  format?: string;
  extensions?: Extensions;
}

/** A call of the client's tool. */
export interface ToolCallPart {
  type: "tool_call";
  id: string;
  name: string;
  /** The arguments as written by the model: JSON text for functions, free text for custom tools. */
  arguments: string;
  kind: "function" | "custom";
  extensions?: Extensions;
}

/** The result of a {@linkcode ToolCallPart}. */
export interface ToolCallResponsePart {
  type: "tool_call_response";
  id: string;
  response: (TextPart | MediaPart)[];
  isError?: boolean;
  extensions?: Extensions;
}

/** Bytes inside the message, in base64. */
export interface BlobPart {
  type: "blob";
  modality: Modality;
  mimeType?: string;
  content: string;
  filename?: string;
  extensions?: Extensions;
}

/** Media by address. */
export interface UriPart {
  type: "uri";
  modality: Modality;
  mimeType?: string;
  uri: string;
  extensions?: Extensions;
}

/** Media uploaded to the provider before. */
export interface FilePart {
  type: "file";
  modality: Modality;
  fileId: string;
  extensions?: Extensions;
}

export type MediaPart = BlobPart | UriPart | FilePart;

/** A model's refusal to answer. */
export interface RefusalPart {
  type: "refusal";
  content: string;
  extensions?: Extensions;
}

/** Where a statement comes from; `start` and `end` are character offsets in the answer's text. */
export interface CitationPart {
  type: "citation";
  uri: string;
  title?: string;
  start?: number;
  end?: number;
  extensions?: Extensions;
}

/** A block that only its own protocol understands, such as a server-side tool's. */
export interface OpaquePart {
  type: "opaque";
  extensions: Extensions;
}

export type Part =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolCallResponsePart
  | MediaPart
  | RefusalPart
  | CitationPart
  | OpaquePart;

export interface Message {
  role: Role;
  parts: Part[];
  name?: string;
  extensions?: Extensions;
}

/** A tool the client will run. `parameters` is a JSON Schema. */
export interface Tool {
  kind: "function" | "custom";
  name: string;
  description?: string;
  parameters?: Record<string, unknown>;
  strict?: boolean;
  extensions?: Extensions;
}

export type ToolChoice =
  | { type: "auto" | "none" | "required" }
  | { type: "tool"; name: string; kind: "function" | "custom" };

export type OutputFormat =
  | { type: "text" }
  | { type: "json" }
  | {
    type: "json_schema";
    name: string;
    schema?: Record<string, unknown>;
    description?: string;
    strict?: boolean;
  };

/** A chat request in no provider's dialect. Absent means: the provider's default. */
export interface ChatRequest {
  model: string;
  messages: Message[];
  stream: boolean;
  /** The caller wants token counts at the end of a stream. */
  streamUsage?: boolean;
  tools?: Tool[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: boolean;
  outputFormat?: OutputFormat;
  /** Includes reasoning tokens. */
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stopSequences?: string[];
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  choiceCount?: number;
  logprobs?: { top?: number };
  reasoningEffort?: string;
  user?: string;
  metadata?: Record<string, string>;
  extensions?: Extensions;
}
