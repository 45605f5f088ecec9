/** Everybody's prices, as `@pydantic/genai-prices` lists them: https://github.com/pydantic/genai-prices. */
import type { Usage } from "../chat/response.ts";
import { type Clock, systemClock } from "../clock.ts";
import { listedName } from "../providers/price_names.ts";
import { costOf, microDollars, priceOf } from "./cost.ts";
import type { PriceBook } from "./price_book.ts";

/** Dollars by what they are paid for; where much input makes dear, the price from so many tokens of it on. */
export type ListedPrice = Record<
  string,
  number | { base: number; tiers: { start: number; price: number }[] } | undefined
>;

/** A model in the list, as far as it is looked at. */
export interface ListedModel {
  /** One price; or several, each for its days or hours. */
  prices: object;
}

/** A provider in the list, as far as it is looked at. */
export interface ListedProvider {
  /** The list's own name for it. */
  id: string;
  /** Those it sells. */
  models: ListedModel[];
}

/** As much of the package as is used: what `import * as library from "@pydantic/genai-prices"` gives. */
export interface GenaiPrices<P extends ListedProvider = ListedProvider> {
  /** The provider of an id; another object after each update of the list. */
  findProvider(options: { providerId: string }): P | undefined;
  /** Which model of the list is meant, and its price at that time. */
  calcPrice(
    usage: Record<string, number | undefined>,
    model: string,
    options: { provider: NoInfer<P>; timestamp: Date },
  ): { model: ListedModel; model_price: ListedPrice } | null;
}

/** How prices are looked up. */
export interface GenaiPricesOptions {
  /** Some prices change with the hour. Default: the machine's clock. */
  clock?: Clock;
}

/** Names come from callers; more of them than this are forgotten together. */
const MOST_NAMES = 1000;

/**
 * The list as a table of prices, for the option `priceTable`. The list itself comes with the package, and is as new as
 * that is; its `updatePrices` keeps it up to date.
 *
 * @example
 * ```ts
 * import * as library from "@pydantic/genai-prices";
 * import { createGateway } from "dragoman";
 * import { genaiPrices } from "dragoman/genai_prices";
 *
 * const priceTable = genaiPrices(library);
 * const usage = { inputTokens: 1_000_000, outputTokens: 0, totalTokens: 1_000_000 };
 * console.log(priceTable.costOf({ provider: "openai", model: "gpt-4o-2024-08-06" }, usage)); // 2500000
 *
 * const gateway = createGateway({ priceTable });
 * ```
 */
export function genaiPrices<P extends ListedProvider>(
  library: GenaiPrices<P>,
  { clock = systemClock }: GenaiPricesOptions = {},
): PriceBook {
  const found = new WeakMap<P, Map<string, PriceNow>>();

  const lookUp = (provider: P, model: string): PriceNow => {
    const ask = () => library.calcPrice({}, model, { provider, timestamp: new Date(clock.now()) });
    const first = ask();
    if (first === null) return () => undefined;
    return Array.isArray(first.model.prices) ? () => ask()?.model_price : () => first.model_price;
  };

  return {
    costOf({ provider: slug, model: name }, usage) {
      const listed = listedName(slug, name);
      const provider = listed && library.findProvider({ providerId: listed.provider });
      // The package also finds providers that are merely called alike.
      if (listed === undefined || provider?.id !== listed.provider) return undefined;
      let prices = found.get(provider);
      if (prices === undefined || prices.size >= MOST_NAMES) {
        found.set(provider, prices = new Map());
      }
      let price = prices.get(listed.model);
      if (price === undefined) prices.set(listed.model, price = lookUp(provider, listed.model));
      return reckon(price(), usage);
    },
  };
}

/** Kept, since looking a name up takes longer than a small request. */
type PriceNow = () => ListedPrice | undefined;

/** What has no price of its own costs as what it is part of, in the list as here. */
function reckon(listed: ListedPrice | undefined, usage: Usage): number | undefined {
  if (listed === undefined) return undefined;
  const at = (name: string) => priceAt(listed[name], usage.inputTokens);
  const [input, output, requests] = [at("input_mtok"), at("output_mtok"), at("requests_kcount")];
  // Sold by the hour or the page, which nobody counts here.
  if (input === undefined && output === undefined && requests === undefined) return undefined;
  const price = priceOf({
    input: input ?? 0,
    output: output ?? 0,
    cacheRead: at("cache_read_mtok"),
    cacheWrite: at("cache_write_mtok"),
    cacheWrite1h: at("cache_write_1h_mtok"),
    reasoning: at("output_reasoning_mtok"),
    inputAudio: at("input_audio_mtok"),
    outputAudio: at("output_audio_mtok"),
  });
  return costOf(usage, price) + (microDollars((requests ?? 0) / 1000) ?? 0);
}

/** All of an answer costs as much as its input makes the dearest tier that it reaches. */
function priceAt(price: ListedPrice[string], inputTokens: number): number | undefined {
  if (typeof price !== "object") return price;
  return price.tiers.reduce(
    (current, { start, price }) => inputTokens > start ? price : current,
    price.base,
  );
}
