/** What an answer costs, in whole millionths of a dollar: sums of fractions would drift. */
import type { OutputPeek } from "../chat/codec.ts";
import type { BilledTokens, Usage } from "../chat/response.ts";

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
  /** The same, where it is kept for an hour. Default: as `cacheWrite`. */
  cacheWrite1h?: number;
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
  const { input, output, cacheWrite = input } = written;
  return {
    input: perToken(input),
    output: perToken(output),
    cacheRead: perToken(written.cacheRead ?? input),
    cacheWrite: perToken(cacheWrite),
    cacheWrite1h: perToken(written.cacheWrite1h ?? cacheWrite),
    reasoning: perToken(written.reasoning ?? output),
    inputAudio: perToken(written.inputAudio ?? input),
    outputAudio: perToken(written.outputAudio ?? output),
  };
}

/** A dollar for a million tokens is a micro-dollar for one. */
const PER_MICRO_DOLLAR = 1_000_000;

/** What is not free never costs nothing. */
function perToken(dollars: number): number {
  return dollars > 0 ? Math.max(1, Math.round(dollars * PER_MICRO_DOLLAR)) : 0;
}

/** How many tokens of each price an answer took: whole numbers from 0, none of them counted twice. */
export type PaidTokens = Readonly<Record<keyof Price, number>>;

/** No answer has more of anything; what a provider claims beyond it is no count. */
const MOST_TOKENS = 1_000_000_000;

/** Takes apart what is counted together. */
export function paidTokens(usage: Usage): PaidTokens {
  const { billed } = usage;
  const { inputTokens, outputTokens } = billed ?? usage;
  // Where only a part is paid for, nobody says how much of that part a cache gave.
  const cacheRead = billed === undefined ? tokens(usage.cacheReadTokens) : 0;
  const hour = tokens(usage.cacheWrite1hTokens);
  const written = Math.max(tokens(usage.cacheWriteTokens), hour);
  const read = tokens(inputTokens);
  // What was heard may come from a cache too, and is only paid for as that: it shows where there is too much of both.
  const heard = tokens(usage.audioInputTokens);
  const inputAudio = Math.max(0, Math.min(heard, read - cacheRead - written));
  const mostThought = billed === undefined ? MOST_TOKENS : tokens(outputTokens);
  const reasoning = Math.min(tokens(usage.reasoningTokens), mostThought);
  const outputAudio = tokens(usage.audioOutputTokens);
  return {
    input: Math.max(0, read - cacheRead - written - inputAudio),
    output: Math.max(0, tokens(outputTokens) - reasoning - outputAudio),
    cacheRead,
    cacheWrite: written - hour,
    cacheWrite1h: hour,
    reasoning,
    inputAudio,
    outputAudio,
  };
}

function tokens(count = 0): number {
  return count > 0 ? Math.min(Math.round(count), MOST_TOKENS) : 0;
}

/** Whole micro-dollars, rounded up: what is not free never costs nothing. */
export function costOf(usage: Usage, price: Price): number {
  const counts = paidTokens(usage);
  const names = Object.keys(price) as (keyof Price)[];
  const sum = names.reduce((sum, name) => sum + counts[name] * price[name], 0);
  return Math.ceil(sum / PER_MICRO_DOLLAR);
}

/** The most of several costs, from 0 up; nobody knows it where one of them is unknown. */
export function dearest(costs: readonly (number | undefined)[]): number | undefined {
  return costs.reduce(
    (most, cost) => most === undefined || cost === undefined ? undefined : Math.max(most, cost),
    0,
  );
}

/** No answer costs more dollars; what is claimed beyond it is no cost. */
export const MOST_DOLLARS = 1_000_000;

/**
 * Somebody else's dollars in whole micro-dollars, rounded up but for what reckoning in fractions has added; `undefined`
 * for what can be no cost.
 */
export function microDollars(dollars: number): number | undefined {
  if (!(dollars >= 0 && dollars <= MOST_DOLLARS)) return undefined;
  return Math.ceil(Number((dollars * PER_MICRO_DOLLAR).toPrecision(12)));
}

/**
 * Whether a provider's counts can be what an answer used: from 0 up, not all of them 0, none beyond what any has. The
 * same must hold for what of it is paid for, where that is counted apart.
 */
export function isCredible(usage: Counts): boolean {
  // Each by its name: engines take long to read whichever a variable names.
  const counts: unknown[] = [
    usage.inputTokens,
    usage.outputTokens,
    usage.totalTokens,
    usage.cacheReadTokens,
    usage.cacheWriteTokens,
    usage.cacheWrite1hTokens,
    usage.reasoningTokens,
    usage.audioInputTokens,
    usage.audioOutputTokens,
  ];
  return counts.every(isCredibleCount) && tokensOf(usage) > 0 &&
    (usage.billed === undefined || isCredible(usage.billed));
}

function isCredibleCount(count: unknown): boolean {
  if (count === undefined || count === null) return true;
  return typeof count === "number" && count >= 0 && count <= MOST_TOKENS;
}

type Counts = BilledTokens & Partial<Usage>;

/** Everything that is counted in tokens. */
export function tokensOf({ inputTokens, outputTokens }: BilledTokens): number {
  return inputTokens + outputTokens;
}

/** Four characters a token is the providers' own rule of thumb for English. */
const CHARACTERS_PER_TOKEN = 4;
/** More input than this is media rather than words. */
const MOST_INPUT = 200_000;
/** What an answer is reckoned at where nobody has said otherwise. */
export const USUAL_OUTPUT = 1_000;

/**
 * What a request with a body of so many characters may use, before anybody has counted; `usual`: tokens that the
 * model's answers usually have at most.
 */
export function estimatedUsage(
  characters: number,
  { most = Infinity, choices = 1 }: OutputPeek = {},
  usual = USUAL_OUTPUT,
): Usage {
  const inputTokens = Math.min(Math.ceil(characters / CHARACTERS_PER_TOKEN), MOST_INPUT);
  const outputTokens = Math.min(most, usual) * choices;
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
