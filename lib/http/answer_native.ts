/** The road of every call in a provider's own words: what the caller sent becomes a request, and its answer a reply. */
import type { Warning } from "../chat/warning.ts";
import type { FetchBody } from "../fetch_like.ts";
import { refuseOutside } from "../policy/scope.ts";
import { contextOf, type Run } from "../routing/run.ts";
import { runNative } from "../routing/run_native.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { refuseLosses } from "../upstream/call.ts";
import { chooseKey } from "../upstream/credentials.ts";
import { Departure } from "../upstream/departure.ts";
import { isSigned, type NativeAnswer, type NativeRequest } from "../upstream/passthrough.ts";
import { type Admission, keyChoice } from "./admit.ts";
import { contextFor, Defaults, whileWaiting } from "./answer_chat.ts";
import { answerHeaders } from "./answer_reply.ts";
import { accessKeysIn } from "./authenticate.ts";
import type { HttpCall } from "./http_call.ts";
import type { Reply } from "./incoming.ts";
import { limitsOf, settledAtEnd, watched } from "./native_limits.ts";
import { nativeKeys } from "./native_request.ts";
import type { RequestOptions } from "./request_options.ts";

/** Something that a provider is to be asked as it stands, by somebody who may ask. */
export interface NativeQuestion {
  call: HttpCall;
  admission: Admission;
  options: RequestOptions;
  provider: ConfiguredProvider;
  /** Which model is meant, where somebody has read that. */
  model?: string;
  /** Below the provider's slug, percent-encoded as it came, with a slash at its beginning. */
  path: string;
  /** Empty, or with its question mark. */
  search: string;
  headers: Iterable<[string, string]>;
  body: NativeBody;
  /** What has been tried already; what is tried now comes behind it. */
  run: Run;
}

/**
 * JSON text of a type, of which nothing holds that was said of the request's own body; or what reads the request's own:
 * `mustKnow` asks for all of it, since it will be signed.
 */
export type NativeBody =
  | { json: string; type: string }
  | ((mustKnow: boolean) => Promise<FetchBody | undefined>);

/**
 * Asks, and answers with what comes back unless `judge` throws. Throws 2114 where the caller's scope doesn't cover it;
 * where nobody knows the model, a scope that lists models covers nothing.
 */
export async function answerNatively(
  question: NativeQuestion,
  judge?: (answer: NativeAnswer) => Promise<void>,
): Promise<Reply> {
  const { call, admission, provider, model, run } = question;
  const options = withoutCost(question.options);
  refuseOutside(admission.caller.grant?.scope, provider.definition.slug, model);
  const { request, alias } = await requestFor(question);
  const context = contextFor(call, admission, options, new Defaults("", call, ""), run);
  const limits = limitsOf(question, request, context);
  context.gate = limits.gate;
  const own = contextOf({ provider, model: "" }, context);
  const departure = new Departure();
  return await whileWaiting(call, departure, run, async () => {
    const warnings: Warning[] = [];
    const native = { alias, model: limits.model };
    const answer = await runNative(request, native, departure, own, run, warnings);
    await judge?.(answer);
    const { headers } = answer;
    const target = { provider, model: "" };
    answerHeaders({ target, headers, warnings }, { call, context, run });
    delete headers["cf-aig-model"];
    return replyOf({ ...answer, body: settledAtEnd(answer, question, limits, context) }, call);
  });
}

/** Nobody is told what an answer in a provider's own words costs. Throws 2108 in strict mode. */
function withoutCost(options: RequestOptions): RequestOptions {
  if (options.customCost === undefined) return options;
  const warnings = [...options.warnings, NO_COST];
  if (options.strict) refuseLosses(warnings);
  return { ...options, customCost: undefined, warnings };
}

const NO_COST: Warning = {
  kind: "dropped",
  param: "cf-aig-custom-cost",
  reason: "what a provider's own interface costs goes by the gateway's prices, and is not told",
};

async function requestFor(
  { call, admission, options, provider, path, search: query, headers: given, body }: NativeQuestion,
): Promise<{ request: NativeRequest; alias?: string }> {
  const { core, incoming } = call;
  const isAccessKey = (value: string) => accessKeysIn(value, core.findKeys).length > 0;
  const rules = { provider, gateway: admission.gateway, isAccessKey };
  const { headers, search, requestKey } = nativeKeys(given, query, rules);
  const choice = keyChoice(admission, options.keyAlias);
  const { key, alias } = chooseKey(provider, {
    ...choice,
    requestKey: requestKey ?? choice.requestKey,
  });
  const via = incoming.headers.get("via");
  headers.via = (via === null ? "" : `${via}, `) + `1.1 ${core.via}`;
  const sent = typeof body === "function"
    ? await body(isSigned(provider, key))
    : asJson(body, headers);
  const request = {
    provider,
    method: incoming.method,
    path,
    search,
    headers,
    ...(sent !== undefined && { body: sent }),
    ...(key !== undefined && { key }),
    ownKey: requestKey !== undefined,
  };
  return { request, ...(alias !== undefined && { alias }) };
}

function asJson(
  { json, type }: Exclude<NativeBody, (mustKnow: boolean) => unknown>,
  headers: Record<string, string>,
): string {
  headers["content-type"] = type;
  delete headers["content-length"];
  delete headers["content-encoding"];
  return json;
}

/** The same for the caller. */
function replyOf({ status, headers, body }: NativeAnswer, { core }: HttpCall): Reply {
  if (status >= 400) headers["dragoman-error-source"] = "provider";
  if (body === null) return { status, headers, body };
  headers["x-accel-buffering"] = "no";
  if (/event-stream|ndjson|eventstream/.test(headers["content-type"] ?? "")) {
    headers["cache-control"] = "no-cache, no-transform";
  }
  core.running++;
  return { status, headers, body: watched(body, () => {}, () => core.running--) };
}
