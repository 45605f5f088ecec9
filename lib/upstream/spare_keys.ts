/** A stored key that is refused gives way to another one of its alias. */
import { isGatewayError } from "../errors.ts";
import type { Departure } from "./departure.ts";
import type { Target } from "./target.ts";

/** Milliseconds that a key rests which is no good: nobody mends it within seconds. */
const BAD_KEY_REST = 300_000;

/** The same for one that is used too much, where its provider doesn't say how long. */
const BUSY_KEY_REST = 30_000;

/** Longer than any quota lasts. */
const LONGEST_REST = 86_400_000;

/**
 * Calls with the target's key. Where that is a stored one with others beside it, and is refused, it rests, and those
 * that don't are tried before the failure counts.
 */
export function withSpareKeys<T>(
  target: Target,
  departure: Departure,
  call: (target: Target) => Promise<T>,
): Promise<T> {
  return target.alias === undefined ? call(target) : tryKeys(target, departure, call);
}

async function tryKeys<T>(
  target: Target,
  departure: Departure,
  call: (target: Target) => Promise<T>,
): Promise<T> {
  const { provider: { keys } } = target;
  const alias = target.alias!;
  const tried = new Set<string>();
  // Another call may have found out since it was drawn.
  let key = keys.isResting(target.key!) ? keys.draw(alias)! : target.key!;
  for (;;) {
    try {
      return await call({ ...target, key });
    } catch (error) {
      const rest = restAfter(error);
      if (rest === undefined) throw error;
      keys.rest(key, rest);
      tried.add(key);
      const next = departure.gone ? undefined : keys.spare(alias, tried);
      if (next === undefined) throw error;
      key = next;
    }
  }
}

/** What a 403 says that is the key's fault: others are about the model, the country or the prompt. */
const KEY_WORDS =
  /api[-_ ]?key|credential|security ?token|expiredtoken|unrecognizedclient|signature/i;

/** How long a key rests after this failure; `undefined` where the key is not to blame. */
function restAfter(error: unknown): number | undefined {
  if (!isGatewayError(error)) return undefined;
  if (error.code === 2118) return BAD_KEY_REST;
  const { fault } = error;
  if (fault === undefined) return undefined;
  const { status, code, message, retryAfter = BUSY_KEY_REST } = fault;
  if (status === 429) return Math.min(retryAfter, LONGEST_REST);
  const bad = status === 401 || (status === 403 && KEY_WORDS.test(`${code} ${message}`));
  return bad ? BAD_KEY_REST : undefined;
}
