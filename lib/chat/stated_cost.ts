import { isObject, type Json, objectOf } from "../json/fields.ts";

/**
 * What a provider that is like OpenAI says beside its counts that it charges, in dollars: OpenRouter a number, in which
 * what one's own account elsewhere is charged is left out; Perplexity a sum with its parts; xAI ticks.
 * https://openrouter.ai/docs/use-cases/usage-accounting, https://docs.x.ai/developers/cost-tracking
 */
export function statedCostOf(
  { cost, cost_in_usd_ticks, is_byok, cost_details }: Readonly<Json>,
): number | undefined {
  const ticks = amountOf(cost_in_usd_ticks);
  if (ticks !== undefined) return ticks / TICKS_PER_DOLLAR;
  if (isObject(cost)) return amountOf(cost.total_cost);
  const charged = amountOf(cost);
  if (charged === undefined || is_byok !== true) return charged;
  return charged + (amountOf(objectOf(cost_details).upstream_inference_cost) ?? 0);
}

const TICKS_PER_DOLLAR = 1e10;

function amountOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : undefined;
}
