/** The road every front dialect takes: from the caller's body to a plan, and from its answer to a reply. */
import type { AnswerDefaults, CallerCodec } from "../chat/codec.ts";
import type { HeaderReader } from "../fetch_like.ts";
import type { JsonText } from "../json/scan_object.ts";
import { dearer, dollarsOf } from "../policy/price_book.ts";
import { withFallbacks } from "../policy/scope.ts";
import { dryRunChat } from "../routing/dry_run.ts";
import { priced } from "../routing/planned_model.ts";
import { planFor } from "../routing/plan.ts";
import { type Run, type RunContext, runPlan } from "../routing/run.ts";
import { Departure } from "../upstream/departure.ts";
import type { Asker, Exchange } from "../upstream/exchange.ts";
import { type Admission, admit, keyChoice } from "./admit.ts";
import { dryRunReply, mayDryRun, rehearsedPlan } from "./answer_dry_run.ts";
import { replyWith } from "./answer_reply.ts";
import { inBackground } from "./background.ts";
import { readJsonBody } from "./body.ts";
import { walkFor } from "./graph_walk.ts";
import type { HttpCall } from "./http_call.ts";
import type { Reply } from "./incoming.ts";
import { gateFor, release } from "./limits.ts";
import { type RequestOptions, requestOptions } from "./request_options.ts";

/** A question of somebody who may ask it. */
export interface Question {
  call: HttpCall;
  admission: Admission;
  options: RequestOptions;
  headers: HeaderReader;
  body: JsonText;
  /** What has been tried already; what is tried now comes behind it. */
  run: Run;
}

/** Answers a request of that dialect; ids of answers whose provider gives none begin with `idPrefix`. */
export function answerChat(
  call: HttpCall,
  codec: CallerCodec,
  idPrefix: string,
): Promise<Reply> {
  return readQuestion(call).then((question) => answerQuestion(question, codec, idPrefix));
}

/** Reads a request on a path that also makes dry runs, down to its body. Throws what keeps it from being asked. */
export async function readQuestion(call: HttpCall): Promise<Question> {
  const { core, incoming, context: { metadata } } = call;
  const { headers } = incoming;
  const admission = admit(call);
  const options = requestOptions(headers, admission.gateway, metadata, true);
  if (options.dryRun) mayDryRun(core, admission.gateway);
  const body = await readJsonBody(incoming, core.settings.bodyLimit);
  return { call, admission, options, headers, body, run: { attempts: [] } };
}

/** The rest of the road, for whoever has read the request. */
export function answerQuestion(
  { call, admission, options, headers, body, run }: Question,
  codec: CallerCodec,
  idPrefix: string,
): Promise<Reply> {
  const { core } = call;
  const peek = codec.peekRequest(body);
  const plan = planFor(peek.model, admission.gateway, core.settings);
  const departure = new Departure();
  const { stream, wishes } = peek;
  const asker: Asker = { caller: codec, stream, wishes, departure };
  const exchange = exchangeFor(call, asker, headers, body, options.strict);
  const defaults = new Defaults(idPrefix, call, peek.model);
  const context = contextFor(call, admission, options, defaults, run);
  context.scope = withFallbacks(context.scope, peek.fallbacks);
  const expects = () => codec.peekOutput?.(body) ?? {};
  const routed = { ...body, expects };
  if (options.dryRun) {
    return rehearsedPlan(plan, call, routed, options)
      .then((rehearsed) => dryRunReply(dryRunChat(rehearsed, exchange, context)));
  }
  if (peek.cost === true) {
    context.costOf = (target, usage) => dollarsOf(context.toldPrices, priced(target), usage);
  }
  const { fallbacks } = peek;
  const reckoning = { characters: body.text.length, expects, fallbacks };
  context.gate = gateFor(call, admission, options, run, context, reckoning);
  context.walk = walkFor(plan, call, routed, options, run, headers);
  return whileWaiting(
    call,
    departure,
    run,
    () => replyWith(runPlan(plan, exchange, context, run), { call, asker, context, run }),
  );
}

/**
 * Makes a reply, and notices a caller who leaves before it is made. Where none can be made, nothing of what was set
 * aside for it stays counted.
 */
export async function whileWaiting(
  call: HttpCall,
  departure: Departure,
  run: Run,
  makeReply: () => Promise<Reply>,
): Promise<Reply> {
  const { signal } = call.incoming;
  const leave = () => departure.leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    if (signal.aborted) leave();
    return await makeReply();
  } catch (error) {
    release(call, run);
    throw error;
  } finally {
    // From here on the cancelled body tells: Deno fires the signal after success too.
    signal.removeEventListener("abort", leave);
  }
}

function exchangeFor(
  { core }: HttpCall,
  asker: Asker,
  headers: HeaderReader,
  body: JsonText,
  strict: boolean,
): Exchange {
  let request: ReturnType<CallerCodec["decodeRequest"]> | undefined;
  return {
    asker,
    body,
    request: () => request ??= asker.caller.decodeRequest(body.value),
    strict,
    headers,
    via: `1.1 ${core.via}`,
  };
}

/** What every call of this request needs besides the question and the target. */
export function contextFor(
  call: HttpCall,
  admission: Admission,
  { retry, headersWithin, keyAlias, customCost, warnings, cache }: RequestOptions,
  defaults: AnswerDefaults,
  run: Run,
): RunContext {
  const { settings: { fetch, clock, media, prices }, carrier, answers } = call.core;
  const { gateway, caller } = admission;
  return {
    fetch,
    clock,
    media,
    timeouts: gateway.timeouts,
    defaults,
    headersWithin,
    retry,
    keys: keyChoice(admission, keyAlias),
    scope: caller.grant?.scope,
    warnings,
    prices: customCost === undefined ? prices : dearer(prices, customCost),
    toldPrices: customCost ?? prices,
    gateway: gateway.id,
    caller: caller.name,
    vouched: call.context.principal !== undefined,
    carrier,
    cache: cache && { ...cache, answers },
    onAsked: () => {
      if (run.tab !== undefined) run.tab.asked++;
    },
    background: (work) => inBackground(call, work),
  };
}

/** For answers whose provider gives no id, model or time of its own: few do, so the id is made when asked for. */
export class Defaults implements AnswerDefaults {
  readonly model: string;
  readonly created: number;
  readonly #prefix: string;
  readonly #logId: string;

  constructor(prefix: string, { logId, arrivedAt }: HttpCall, model: string) {
    this.#prefix = prefix;
    this.#logId = logId;
    this.model = model;
    this.created = Math.floor(arrivedAt / 1000);
  }

  get id(): string {
    return this.#prefix + this.#logId.replaceAll("-", "");
  }
}
