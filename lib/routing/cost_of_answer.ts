import type { Usage } from "../chat/response.ts";
import { dearest } from "../policy/cost.ts";
import { priced, type ProviderModel } from "./planned_model.ts";
import type { RunContext } from "./run.ts";

/**
 * Micro-dollars of the dearest model that may have answered; nobody knows where the price of one is missing. What was
 * let through without a price costs what its caller says.
 */
export function costOfAnswer(
  { provider, model }: ProviderModel,
  fallbacks: readonly string[],
  usage: Usage,
  { prices, toldPrices }: Pick<RunContext, "prices" | "toldPrices">,
): number | undefined {
  return dearest([model, ...fallbacks].map((model) => {
    const named = priced({ provider, model });
    return prices.costOf(named, usage) ?? toldPrices.costOf(named, usage);
  }));
}
