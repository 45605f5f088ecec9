/** `ANY /v1/{account}/{gateway}/{slug}/{path…}`: a provider's own interface, with our keys and limits. */
import type { ByteSource } from "../../byte_source.ts";
import { GatewayError } from "../../errors.ts";
import type { FetchBody } from "../../fetch_like.ts";
import { withRetry } from "../../policy/retry.ts";
import { refuseOutside } from "../../policy/scope.ts";
import { nativeProvider } from "../../routing/native_provider.ts";
import { noted, type Run } from "../../routing/run.ts";
import type { CallContext } from "../../upstream/call_context.ts";
import type { ConfiguredProvider } from "../../upstream/configured_provider.ts";
import { chooseKey, type ChosenKey } from "../../upstream/credentials.ts";
import { Departure } from "../../upstream/departure.ts";
import {
  failureOf,
  isSigned,
  type NativeAnswer,
  type NativeRequest,
  passThrough,
} from "../../upstream/passthrough.ts";
import { withSpareKeys } from "../../upstream/spare_keys.ts";
import type { Target } from "../../upstream/target.ts";
import { type Admission, admit, keyChoice } from "../admit.ts";
import { contextFor, Defaults, whileWaiting } from "../answer_chat.ts";
import { answerHeaders } from "../answer_reply.ts";
import { accessKeysIn } from "../authenticate.ts";
import { readWholeBody } from "../body.ts";
import { preflight } from "../cors.ts";
import type { Endpoint, HttpCall } from "../http_call.ts";
import type { Incoming, Reply } from "../incoming.ts";
import { nativeKeys } from "../native_request.ts";
import { type RequestOptions, requestOptions } from "../request_options.ts";

/** Any method and path, whatever the provider has there. */
export const passthrough: Endpoint = async (call) => {
  const { core, incoming, params, url } = call;
  if (isPreflight(incoming)) return preflight(incoming, METHODS);
  checkMethod(incoming.method);
  const admission = admit(call);
  const provider = nativeProvider(params.slug!, core.settings);
  const path = pathBelowSlug(url, core.settings.basePath);
  return await passTo({ provider, path }, call, admission);
};

/** Where a request goes on to. */
interface Destination {
  provider: ConfiguredProvider;
  /** Below the provider's slug, percent-encoded, with a slash at its beginning. */
  path: string;
  /** Which model is meant, where somebody has read that. */
  model?: string;
  /** JSON to be sent instead of the request's own body. */
  body?: string;
}

/** Passes a request on, and answers with what comes back. Throws 2114 where the caller's scope doesn't cover it. */
export async function passTo(
  destination: Destination,
  call: HttpCall,
  admission: Admission,
): Promise<Reply> {
  const { incoming, context: { metadata } } = call;
  const { provider, model } = destination;
  // Where nobody knows the model, a scope that lists models allows nothing.
  refuseOutside(admission.caller.grant?.scope, provider.definition.slug, model);
  const options = requestOptions(incoming.headers, admission.gateway.retry, metadata);
  const { request, alias } = await requestFor(destination, call, admission, options);
  const context = contextFor(call, admission, options, new Defaults("", call, ""));
  const timeouts = { ...context.timeouts, ...provider.timeouts };
  const departure = new Departure();
  const run: Run = { attempts: [] };
  return await whileWaiting(incoming, departure, async () => {
    const own = { ...context, timeouts };
    const answer = await answerTo(request, alias, departure, own, options, run);
    const { headers } = answer;
    const target = { provider, model: "" };
    answerHeaders({ target, headers, warnings: [] }, { call, context, run });
    delete headers["cf-aig-model"];
    return replyOf(answer, call);
  });
}

const METHODS = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS";

/** A browser asks before it sends a key, so nobody can be admitted yet; any other OPTIONS is the provider's. */
function isPreflight({ method, headers }: Incoming): boolean {
  return method === "OPTIONS" && headers.get("access-control-request-method") !== null;
}

/** What `fetch` sends: https://fetch.spec.whatwg.org/#forbidden-method. */
function checkMethod(method: string): void {
  if (/^[A-Z]{1,20}$/.test(method) && !/^(?:CONNECT|TRACE|TRACK)$/.test(method)) return;
  throw new GatewayError(2104, `This method is not passed on; use ${METHODS}`, {
    headers: { allow: METHODS },
  });
}

