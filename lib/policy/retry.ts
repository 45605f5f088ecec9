import { type Clock, sleep } from "../clock.ts";
import { type GatewayError, isGatewayError } from "../errors.ts";
import type { Departure } from "../upstream/departure.ts";

/** How pauses grow from one attempt to the next. */
export type Backoff = "constant" | "linear" | "exponential";

/** How often one target is tried before its failure counts. */
export interface RetryPolicy {
  /** Tries in all, 1–5. 1: no retry. */
  attempts: number;
  /** Milliseconds before the second try, 0–60,000. */
  delay: number;
  /** How the pause grows. */
  backoff: Backoff;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 1, delay: 500, backoff: "exponential" };

/** A provider that asks for a longer pause is not waited for: somebody else may answer sooner. */
export const LONGEST_WAIT = 60_000;

/** One try; `failed` is why the one before it failed. */
type Attempt<T> = (isLast: boolean, failed?: GatewayError) => Promise<T>;

/**
 * Tries until it succeeds, the tries are used up, or the error is one that trying again can't mend. The
 * pause is the policy's, or the provider's `retry-after` where that is longer.
 */
export function withRetry<T>(
  policy: RetryPolicy,
  clock: Clock,
  departure: Departure,
  attempt: Attempt<T>,
): Promise<T> {
  // The commonest policy waits for nothing, so it needs no promise of its own either.
  return policy.attempts === 1 ? attempt(true) : tryAgain(policy, clock, departure, attempt);
}

async function tryAgain<T>(
  policy: RetryPolicy,
  clock: Clock,
  departure: Departure,
  attempt: Attempt<T>,
): Promise<T> {
  let failed: GatewayError | undefined;
  for (let number = 1;; number++) {
    const isLast = number >= policy.attempts;
    try {
      return await attempt(isLast, failed);
    } catch (error) {
      if (isLast || departure.gone || !isGatewayError(error) || !error.retryable) throw error;
      const pause = Math.max(pauseAfter(policy, number), error.fault?.retryAfter ?? 0);
      if (pause > LONGEST_WAIT) throw error;
      await pauseUnlessGone(clock, pause, departure);
      if (departure.gone) throw error;
      failed = error;
    }
  }
}

/** Milliseconds between try `number` and the next. */
export function pauseAfter({ delay, backoff }: RetryPolicy, number: number): number {
  if (backoff === "linear") return delay * number;
  return backoff === "exponential" ? delay * 2 ** (number - 1) : delay;
}

async function pauseUnlessGone(clock: Clock, ms: number, departure: Departure): Promise<void> {
  const wait = new AbortController();
  departure.callsOff(() => wait.abort());
  await sleep(clock, ms, wait.signal).catch(() => {}); // `departure` tells that it was cut short
}
