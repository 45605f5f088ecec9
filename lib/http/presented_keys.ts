/** The credentials a request carries, wherever clients put them. */
import { GatewayError } from "../errors.ts";
import type { HeaderReader } from "../fetch_like.ts";

/** Headers in which a provider's key may come, in the order in which they are believed. */
export const KEY_HEADERS = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
  "xi-api-key",
];

/** Values that SDKs insist on sending when nobody gave them a key. */
const PLACEHOLDERS = new Set(["", "bearer", "undefined", "null", "cf_temp_token", "dragoman"]);

const SCHEME = /^(?:bearer|token|key|api-key)\s+/i;

/** Anything else could not be sent on as a header: line breaks come in through `?key=`. */
const SENDABLE = /^[\x20-\x7e]*$/;

export interface PresentedKeys {
  /** `cf-aig-authorization`: meant for the gateway. */
  gateway?: string;
  /** Meant for a provider, or for the gateway by clients that know no other header. */
  provider: string[];
}

/** Collects every credential, without schemes, placeholders and repetitions. */
export function presentedKeys(headers: HeaderReader, query: URLSearchParams): PresentedKeys {
  const provider: string[] = [];
  for (const name of KEY_HEADERS) add(provider, name, headers.get(name));
  add(provider, "key", query.get("key"));
  return { gateway: valueOf(headers.get("cf-aig-authorization")), provider };
}

function add(list: string[], position: string, raw: string | null): void {
  const value = valueOf(raw);
  if (value === undefined || list.includes(value)) return;
  checkSendable(position, value);
  list.push(value);
}

/** Throws 2107 for a credential that could not be a header's value. */
export function checkSendable(position: string, value: string): void {
  if (SENDABLE.test(value)) return;
  throw new GatewayError(2107, `The key in ${position} holds characters that no key has`, {
    param: position,
  });
}

/** A credential without its scheme; `undefined` for a placeholder. */
export function valueOf(raw: string | null): string | undefined {
  if (raw === null) return undefined;
  const value = raw.trim().replace(SCHEME, "");
  return PLACEHOLDERS.has(value.toLowerCase()) ? undefined : value;
}
