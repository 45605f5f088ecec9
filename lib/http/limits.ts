/** Where a request meets its limits: what holds for it, and what becomes of its reservations when its answer is over. */
import type { Usage } from "../chat/response.ts";
import { Gate, type Reckoning } from "../policy/limits/gate.ts";
import type { Limit } from "../policy/limits/limit.ts";
import type { Metadata } from "../policy/metadata.ts";
import { costOfAnswer } from "../routing/cost_of_answer.ts";
import type { ProviderModel } from "../routing/planned_model.ts";
import { type Run, type RunContext, tabOf } from "../routing/run.ts";
import type { Admission } from "./admit.ts";
import { inBackground } from "./background.ts";
import type { HttpCall } from "./http_call.ts";

/** Whether any limit may hold for a caller of a gateway. */
export function isLimited({ gateway, caller: { limits = NONE } }: Admission): boolean {
  return gateway.limits.length > 0 || limits.length > 0;
}

/** The limits that hold for a request; `undefined` where nobody has set any. */
export function gateFor(
  { core: { settings, meters } }: HttpCall,
  admission: Admission,
  { metadata }: { metadata: Metadata },
  run: Run,
  { prices }: Pick<RunContext, "prices">,
  reckoning: Reckoning,
): Gate | undefined {
  if (!isLimited(admission)) return undefined;
  const { gateway, caller } = admission;
  const limits = { shared: gateway.limits, own: caller.limits ?? NONE };
  const request = { gateway: gateway.id, caller: caller.name, metadata };
  const tab = tabOf(run);
  tab.fallbacks = reckoning.fallbacks ?? [];
  const means = { meters, prices, usualOutput: settings.usualOutput };
  return new Gate(limits, request, reckoning, tab, means);
}

const NONE: readonly Limit[] = [];

/**
 * Charges what was set aside for a request, if anything, with what its answer has used: one from the cache nothing. Where
 * nobody was called before it either, the request doesn't count.
 */
export function settle(
  call: HttpCall,
  { tab, cached, attempts }: Pick<Run, "tab" | "cached" | "attempts">,
  books: Pick<RunContext, "prices" | "toldPrices">,
  answered: ProviderModel,
  usage: () => Usage | undefined,
  complete = true,
): void {
  if (tab === undefined) return;
  if (cached !== undefined) {
    const undo = () => attempts.length === 0 ? tab.forgive() : tab.release();
    return void inBackground(call, undo);
  }
  if (!tab.owes) return;
  const { fallbacks } = tab;
  const price = (counts: Usage) => costOfAnswer(answered, fallbacks, counts, books);
  inBackground(call, () => tab.settle({ usage, costOf: price, complete }));
}

/** Gives up what was set aside for a request that nobody has answered. */
export function release(call: HttpCall, { tab }: Pick<Run, "tab">): void {
  if (tab?.owes) inBackground(call, () => tab.release());
}
