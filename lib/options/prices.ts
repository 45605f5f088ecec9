/** From prices as written to prices as costs are reckoned with. */
import * as v from "valibot";
import { type ModelPrice, type Price, priceOf } from "../policy/cost.ts";
import type { PriceBook, WrittenPrices } from "../policy/price_book.ts";
import { type ModelPattern, modelPattern } from "../policy/scope.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { canonicalModel } from "./canonical_model.ts";
import type { Fault } from "./fault.ts";
import { providerFault, splitModel } from "./provider_fault.ts";
import { hidden, oneOf, type Shape } from "./shapes.ts";

/** Completes the prices; a model is the same however it, or its provider, is spelt. */
export function readPrices(
  written: readonly (readonly [name: string, price: ModelPrice])[],
  providers: ReadonlyMap<string, ConfiguredProvider>,
  slugs: ReadonlySet<string>,
  faults: Fault[],
): WrittenPrices {
  const exact = new Map<string, Price>();
  const patterns: { pattern: ModelPattern; price: Price }[] = [];
  const seen = new Set<string>();
  for (const [name, price] of written) {
    const problem = (text: string) => faults.push({ path: ["prices", name], problem: text });
    const split = splitModel(name);
    if (split === undefined) {
      problem("is not a model: write provider/model");
      continue;
    }
    const [slug, own] = split;
    const { slug: provider, model, problem: vague } = canonicalModel(slug, own, providers);
    const wrong = providerFault(slug, slugs) ?? vague;
    if (wrong !== undefined) problem(wrong);
    const canonical = `${provider}/${model}`;
    if (seen.has(canonical)) problem("has a price already, under another spelling");
    seen.add(canonical);
    if (model.includes("*")) {
      patterns.push({ pattern: modelPattern(provider, model), price: priceOf(price) });
    } else exact.set(canonical, priceOf(price));
  }
  return { exact, patterns };
}

/** The name of the table that the command brings along. */
export const NAMED_TABLE = "genai-prices";

const named = oneOf(NAMED_TABLE);
const handedIn = hidden<PriceBook>(
  (value) => typeof (value as Partial<PriceBook> | null)?.costOf === "function",
  `a table of prices, with costOf, or "${NAMED_TABLE}"`,
);

/** A table, or the name of the one that the command has. */
export const priceTableShape = v.lazy((input): Shape<PriceBook | typeof NAMED_TABLE> =>
  typeof input === "string" ? named : handedIn
);

/** The table itself; pushes that there is none by that name to `faults`. */
export function readPriceTable(
  written: PriceBook | typeof NAMED_TABLE | undefined,
  brought: PriceBook | undefined,
  faults: Fault[],
): PriceBook | undefined {
  if (written !== NAMED_TABLE) return written;
  if (brought === undefined) faults.push({ path: ["priceTable"], problem: NO_TABLE });
  return brought;
}

const NO_TABLE = `can be "${NAMED_TABLE}" only where the command serves, on Bun, Node or Deno; ` +
  "in code, give genaiPrices(library) from dragoman/genai_prices as priceTable";
