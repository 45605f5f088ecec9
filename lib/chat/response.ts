import type { Extensions, Part } from "./request.ts";

/** Why a choice ended, in OpenTelemetry's words; `error` when it did not. */
export type FinishReason = "stop" | "length" | "content_filter" | "tool_call" | "error";

/** Token counts. `inputTokens` includes cache reads and writes, `outputTokens` includes reasoning. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  reasoningTokens?: number;
  audioInputTokens?: number;
  audioOutputTokens?: number;
  extensions?: Extensions;
}

export interface Choice {
  index: number;
  parts: Part[];
  finishReason: FinishReason;
  /** The provider's own word, where it is another. */
  nativeFinishReason?: string;
  extensions?: Extensions;
}

/** A whole answer in no provider's dialect. */
export interface ChatResponse {
  id: string;
  /** What the provider says served it. */
  model: string;
  /** Seconds since the epoch. */
  created: number;
  choices: Choice[];
  usage?: Usage;
  extensions?: Extensions;
}
