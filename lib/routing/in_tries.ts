/** How often, and with which keys, one target is called before its failure counts. */
import { type RetryPolicy, withRetry } from "../policy/retry.ts";
import type { CallContext } from "../upstream/call_context.ts";
import type { Departure } from "../upstream/departure.ts";
import { withSpareKeys } from "../upstream/spare_keys.ts";
import type { Target } from "../upstream/target.ts";
import { goesOn, type Limited, tabFor } from "./within_limits.ts";

/**
 * Calls as the context's policy says; each try takes the other keys of the target's alias where one is refused. A try
 * that is not waited for any longer costs what was set aside for it, of which the call has a `share`.
 */
export function inTries<T, C extends CallContext & Limited & { retry: RetryPolicy }>(
  target: Target,
  departure: Departure,
  context: C,
  call: (target: Target, context: C) => Promise<T>,
  share = 1,
): Promise<T> {
  const { retry, clock, headersWithin } = context;
  const tab = tabFor(context);
  let asked = 0;
  return withRetry(retry, clock, departure, (isLast, failed) => {
    if (tab !== undefined) {
      if (goesOn(tab, asked, failed)) context.background(() => tab.chargeTry(share));
      asked = tab.asked;
    }
    // Cloudflare's rule: the last of several tries may take as long as the gateway allows.
    const isFree = isLast && retry.attempts > 1 && headersWithin > 0;
    const own = isFree ? { ...context, headersWithin: 0 } : context;
    return withSpareKeys(target, departure, (target) => call(target, own));
  });
}
