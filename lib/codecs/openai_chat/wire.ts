/** Shapes on the wire: OpenAI's own types, and the extension fields that its clients pass along unread. */
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessage,
} from "openai/resources/chat/completions";

/** Reasoning in both forms, and pictures, beside what OpenAI's message has. */
export interface WireMessage extends ChatCompletionMessage {
  reasoning_content?: string;
  reasoning_details?: unknown[];
  images?: unknown[];
}

/** A choice with the provider's own word for its end. */
export interface WireChoice extends Omit<ChatCompletion.Choice, "message"> {
  message: WireMessage;
  native_finish_reason?: string;
}

/** A whole answer. Counts are checked where they are made. */
export interface WireAnswer extends Omit<ChatCompletion, "choices" | "usage"> {
  choices: WireChoice[];
  usage?: unknown;
}

/** A choice of a chunk; its delta carries the same extensions as a message. */
export interface WireChunkChoice extends Omit<ChatCompletionChunk.Choice, "delta"> {
  delta:
    & ChatCompletionChunk.Choice.Delta
    & Pick<WireMessage, "reasoning_content" | "reasoning_details" | "images">;
  native_finish_reason?: string;
}

/** One event of a stream. */
export interface WireChunk extends Omit<ChatCompletionChunk, "choices" | "usage"> {
  choices: WireChunkChoice[];
  usage?: unknown;
}
