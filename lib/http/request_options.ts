/** What a caller says about one request by headers; names and ranges are Cloudflare AI Gateway's. */
import type { Warning } from "../chat/warning.ts";
import { GatewayError } from "../errors.ts";
import type { HeaderReader } from "../fetch_like.ts";
import { readCustomCost } from "../policy/custom_cost.ts";
import { type Metadata, type ReadMetadata, readMetadata } from "../policy/metadata.ts";
import type { PriceBook } from "../policy/price_book.ts";
import { type Backoff, LONGEST_WAIT, type RetryPolicy } from "../policy/retry.ts";
import type { GatewaySettings } from "../routing/settings.ts";
import { refuseLosses } from "../upstream/call.ts";
import { type CacheWish, readCacheHeaders } from "./cache_headers.ts";
import { isTrue, oneOf, plainText, wholeNumber } from "./header_values.ts";
import { unservedWishes } from "./unserved_headers.ts";

export interface RequestOptions {
  retry: RetryPolicy;
  /** Milliseconds until the provider's headers; 0: no such limit. */
  headersWithin: number;
  /** Absent where no cache is used. */
  cache?: CacheWish;
  keyAlias?: string;
  eventId?: string;
  strict: boolean;
  /** The caller's, under what the host application says. */
  metadata: Metadata;
  /** What this request costs, as the caller says. */
  customCost: PriceBook | undefined;
  /** What of the headers is not honoured. */
  warnings: readonly Warning[];
  /** Say what would be sent, and send nothing. */
  dryRun: boolean;
}

/** Asks what would be sent. */
export const DRY_RUN = "dragoman-dry-run";

const BACKOFFS: readonly Backoff[] = ["constant", "linear", "exponential"];

/**
 * Reads the headers over the gateway's settings; `hostMetadata` wins over the caller's. Throws 2107 naming the
 * header and its range, in strict mode also 2108 naming one that can't be honoured. An endpoint that does not say
 * that it `rehearses` answers a dry run with 2105, so that none is sent by oversight.
 */
export function requestOptions(
  headers: HeaderReader,
  { retry, cache }: Pick<GatewaySettings, "retry" | "cache">,
  hostMetadata?: Metadata,
  rehearses: boolean = false,
): RequestOptions {
  const dryRun = asks(headers, DRY_RUN);
  if (dryRun && !rehearses) {
    throw new GatewayError(2105, `${DRY_RUN} is not built for this path, so nothing was sent`, {
      param: DRY_RUN,
    });
  }
  const strict = asks(headers, "dragoman-strict");
  const { metadata, warnings: losses } = callMetadata(headers, hostMetadata);
  const { use, refused } = readCacheHeaders(headers, cache);
  const unserved = unservedWishes(headers);
  const wishes = refused.length === 0 ? unserved : [...refused.map(uncached), ...unserved];
  const warnings = wishes.length === 0 ? losses : [...losses, ...wishes];
  if (strict) refuseLosses(warnings);
  return {
    retry: {
      attempts: wholeNumber(headers, "cf-aig-max-attempts", 1, 5) ?? retry.attempts,
      delay: wholeNumber(headers, "cf-aig-retry-delay", 0, LONGEST_WAIT) ?? retry.delay,
      backoff: oneOf(headers, "cf-aig-backoff", BACKOFFS) ?? retry.backoff,
    },
    headersWithin: wholeNumber(headers, "cf-aig-request-timeout", 1, 86_400_000) ?? 0,
    cache: use,
    keyAlias: plainText(headers, "cf-aig-byok-alias"),
    eventId: plainText(headers, "cf-aig-event-id"),
    strict,
    dryRun,
    metadata,
    customCost: customCost(headers),
    warnings,
  };
}

function customCost(headers: HeaderReader): PriceBook | undefined {
  const header = headers.get("cf-aig-custom-cost");
  return header === null ? undefined : readCustomCost(header);
}

function uncached(param: string): Warning {
  return { kind: "dropped", param, reason: "this gateway caches nothing" };
}

function asks(headers: HeaderReader, name: string): boolean {
  const text = headers.get(name);
  return text !== null && isTrue(text, name);
}

const NO_METADATA: ReadMetadata = { metadata: {}, warnings: [] };

function callMetadata(headers: HeaderReader, host: Metadata | undefined): ReadMetadata {
  const header = headers.get("cf-aig-metadata");
  const read = header === null ? NO_METADATA : readMetadata(header);
  return host === undefined ? read : { ...read, metadata: { ...read.metadata, ...host } };
}
