/** One provider asked in its own words. */
import type { Warning } from "../chat/warning.ts";
import {
  failureOf,
  type NativeAnswer,
  type NativeRequest,
  passThrough,
} from "../upstream/passthrough.ts";
import { ownerOf } from "../providers/registry.ts";
import type { Departure } from "../upstream/departure.ts";
import type { Target } from "../upstream/target.ts";
import { keptWhenRead, nativeAnswerOf, nativeSlot } from "./cached_native.ts";
import { inTries } from "./in_tries.ts";
import { priced } from "./planned_model.ts";
import { noted, type Run, type RunContext } from "./run.ts";
import { withinLimits } from "./within_limits.ts";

/**
 * The first answer that is none to ask again for; else the last one, whatever it is. `alias`: of a key that has others;
 * `model`: where somebody has read it; `warnings` get what the caller is to know besides.
 */
export async function runNative(
  request: NativeRequest,
  { alias, model }: { alias?: string | undefined; model?: string | undefined },
  departure: Departure,
  context: RunContext,
  run: Run,
  warnings: Warning[],
): Promise<NativeAnswer> {
  const { provider, key } = request;
  // A stream is sent once: there is nothing left for another try, or another key.
  const once = request.body instanceof ReadableStream;
  const tries = once ? { ...context, retry: { ...context.retry, attempts: 1 } } : context;
  const target: Target = { provider, model: "", key, ...(!once && { alias }) };
  const { cache } = context;
  const keys = request.ownKey ? { ...context.keys, requestKey: key } : context.keys;
  const slot = cache && nativeSlot(cache, request, target, { ...context, keys });
  const kept = await slot?.find(warnings);
  if (kept !== undefined) {
    run.cached = 0;
    return nativeAnswerOf(kept);
  }
  const asker = { stream: wantsStream(request), departure };
  let refused: NativeAnswer | undefined;
  const ask = async ({ key }: Target, own: RunContext) => {
    refused?.body?.cancel();
    refused = undefined;
    const answer = await passThrough({ ...request, key }, asker, own);
    const failure = failureOf(answer, provider);
    if (failure === undefined) return slot ? keptWhenRead(answer, provider, slot, cache!) : answer;
    refused = answer;
    throw failure;
  };
  const limited = () =>
    model === undefined
      ? { provider: ownerOf(provider.definition.slug) }
      : priced({ provider, model });
  const askInTries = () =>
    inTries(
      target,
      departure,
      tries,
      (target, own) => noted(target, 0, context.clock, run, () => ask(target, own)),
    );
  try {
    return await withinLimits(tries, limited, askInTries);
  } catch (error) {
    if (refused !== undefined) return refused;
    throw error;
  }
}

/** Whether silence means trouble soon: a whole answer often says nothing until it is done. */
function wantsStream({ headers, path }: NativeRequest): boolean {
  return /text\/event-stream/.test(headers.accept ?? "") || /stream/i.test(path);
}
