/**
 * Which headers travel where a provider's own interface is used: all but those that belong to one connection, to this
 * gateway, or to whoever stands between.
 */
import type { FetchedResponse } from "../fetch_like.ts";
import { requestId } from "./headers.ts";

/** https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1, and what `connection` names besides. */
const HOP_BY_HOP = [
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

const NOT_SENT = new Set([
  ...HOP_BY_HOP,
  "host",
  "expect",
  // Each egress says itself what it decodes.
  "accept-encoding",
  "cookie",
  "cookie2",
  "forwarded",
  "true-client-ip",
  "via",
  "x-real-ip",
  "x-client-ip",
]);

/** Of Cloudflare's and ours, and who passed the request on. */
const NOT_SENT_PREFIX = /^(?:cf-|dragoman-|proxy-|x-forwarded-|sec-websocket-)/;

/** The caller's headers that a provider gets. */
export function nativeRequestHeaders(
  headers: Iterable<[string, string]>,
): Record<string, string> {
  const sent: Record<string, string> = {};
  let connection: string | undefined;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === "connection") connection = value;
    if (!NOT_SENT.has(lower) && !NOT_SENT_PREFIX.test(lower)) sent[lower] = value;
  }
  return withoutNamed(sent, connection);
}

const NOT_RETURNED = new Set([
  ...HOP_BY_HOP,
  "set-cookie",
  "set-cookie2",
  // They speak for a whole origin, which is ours here and not the provider's.
  "alt-svc",
  "clear-site-data",
  "nel",
  "report-to",
  "reporting-endpoints",
  "strict-transport-security",
]);

/** Ours to say; also what a page may read of an answer. */
const NOT_RETURNED_PREFIX = /^(?:cf-aig-|dragoman-|proxy-|access-control-)/;

/** What every egress decodes where it asked for it. */
const DECODED = /^(?:identity|gzip|x-gzip|deflate|br|zstd)$/i;

/** The provider's headers that the caller gets: a body that was decoded has another length than they say. */
export function nativeAnswerHeaders({ headers }: FetchedResponse): Record<string, string> {
  const relayed: Record<string, string> = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!NOT_RETURNED.has(lower) && !NOT_RETURNED_PREFIX.test(lower)) relayed[lower] = value;
  }
  const encoding = relayed["content-encoding"];
  if (encoding?.split(",").every((each) => DECODED.test(each.trim()))) {
    delete relayed["content-encoding"];
    delete relayed["content-length"];
  }
  const id = requestId(headers);
  if (id !== null) relayed["dragoman-upstream-request-id"] = id;
  return withoutNamed(relayed, headers.get("connection"));
}

function withoutNamed(
  headers: Record<string, string>,
  connection: string | null | undefined,
): Record<string, string> {
  for (const name of connection?.split(",") ?? []) delete headers[name.trim().toLowerCase()];
  return headers;
}
