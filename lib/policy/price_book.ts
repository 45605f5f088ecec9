/** What models cost, whoever says so. */
import type { Usage } from "../chat/response.ts";
import { costOf, type Price } from "./cost.ts";
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
  /** Whole micro-dollars, rounded up; `undefined`: nobody knows the price. 0 is a price. */
  costOf(model: PricedModel, usage: Usage): number | undefined;
}

/** Prices that somebody has written down: of models by name, and of all those that a pattern fits. */
export interface WrittenPrices {
  /** By `provider/model`, with the provider's own slug. */
  exact: ReadonlyMap<string, Price>;
  /** For models without a price of their own; the first that fits holds. */
  patterns: readonly { pattern: ModelPattern; price: Price }[];
}

/** A book of written prices; what it has none for is looked up in `table`. */
export function writtenBook({ exact, patterns }: WrittenPrices, table?: PriceBook): PriceBook {
  const priceOf = ({ provider, model }: PricedModel) =>
    exact.get(`${provider}/${model}`) ??
      patterns.find(({ pattern }) => pattern.provider === provider && fits(model, pattern.pieces))
        ?.price;
  return {
    costOf(model, usage) {
      const price = priceOf(model);
      return price === undefined ? table?.costOf(model, usage) : costOf(usage, price);
    },
  };
}

const NOTHING: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

/** Whether anybody knows what a model costs. */
export function isPriced(book: PriceBook, model: PricedModel): boolean {
  return book.costOf(model, NOTHING) !== undefined;
}
