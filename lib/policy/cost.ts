/** What an answer costs, in whole millionths of a dollar: sums of fractions would drift. */
import type { Usage } from "../chat/response.ts";

/** What a million tokens of a model cost, in dollars. */
export interface ModelPrice {
  /** Everything that is read, unless it has a price of its own. */
  input: number;
  /** Everything that is written, unless it has a price of its own. */
  output: number;
  /** Input that comes from a cache. Default: as `input`. */
  cacheRead?: number;
  /** Input that is written to a cache. Default: as `input`. */
  cacheWrite?: number;
  /** Output that is thought rather than said. Default: as `output`. */
  reasoning?: number;
  /** Input that is heard. Default: as `input`. */
  inputAudio?: number;
  /** Output that is spoken. Default: as `output`. */
  outputAudio?: number;
}

/** The same for one token, complete, in whole millionths of a micro-dollar. */
export type Price = Readonly<Required<ModelPrice>>;

/** Completes a price. */
export function priceOf(written: ModelPrice): Price {
  const { input, output } = written;
  const whole = (dollars: number) => Math.round(dollars * PER_MICRO_DOLLAR);
  return {
    input: whole(input),
    output: whole(output),
    cacheRead: whole(written.cacheRead ?? input),
    cacheWrite: whole(written.cacheWrite ?? input),
    reasoning: whole(written.reasoning ?? output),
    inputAudio: whole(written.inputAudio ?? input),
    outputAudio: whole(written.outputAudio ?? output),
  };
}

/** A dollar for a million tokens is a micro-dollar for one. */
const PER_MICRO_DOLLAR = 1_000_000;

/** No answer has more of anything; what a provider claims beyond it is no count. */
const MOST_TOKENS = 1_000_000_000;

/** Whole micro-dollars, rounded up: what is not free never costs nothing. */
export function costOf(usage: Usage, price: Price): number {
  const cacheRead = tokens(usage.cacheReadTokens);
  const cacheWrite = tokens(usage.cacheWriteTokens);
  const inputAudio = tokens(usage.audioInputTokens);
  const reasoning = tokens(usage.reasoningTokens);
  const outputAudio = tokens(usage.audioOutputTokens);
  const input = tokens(usage.inputTokens) - cacheRead - cacheWrite - inputAudio;
  const output = tokens(usage.outputTokens) - reasoning - outputAudio;
  const sum = Math.max(0, input) * price.input + Math.max(0, output) * price.output +
    cacheRead * price.cacheRead + cacheWrite * price.cacheWrite +
    reasoning * price.reasoning + inputAudio * price.inputAudio + outputAudio * price.outputAudio;
  return Math.ceil(sum / PER_MICRO_DOLLAR);
}

function tokens(count = 0): number {
  return count > 0 ? Math.min(Math.round(count), MOST_TOKENS) : 0;
}

/** Four characters a token is the providers' own rule of thumb for English. */
const CHARACTERS_PER_TOKEN = 4;
/** More input than this is media rather than words. */
const MOST_INPUT = 200_000;
const USUAL_OUTPUT = 1_000;

/** What a request with a body of so many characters may use, before anybody has counted. */
export function estimatedUsage(characters: number): Usage {
  const inputTokens = Math.min(Math.ceil(characters / CHARACTERS_PER_TOKEN), MOST_INPUT);
  const outputTokens = USUAL_OUTPUT;
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
