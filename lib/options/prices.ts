/** From prices as written to prices as costs are reckoned with. */
import { type ModelPrice, type Price, priceOf } from "../policy/cost.ts";
import type { WrittenPrices } from "../policy/price_book.ts";
import { type ModelPattern, modelPattern } from "../policy/scope.ts";
import { ALIASES } from "../providers/registry.ts";
import type { Fault } from "./fault.ts";
import { providerFault, splitModel } from "./provider_fault.ts";

/** Completes the prices; a model is the same however its provider is spelt. */
export function readPrices(
  written: readonly (readonly [name: string, price: ModelPrice])[],
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
    const [slug, model] = split;
    const unknown = providerFault(slug, slugs);
    if (unknown !== undefined) problem(unknown);
    const provider = ALIASES.get(slug) ?? slug;
    const canonical = `${provider}/${model}`;
    if (seen.has(canonical)) problem("has a price already, under another spelling");
    seen.add(canonical);
    if (model.includes("*")) {
      patterns.push({ pattern: modelPattern(provider, model), price: priceOf(price) });
    } else exact.set(canonical, priceOf(price));
  }
  return { exact, patterns };
}
