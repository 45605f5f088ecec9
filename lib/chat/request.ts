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

/** What may hold more than the neutral language has words for. */
export interface Extended {
  /** By protocol. */
  extensions?: Extensions;
}

/** Who speaks; `developer` is what newer protocols call the system. */
export type Role = "system" | "developer" | "user" | "assistant" | "tool";

/** What kind of media something is. */
export type Modality = "image" | "audio" | "video" | "document";

/** Plain words. */
export interface TextPart extends Extended {
  /** Tells it from other parts. */
  type: "text";
  /** May be empty. */
  content: string;
}

/** What a model thought. `signature` is opaque and must come back unchanged; `format` names whose it is. */
export interface ReasoningPart extends Extended {
  /** Tells it from other parts. */
  type: "reasoning";
  /** In words; empty when it is `redacted`. */
  content: string;
  /** Opaque; proves to the provider that the words are its own. */
  signature?: string;
  /** `redacted`: only `signature` holds something, `content` is empty. */
  redacted?: boolean;
  /** Whose signature it is. */
  format?: string;
}

/** A call of the client's tool. */
export interface ToolCallPart extends Extended {
  /** Tells it from other parts. */
  type: "tool_call";
  /** The result names it. */
  id: string;
  /** The tool's. */
  name: string;
  /** The arguments as written by the model: JSON text for functions, free text for custom tools. */
  arguments: string;
  /** What its arguments are: JSON, or free text. */
  kind: "function" | "custom";
}

/** The result of a {@linkcode ToolCallPart}. */
export interface ToolCallResponsePart extends Extended {
  /** Tells it from other parts. */
  type: "tool_call_response";
  /** The call's. */
  id: string;
  /** What the tool gave. */
  response: (TextPart | MediaPart)[];
  /** The tool failed. */
  isError?: boolean;
}

/** Bytes inside the message, in base64. */
export interface BlobPart extends Extended {
  /** Tells it from other parts. */
  type: "blob";
  /** How a model takes it in. */
  modality: Modality;
  /** `image/png`. */
  mimeType?: string;
  /** Base64, without line ends. */
  content: string;
  /** As the user knows it. */
  filename?: string;
}

/** Media by address. */
export interface UriPart extends Extended {
  /** Tells it from other parts. */
  type: "uri";
  /** How a model takes it in. */
  modality: Modality;
  /** `image/png`. */
  mimeType?: string;
  /** Where the provider fetches it. */
  uri: string;
}

/** Media uploaded to the provider before. */
export interface FilePart extends Extended {
  /** Tells it from other parts. */
  type: "file";
  /** How a model takes it in. */
  modality: Modality;
  /** The provider's own. */
  fileId: string;
}

/** What is seen or heard rather than read. */
export type MediaPart = BlobPart | UriPart | FilePart;

/** A model's refusal to answer. */
export interface RefusalPart extends Extended {
  /** Tells it from other parts. */
  type: "refusal";
  /** In words. */
  content: string;
}

/** Where a statement comes from; `start` and `end` are character offsets in the answer's text. */
export interface CitationPart extends Extended {
  /** Tells it from other parts. */
  type: "citation";
  /** Of the source. */
  uri: string;
  /** Of the source. */
  title?: string;
  /** Where the statement begins. */
  start?: number;
  /** Where the statement ends. */
  end?: number;
}

/** A block that only its own protocol understands, such as a server-side tool's. */
export interface OpaquePart {
  /** Tells it from other parts. */
  type: "opaque";
  /** All there is of it. */
  extensions: Extensions;
}

/** A piece of a message, in the order in which it was said. */
export type Part =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolCallResponsePart
  | MediaPart
  | RefusalPart
  | CitationPart
  | OpaquePart;

/** One turn of a conversation. */
export interface Message extends Extended {
  /** Who speaks. */
  role: Role;
  /** In order. */
  parts: Part[];
  /** Tells speakers of one role apart. */
  name?: string;
}

/** A tool the client will run. `parameters` is a JSON Schema. */
export interface Tool extends Extended {
  /** What its arguments are: JSON, or free text. */
  kind: "function" | "custom";
  /** What the model calls it by. */
  name: string;
  /** For the model. */
  description?: string;
  /** A JSON Schema of the arguments. */
  parameters?: Record<string, unknown>;
  /** The arguments must follow the schema to the letter. */
  strict?: boolean;
}

/** Whether the model may, must or must not call tools, or which one. */
export type ToolChoice =
  | { type: "auto" | "none" | "required" }
  | { type: "tool"; name: string; kind: "function" | "custom" };

/** What the answer must be: words, any JSON, or JSON of a schema. */
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
export interface ChatRequest extends Extended {
  /** As the caller named it. */
  model: string;
  /** Oldest first. */
  messages: Message[];
  /** Whether the answer comes as a stream. */
  stream: boolean;
  /** The caller wants token counts at the end of a stream. */
  streamUsage?: boolean;
  /** What the model may call. */
  tools?: Tool[];
  /** Whether it must. */
  toolChoice?: ToolChoice;
  /** Several calls in one answer. */
  parallelToolCalls?: boolean;
  /** What the answer must be. */
  outputFormat?: OutputFormat;
  /** Includes reasoning tokens. */
  maxTokens?: number;
  /** Usually 0 to 2; some providers end at 1. */
  temperature?: number;
  /** 0 to 1. */
  topP?: number;
  /** Texts that end the answer. */
  stopSequences?: string[];
  /** Asks for the same answer again. */
  seed?: number;
  /** Usually -2 to 2. */
  frequencyPenalty?: number;
  /** Usually -2 to 2. */
  presencePenalty?: number;
  /** How many answers to give. */
  choiceCount?: number;
  /** Log probabilities of the tokens, and of how many others at each place. */
  logprobs?: { top?: number };
  /** `low`, `medium`, `high` and whatever else a model takes. */
  reasoningEffort?: string;
  /** Whose request this is, for the provider to tell its users apart. */
  user?: string;
  /** Kept with the request by providers that store it. */
  metadata?: Record<string, string>;
}
