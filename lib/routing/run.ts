import type { EncodedRequest } from "../chat/codec.ts";
import type { Warning } from "../chat/warning.ts";
import type { Clock } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import { Tab } from "../policy/limits/tab.ts";
import type { PriceBook } from "../policy/price_book.ts";
import type { RetryPolicy } from "../policy/retry.ts";
import { refuseOutside, type Scope } from "../policy/scope.ts";
import type { Answer } from "../upstream/answer.ts";
import { onceThere } from "../soon.ts";
import type { CopyTaker } from "../upstream/answer_copy.ts";
import { callProvider, encodeFor, refuseLosses } from "../upstream/call.ts";
import type { CallContext } from "../upstream/call_context.ts";
import { chooseKey, type KeyChoice } from "../upstream/credentials.ts";
import type { Departure } from "../upstream/departure.ts";
import type { Exchange } from "../upstream/exchange.ts";
import type { Target } from "../upstream/target.ts";
import type { CacheUse } from "./cache_slot.ts";
import { keptAnswer } from "./cached_chat.ts";
import { type CarryContext, type Carrying, carryThoughts } from "./carry_thoughts.ts";
import type { GraphWalk } from "./graph/walk.ts";
import { inTries } from "./in_tries.ts";
import { encodeWithMedia, type MediaMeans } from "./inline_media.ts";
import type { Plan } from "./plan.ts";
import { type PlannedModel, priced, type ProviderModel } from "./planned_model.ts";
import { type Limited, withinLimits } from "./within_limits.ts";

/** One call that was made. */
export interface Attempt {
  step: number;
  provider: string;
  model: string;
  /** Milliseconds; 0 until it is over. */
  duration: number;
  error?: GatewayError;
}

/** How a plan was walked: kept up to date while it goes on, so that a failed run can be told too. */
export interface Run {
  attempts: Attempt[];
  /** The step whose answer was in the cache: nobody was called for it, so it costs nothing and counts nowhere. */
  cached?: number;
  /** What the request has been counted with; made when something counts it. */
  tab?: Tab;
}

/** The request's own, made now if nothing has counted it before. */
export function tabOf(run: Run): Tab {
  return run.tab ??= new Tab();
}

export interface RunContext extends CallContext, CarryContext, MediaMeans, Limited {
  keys: KeyChoice;
  /** What this caller may ask for. */
  scope: Scope | undefined;
  retry: RetryPolicy;
  /** What of the caller's headers is not honoured, whoever answers. */
  warnings: readonly Warning[];
  /** What counts against limits: the gateway's own prices, which a caller can raise but never lower. */
  prices: PriceBook;
  /** What callers are told: their own prices, where they name any. */
  toldPrices: PriceBook;
  /** Where the plan is a graph. */
  walk?: GraphWalk;
  /** Where answers are kept. */
  cache?: CacheUse;
}

/** Asks the plan's steps in order until one shows content. */
export function runPlan(
  plan: Plan,
  exchange: Exchange,
  context: RunContext,
  run: Run,
): Promise<Answer> {
  const { departure } = exchange.asker;
  const ask = (step: PlannedModel, index: number) =>
    runStep(index, step, plan, exchange, context, run);
  return firstAnswer(plan, departure, run, ask, context.walk);
}

/**
 * Asks the plan's steps in order until one answers. A step fails on any error: a key that is refused or a model
 * that is missing at one provider may well be there at the next.
 */
export function firstAnswer<T>(
  plan: Plan,
  departure: Departure,
  run: Run,
  ask: (step: PlannedModel, index: number) => Promise<T>,
  walk?: GraphWalk,
): Promise<T> {
  if (walk !== undefined) return walkToAnswer(walk, departure, run, ask);
  const [only] = plan.steps;
  if (only !== undefined && plan.steps.length === 1) return ask(only, 0);
  return tryInOrder(plan, departure, run, ask);
}

async function tryInOrder<T>(
  plan: Plan,
  departure: Departure,
  run: Run,
  ask: (step: PlannedModel, index: number) => Promise<T>,
): Promise<T> {
  const begun = run.attempts.length;
  let last: GatewayError | undefined;
  for (const [index, step] of plan.steps.entries()) {
    try {
      return await ask(step, index);
    } catch (error) {
      if (!isGatewayError(error) || departure.gone || run.tab?.ended) throw error;
      last = worthTelling(last, error);
    }
  }
  if (last === undefined) throw new GatewayError(2005, "The route has no targets");
  throw allFailed(last, run.attempts.slice(begun));
}

/** That a caller may not ask for a model says less than why another one failed. */
function worthTelling(last: GatewayError | undefined, error: GatewayError): GatewayError {
  return last !== undefined && error.code === 2114 ? last : error;
}

/** The same where the models that failed decide who is asked next. */
async function walkToAnswer<T>(
  walk: GraphWalk,
  departure: Departure,
  run: Run,
  ask: (step: PlannedModel, index: number) => Promise<T>,
): Promise<T> {
  const begun = run.attempts.length;
  let last: GatewayError | undefined;
  let index = 0;
  for (let model = await walk.begin(); model !== undefined; model = await walk.after(model)) {
    try {
      return await ask(model, index++);
    } catch (error) {
      if (!isGatewayError(error) || departure.gone || run.tab?.ended) throw error;
      last = worthTelling(last, error);
    }
  }
  if (last === undefined) throw walk.refusal;
  throw index === 1 ? last : allFailed(last, run.attempts.slice(begun));
}

