/** What models cost, whoever says so. */
import type { Usage } from "../chat/response.ts";
import { costOf, microDollars, type Price } from "./cost.ts";
import { fits, type ModelPattern } from "./scope.ts";

/** A model as prices are looked up for it. */
export interface PricedModel {
  /** The provider's own slug. */
  provider: string;
  /** As the provider names it; may hold slashes. */
  model: string;
}

/** What models cost. */
export interface PriceBook {
  /** Whole micro-dollars, rounded up; `undefined`: nobody knows the price. 0 is a price. Must not throw. */
  costOf(model: PricedModel, usage: Usage): number | undefined;
}

/** Prices that somebody has written down: of models by name, and of all those that a pattern fits. */
export interface WrittenPrices {
  /** By `provider/model`, with the provider's own slug. */
  exact: ReadonlyMap<string, Price>;
  /** For models without a price of their own; the first that fits holds. */
  patterns: readonly { pattern: ModelPattern; price: Price }[];
}

/**
 * A book of written prices. Where none is written, an answer costs what its provider says it cost; where that says
 * nothing, `table` is asked.
 */
export function writtenBook({ exact, patterns }: WrittenPrices, table?: PriceBook): PriceBook {
  const written = ({ provider, model }: PricedModel) =>
    exact.get(`${provider}/${model}`) ??
      patterns.find(({ pattern }) => pattern.provider === provider && fits(model, pattern.pieces))
        ?.price;
  return {
    costOf(model, usage) {
      const price = written(model);
      if (price !== undefined) return costOf(usage, price);
      return statedCost(usage) ?? sound(table?.costOf(model, usage));
    },
  };
}

function statedCost({ statedCost }: Usage): number | undefined {
  return statedCost === undefined ? undefined : microDollars(statedCost);
}

/** A table may be anybody's: what is no cost would spoil every sum. */
function sound(cost: number | undefined): number | undefined {
  return cost === undefined ? undefined : microDollars(cost / 1e6);
}

const NOTHING: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

/** Whether anybody knows what a model costs. */
export function isPriced(book: PriceBook, model: PricedModel): boolean {
  return book.costOf(model, NOTHING) !== undefined;
}

/** What people are told: dollars, and `null` where nobody knows. A provider's own sum isn't rounded. */
export function dollarsOf(book: PriceBook, model: PricedModel, usage: Usage): number | null {
  const cost = book.costOf(model, usage);
  if (cost === undefined) return null;
  return cost === statedCost(usage) ? usage.statedCost! : cost / 1e6;
}

/** The dearer of two books; what `known` doesn't know, nobody does. */
export function dearer(known: PriceBook, other: PriceBook): PriceBook {
  return {
    costOf(model, usage) {
      const cost = known.costOf(model, usage);
      return cost === undefined ? undefined : Math.max(cost, other.costOf(model, usage) ?? 0);
    },
  };
}
