/** From prices as written to prices as costs are reckoned with. */
import { type ModelPrice, type Price, priceOf } from "../policy/cost.ts";
import { ALIASES } from "../providers/registry.ts";
import type { Fault } from "./fault.ts";
import { providerFault, splitModel } from "./provider_fault.ts";

/** Completes the prices; a model is the same however its provider is spelt. */
export function readPrices(
  written: readonly (readonly [name: string, price: ModelPrice])[],
  slugs: ReadonlySet<string>,
  faults: Fault[],
): Map<string, Price> {
  const prices = new Map<string, Price>();
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
    const canonical = `${ALIASES.get(slug) ?? slug}/${model}`;
    if (prices.has(canonical)) problem("has a price already, under another spelling");
    prices.set(canonical, priceOf(price));
  }
  return prices;
}