function runStep(
  index: number,
  step: PlannedModel,
  plan: Plan,
  exchange: Exchange,
  context: RunContext,
  run: Run,
): Promise<Answer> {
  const target = targetOf(step, plan, context);
  const own = contextOf(step, context);
  const call: AskOne = (encoded, own, copy) =>
    withinLimits(own, () => priced(target), () =>
      inTries(
        target,
        exchange.asker.departure,
        own,
        (target, own) =>
          noted(step, index, own.clock, run, () =>
            callProvider(exchange, target, encoded, own, copy)),
      ));
  const { cache } = own;
  const ask: AskOne = cache === undefined
    ? call
    : (encoded, own) =>
      onceThere(keptAnswer(cache, exchange, target, encoded, own), (found) => {
        if ("copy" in found) return call(encoded, own, found.copy);
        return found.kept.then((kept) => {
          run.cached = index;
          return kept;
        });
      });
  const carrying = carryThoughts(exchange, target, context);
  if (carrying !== undefined) return askCarrying(carrying, target, own, ask);
  const written = encodeWhole(exchange, target, context);
  return written instanceof Promise
    ? written.then((encoded) => ask(encoded, own))
    : ask(written, own);
}

/** Asks a target with what was written for it. */
type AskOne = (
  encoded: EncodedRequest,
  own: RunContext,
  copy?: CopyTaker,
) => Promise<Answer>;

/** Writes a request, without a promise where nothing has to be fetched for it. */
function encodeWhole(
  exchange: Exchange,
  target: Target,
  context: RunContext,
): EncodedRequest | Promise<EncodedRequest> {
  try {
    return encodeFor(exchange, target);
  } catch (error) {
    return encodeWithMedia(error, exchange, target, context);
  }
}

/** Asks with the thoughts that the client forgot, and has those of the answer remembered. */
async function askCarrying(
  carrying: Promise<Carrying>,
  target: Target,
  context: RunContext,
  ask: AskOne,
): Promise<Answer> {
  const { exchange, warnings, turns } = await carrying;
  const encoded = await encodeWhole(exchange, target, context);
  if (exchange.strict) refuseLosses(warnings, target);
  encoded.warnings.push(...warnings);
  return await ask(encoded, { ...context, turns });
}

/**
 * A step with the key to be used there. Every road leads through here, so this is where a caller's scope holds: throws
 * 2114 where it leaves the model out, 2040 where there is no key.
 */
export function targetOf(
  { provider, model }: ProviderModel,
  { oneProvider }: Plan,
  { keys, scope }: Pick<RunContext, "keys" | "scope">,
): Target {
  refuseOutside(scope, provider.definition.slug, model);
  // A key sent for one of several providers must not reach the others.
  const choice = oneProvider ? keys : { ...keys, requestKey: undefined };
  return { provider, model, ...chooseKey(provider, choice) };
}

/** The context of calls for a step, which may have limits of its own, as its provider may; mostly the very same one. */
export function contextOf(step: PlannedModel, context: RunContext): RunContext {
  const { provider, attempts, timeout, timeoutOption } = step;
  if (provider.timeouts === undefined && attempts === undefined && timeout === undefined) {
    return context;
  }
  const own = { ...context, timeouts: { ...context.timeouts, ...provider.timeouts } };
  if (attempts !== undefined) own.retry = { ...context.retry, attempts };
  if (timeout !== undefined) {
    Object.assign(own.timeouts, { firstByte: timeout, firstToken: timeout, whole: timeout });
    own.timeoutOption = timeoutOption;
  }
  return own;
}

/** Notes what is done for a step as one attempt. */
export async function noted<T>(
  { provider, model }: ProviderModel,
  step: number,
  clock: Clock,
  run: Run,
  work: () => Promise<T>,
): Promise<T> {
  const begun = clock.now();
  const attempt: Attempt = { step, provider: provider.definition.slug, model, duration: 0 };
  run.attempts.push(attempt);
  try {
    return await work();
  } catch (error) {
    if (isGatewayError(error)) attempt.error = error;
    throw error;
  } finally {
    attempt.duration = clock.now() - begun;
  }
}

/** The last error, with a list of what else was tried. */
function allFailed(last: GatewayError, attempts: readonly Attempt[]): GatewayError {
  if (attempts.length === 0) return last;
  const tried = attempts.map(({ provider, model, error }) =>
    `${provider}/${model}: ${error?.status ?? "not called"}`
  );
  return lastOf(last, `every target failed: ${tried.join("; ")}`);
}

/** The same error, with what else there is to say in brackets. */
export function lastOf(last: GatewayError, besides: string, headers = last.headers): GatewayError {
  return new GatewayError(last.code, `${last.message} (${besides})`, {
    status: last.status,
    retryable: last.retryable,
    provider: last.provider,
    param: last.param,
    fault: last.fault,
    headers,
    cause: last,
  });
}