async function requestFor(
  { provider, path, body: instead }: Destination,
  call: HttpCall,
  admission: Admission,
  options: RequestOptions,
): Promise<{ request: NativeRequest; alias?: string }> {
  const { core, incoming, url } = call;
  const { gateway } = admission;
  const isAccessKey = (value: string) => accessKeysIn(value, core.findKeys).length > 0;
  const rules = { provider, gateway, isAccessKey };
  const { headers, search, requestKey } = nativeKeys(incoming.headers, url.search, rules);
  const choice = { ...keyChoice(admission, options.keyAlias), requestKey };
  const { key, alias }: ChosenKey = chooseKey(provider, choice);
  const via = incoming.headers.get("via");
  headers.via = (via === null ? "" : `${via}, `) + `1.1 ${core.via}`;
  if (instead !== undefined) {
    headers["content-type"] = "application/json";
    // It is the length of the body around it.
    delete headers["content-length"];
  }
  const mustKnow = isSigned(provider, key);
  const body = instead ??
    await bodyOf(incoming, core.settings.bodyLimit, mustKnow, options.retry.attempts);
  const request = {
    provider,
    method: incoming.method,
    path,
    search,
    headers,
    ...(body !== undefined && { body }),
    ...(key !== undefined && { key }),
    ownKey: requestKey !== undefined,
  };
  return { request, ...(alias !== undefined && { alias }) };
}

/** As it came: what is encoded stays so. */
function pathBelowSlug({ pathname }: URL, basePath: string): string {
  const steps = pathname.slice(basePath.length).split("/").slice(5);
  return steps.map((step) => `/${step}`).join("");
}

/**
 * Whole where it is signed (throws 2101 beyond the limit), and where it is JSON, or may have to be sent again, and is
 * declared to be within the limit; all else passes as it comes.
 */
async function bodyOf(
  incoming: Incoming,
  limit: number,
  mustKnow: boolean,
  attempts: number,
): Promise<FetchBody | undefined> {
  const { method, headers } = incoming;
  if (method === "GET" || method === "HEAD") return undefined;
  const length = headers.get("content-length");
  const short = length !== null && Number(length) <= limit;
  // Programs that call `gateway.fetch` declare no length.
  const mayBeShort = short || length === null;
  const isJson = /[/+]json\b/i.test(headers.get("content-type") ?? "");
  const whole = mustKnow || (isJson && mayBeShort) || (short && attempts > 1);
  if (!whole) return incoming.body ?? undefined;
  const bytes = await readWholeBody(incoming, limit);
  return bytes.length === 0 ? undefined : bytes;
}

/** The first answer that is none to ask again for; else the last one, whatever it is. */
export async function answerTo(
  request: NativeRequest,
  alias: string | undefined,
  departure: Departure,
  context: CallContext,
  { retry }: RequestOptions,
  run: Run,
): Promise<NativeAnswer> {
  const { provider, key } = request;
  const { clock } = context;
  // A stream is sent once: there is nothing left for another try, or another key.
  const once = request.body instanceof ReadableStream;
  const policy = once ? { ...retry, attempts: 1 } : retry;
  const target: Target = { provider, model: "", key, ...(!once && { alias }) };
  const asker = { stream: wantsStream(request), departure };
  let refused: NativeAnswer | undefined;
  const ask = async (key: string | undefined, headersWithin: number) => {
    refused?.body?.cancel();
    refused = undefined;
    const answer = await passThrough({ ...request, key }, asker, { ...context, headersWithin });
    const failure = failureOf(answer, provider);
    if (failure === undefined) return answer;
    refused = answer;
    throw failure;
  };
  try {
    return await withRetry(policy, clock, departure, (_, isLast) => {
      const headersWithin = isLast && policy.attempts > 1 ? 0 : context.headersWithin;
      const askNoted = ({ key }: Target) =>
        noted(target, 0, clock, run, () => ask(key, headersWithin));
      return withSpareKeys(target, departure, askNoted);
    });
  } catch (error) {
    if (refused !== undefined) return refused;
    throw error;
  }
}

/** Whether silence means trouble soon: a whole answer often says nothing until it is done. */
function wantsStream({ headers, path }: NativeRequest): boolean {
  return /text\/event-stream/.test(headers.accept ?? "") || /stream/i.test(path);
}

/** The same for the caller. */
export function replyOf({ status, headers, body }: NativeAnswer, { core }: HttpCall): Reply {
  if (status >= 400) headers["dragoman-error-source"] = "provider";
  if (body === null) return { status, headers, body };
  headers["x-accel-buffering"] = "no";
  if (/event-stream|ndjson|eventstream/.test(headers["content-type"] ?? "")) {
    headers["cache-control"] = "no-cache, no-transform";
  }
  core.running++;
  return { status, headers, body: counted(body, () => core.running--) };
}

/** The same bytes; tells once when they are over. */
function counted(source: ByteSource, onEnd: () => void): ByteSource {
  let over = false;
  const end = () => {
    if (!over) onEnd();
    over = true;
  };
  return {
    async next() {
      try {
        const bytes = await source.next();
        if (bytes === undefined) end();
        return bytes;
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel() {
      end();
      source.cancel();
    },
  };
}
