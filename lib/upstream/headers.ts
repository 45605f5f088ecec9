/**
 * Which headers travel. To a provider goes an allow-list, so that no cookie, forwarding header or access
 * key can slip through; back comes an allow-list too, so that no `set-cookie` does.
 */
import type { FetchedResponse, HeaderReader } from "../fetch_like.ts";
import type { ProviderAuth } from "../providers/provider.ts";
import { VERSION } from "../version.ts";
import type { Sending } from "./exchange.ts";
import type { Target } from "./target.ts";

const USER_AGENT = `dragoman/${VERSION}`;

/** Reach every provider when the caller sent them. */
const FORWARDED = ["traceparent", "tracestate", "idempotency-key", "x-client-request-id"];

/** The headers of a call: what the gateway says, what the caller may say, what the operator configured. */
export function requestHeaders(exchange: Sending, target: Target): Record<string, string> {
  const { definition, headers: configured } = target.provider;
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: exchange.asker.stream ? "text/event-stream" : "application/json",
    "user-agent": USER_AGENT,
    via: exchange.via,
    ...definition.headers,
  };
  for (const name of FORWARDED) copy(exchange, name, headers);
  for (const name of definition.forwardHeaders ?? []) copy(exchange, name, headers);
  return Object.assign(headers, configured);
}

/**
 * Whether another value of a caller's header may mean another answer: not of one that says who asks, when, with what
 * program and along which way, so that it is another one each time.
 */
export function bearsOnAnswer(name: string): boolean {
  return !TELLS_NOTHING.test(name);
}

const TELLS_NOTHING = new RegExp(
  "^(?:accept-language|baggage|content-length|date|http-referer|idempotency-key|origin|priority|referer|sec-.*|" +
    "sentry-trace|traceparent|tracestate|user-agent|via|x-amz-date|x-amzn-trace-id|x-b3-.*|x-client-name|" +
    "x-client-request-id|x-cloud-trace-context|x-correlation-id|x-datadog-.*|x-grok-conv-id|x-openrouter-title|" +
    "x-request-id|x-session-affinity|x-stainless-.*|x-title)$",
);

/** What of a caller's headers bears on the answer, names and values in turn: of those that reach this provider alone. */
export function tellingHeaders(
  { headers }: Sending,
  { provider: { definition } }: Target,
): string[] {
  const telling: string[] = [];
  for (const name of definition.forwardHeaders ?? []) {
    const value = bearsOnAnswer(name) ? headers.get(name) : null;
    if (value !== null) telling.push(name, value);
  }
  return telling;
}

/** Shows a key, or the token that stands for it, in the provider's way; `shown` in its place where nobody may see it. */
export function showKey(
  headers: Record<string, string>,
  auth: ProviderAuth,
  key: string,
  shown: string = key,
): void {
  const { header, prefix = "" } = wayFor(auth, key);
  headers[header] = prefix + shown;
}

/** Adds lists to the caller's own, in place: `a,b`. */
export function addLists(headers: Record<string, string>, lists: Record<string, string>): void {
  for (const [name, list] of Object.entries(lists)) {
    const known = headers[name]?.split(",").map((each) => each.trim()) ?? [];
    headers[name] = [...new Set([...known, ...list.split(",")])].join(",");
  }
}

function wayFor(auth: ProviderAuth, key: string): Pick<ProviderAuth, "header" | "prefix"> {
  return auth.others?.find(({ match }) => match.test(key)) ?? auth;
}

function copy(exchange: Sending, name: string, headers: Record<string, string>): void {
  const value = exchange.headers.get(name);
  if (value !== null) headers[name] = value;
}

const RELAYED =
  /^(?:retry-after(?:-ms)?|x-should-retry|x-ratelimit-.*|ratelimit.*|anthropic-ratelimit-.*)$/;

/**
 * What the caller gets of the provider's headers: when to come back, how much is left, and the provider's
 * own id of the call, under whichever of the usual names it came.
 */
export function answerHeaders({ headers }: FetchedResponse): Record<string, string> {
  const relayed: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (RELAYED.test(name)) relayed[name] = value;
  }
  const id = requestId(headers);
  if (id !== null) relayed["dragoman-upstream-request-id"] = id;
  return relayed;
}

/** The provider's own id of the call, under whichever of the usual names it came. */
export function requestId(headers: HeaderReader): string | null {
  return headers.get("x-request-id") ?? headers.get("request-id") ?? headers.get("cf-ray") ??
    headers.get("x-amzn-requestid") ?? headers.get("apim-request-id");
}
