import type { Warning } from "../chat/warning.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import { type RetryPolicy, withRetry } from "../policy/retry.ts";
import type { Answer } from "../upstream/answer.ts";
import { callProvider, encodeFor } from "../upstream/call.ts";
import type { CallContext } from "../upstream/call_context.ts";
import { chooseKey, type KeyChoice } from "../upstream/credentials.ts";
import type { Departure } from "../upstream/departure.ts";
import type { Exchange } from "../upstream/exchange.ts";
import type { Target } from "../upstream/target.ts";
import type { ProviderModel } from "./model_name.ts";
import type { Plan } from "./plan.ts";

/** One call that was made. */
export interface Attempt {
  step: number;
  provider: string;
  model: string;
  /** Milliseconds. */
  duration: number;
  error?: GatewayError;
}

/** How a plan was walked: kept up to date while it goes on, so that a failed run can be told too. */
export interface Run {
  attempts: Attempt[];
}

export interface RunContext extends CallContext {
  keys: KeyChoice;
  retry: RetryPolicy;
  /** What of the caller's headers is not honoured, whoever answers. */
  warnings: readonly Warning[];
}

/** Asks the plan's steps in order until one shows content. */
export function runPlan(
  plan: Plan,
  exchange: Exchange,
  context: RunContext,
  run: Run,
): Promise<Answer> {
  const { departure } = exchange.asker;
  return firstAnswer(
    plan,
    departure,
    run,
    (step, index) => runStep(index, step, plan, exchange, context, run),
  );
}

/**
 * Asks the plan's steps in order until one answers. A step fails on any error: a key that is refused or a model
 * that is missing at one provider may well be there at the next.
 */
export async function firstAnswer<T>(
  plan: Plan,
  departure: Departure,
  run: Run,
  ask: (step: ProviderModel, index: number) => Promise<T>,
): Promise<T> {
  let last: GatewayError | undefined;
  for (const [index, step] of plan.steps.entries()) {
    try {
      return await ask(step, index);
    } catch (error) {
      if (!isGatewayError(error) || departure.gone) throw error;
      last = error;
    }
  }
  if (last === undefined) throw new GatewayError(2005, "The route has no targets");
  throw plan.steps.length === 1 ? last : allFailed(last, run);
}

async function runStep(
  index: number,
  step: ProviderModel,
  plan: Plan,
  exchange: Exchange,
  context: RunContext,
  run: Run,
): Promise<Answer> {
  const { retry, clock } = context;
  const target = targetOf(step, plan, context);
  const encoded = encodeFor(exchange, target);
  const call = contextOf(target, context);
  return await withRetry(retry, clock, exchange.asker.departure, async (_, isLast) => {
    const attempt = beginAttempt(index, step, clock.now(), run);
    try {
      // Cloudflare's rule: the last try may take as long as the gateway allows.
      const headersWithin = isLast && retry.attempts > 1 ? 0 : context.headersWithin;
      return await callProvider(exchange, target, encoded, { ...call, headersWithin });
    } catch (error) {
      if (isGatewayError(error)) attempt.error = error;
      throw error;
    } finally {
      attempt.duration += clock.now();
    }
  });
}

/** A step with the key to be used there. Throws 2040 where there is none. */
export function targetOf(step: ProviderModel, plan: Plan, { keys }: RunContext): Target {
  // A key sent for one of several providers must not reach the others.
  const key = chooseKey(step.provider, plan.oneProvider ? keys : { alias: keys.alias });
  return { ...step, key };
}

/** The context of calls to a target, whose provider may have timeouts of its own. */
export function contextOf({ provider }: Target, context: RunContext): RunContext {
  return { ...context, timeouts: { ...context.timeouts, ...provider.timeouts } };
}

/** Notes a call that begins; its duration is complete when the time of its end is added. */
export function beginAttempt(
  step: number,
  { provider, model }: ProviderModel,
  now: number,
  run: Run,
): Attempt {
  const attempt = { step, provider: provider.definition.slug, model, duration: -now };
  run.attempts.push(attempt);
  return attempt;
}

/** The last error, with a list of what else was tried. */
function allFailed(last: GatewayError, { attempts }: Run): GatewayError {
  const tried = attempts.map(({ provider, model, error }) =>
    `${provider}/${model}: ${error?.status ?? "not called"}`
  );
  return new GatewayError(last.code, `${last.message} (every target failed: ${tried.join("; ")})`, {
    status: last.status,
    retryable: last.retryable,
    provider: last.provider,
    param: last.param,
    fault: last.fault,
    headers: last.headers,
    cause: last,
  });
}
