import type { Extended, Part } from "./request.ts";

/** Why a choice ended, in OpenTelemetry's words; `error` when it did not. */
export type FinishReason = "stop" | "length" | "content_filter" | "tool_call" | "error";

/** Token counts. `inputTokens` includes cache reads and writes, `outputTokens` includes reasoning. */
export interface Usage extends Extended {
  /** Everything that was read, from a cache or not. */
  inputTokens: number;
  /** Everything that was written, reasoning included. */
  outputTokens: number;
  /** As the provider counts it. */
  totalTokens: number;
  /** Of the input: read from a cache. */
  cacheReadTokens?: number;
  /** Of the input: written to a cache. */
  cacheWriteTokens?: number;
  /** Of what was written to a cache: kept there for an hour instead of minutes. */
  cacheWrite1hTokens?: number;
  /** Of the output: thought rather than said. */
  reasoningTokens?: number;
  /** Of the input: heard. */
  audioInputTokens?: number;
  /** Of the output: spoken. */
  audioOutputTokens?: number;
  /** What of it is paid for, where the provider counts that apart. */
  billed?: BilledTokens;
  /** Dollars that the provider itself says it cost. */
  statedCost?: number;
  /** Dollars that a caller who asked is told it cost; `null`: nobody knows. */
  cost?: number | null;
}

/** Tokens that are paid for. */
export interface BilledTokens {
  /** Of what was read. */
  inputTokens: number;
  /** Of what was written. */
  outputTokens: number;
}

/** One of the answers asked for, usually the only one. */
export interface Choice extends Extended {
  /** From 0. */
  index: number;
  /** In order. */
  parts: Part[];
  /** Why it ended. */
  finishReason: FinishReason;
  /** The provider's own word, where it is another. */
  nativeFinishReason?: string;
  /** That it ended is a guess: the provider gave no reason, one that nobody knows, or one that promises more. */
  doubtful?: true;
}

/** A whole answer in no provider's dialect. */
export interface ChatResponse extends Extended {
  /** The provider's own, where it has one. */
  id: string;
  /** What the provider says served it. */
  model: string;
  /** Seconds since the epoch. */
  created: number;
  /** By index. */
  choices: Choice[];
  /** Absent when the provider does not count. */
  usage?: Usage;
}

/** What an answer cost, in dollars; `null`: nobody knows. */
export type CostTeller = (usage: Usage) => number | null;

/** The counts with what they cost, where somebody tells it. */
export function withCost(usage: Usage, cost: CostTeller | undefined): Usage {
  return cost === undefined ? usage : { ...usage, cost: cost(usage) };
}
