/** What a caller says about one request by headers; names and ranges are Cloudflare AI Gateway's. */
import { GatewayError } from "../errors.ts";
import type { HeaderReader } from "../fetch_like.ts";
import { type Backoff, LONGEST_WAIT, type RetryPolicy } from "../policy/retry.ts";

export interface RequestOptions {
  retry: RetryPolicy;
  /** Milliseconds until the provider's headers; 0: no such limit. */
  headersWithin: number;
  keyAlias?: string;
  eventId?: string;
  strict: boolean;
}

const BACKOFFS: readonly Backoff[] = ["constant", "linear", "exponential"];

/** Reads the headers over the gateway's settings; throws 2107 naming the header and its range. */
export function requestOptions(headers: HeaderReader, retry: RetryPolicy): RequestOptions {
  if (headers.get("dragoman-dry-run") !== null) {
    throw new GatewayError(2105, "dragoman-dry-run is not built yet, so nothing was sent", {
      param: "dragoman-dry-run",
    });
  }
  return {
    retry: {
      attempts: integer(headers, "cf-aig-max-attempts", 1, 5) ?? retry.attempts,
      delay: integer(headers, "cf-aig-retry-delay", 0, LONGEST_WAIT) ?? retry.delay,
      backoff: oneOf(headers, "cf-aig-backoff", BACKOFFS) ?? retry.backoff,
    },
    headersWithin: integer(headers, "cf-aig-request-timeout", 1, 86_400_000) ?? 0,
    keyAlias: plain(headers, "cf-aig-byok-alias"),
    eventId: plain(headers, "cf-aig-event-id"),
    strict: oneOf(headers, "dragoman-strict", ["true", "false"]) === "true",
  };
}

function integer(
  headers: HeaderReader,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = headers.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw outside(name, `a whole number from ${min} to ${max}`);
}

function oneOf<T extends string>(
  headers: HeaderReader,
  name: string,
  values: readonly T[],
): T | undefined {
  const text = headers.get(name);
  if (text === null) return undefined;
  const value = values.find((candidate) => candidate === text);
  if (value !== undefined) return value;
  throw outside(name, `one of ${values.join(", ")}`);
}

/** Text that is echoed in a header of the answer, and so must be able to stand in one. */
function plain(headers: HeaderReader, name: string): string | undefined {
  const text = headers.get(name);
  if (text === null || text === "") return undefined;
  if (/^[\x20-\x7e]{1,256}$/.test(text)) return text;
  throw outside(name, "1 to 256 printable ASCII characters");
}

function outside(name: string, range: string): GatewayError {
  return new GatewayError(2107, `The header ${name} must be ${range}`, { param: name });
}
