/** What of a caller's request reaches a provider's own interface: all of it, but for what is ours to know. */
import type { GatewaySettings } from "../routing/settings.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { nativeRequestHeaders } from "../upstream/native_headers.ts";
import { checkSendable, KEY_HEADERS, valueOf } from "./presented_keys.ts";

/** Whose keys are whose. */
export interface KeyRules {
  provider: ConfiguredProvider;
  gateway: Pick<GatewaySettings, "requestKeys">;
  /** Whether a credential holds an access key of any gateway. */
  isAccessKey: (value: string) => boolean;
}

/** A request without what must not travel. */
export interface NativeKeys {
  /** Lower-case names. */
  headers: Record<string, string>;
  /** Empty, or with its question mark. */
  search: string;
  /** The caller's own key, which is left where he put it; the first one where there are several. */
  requestKey?: string;
}

/**
 * Takes out what belongs to the connection, to this gateway or to whoever stands between; and from every position of a
 * credential, access keys, placeholders, and keys that the gateway ignores. Throws 2107 for a key no header can hold.
 */
export function nativeKeys(
  given: Iterable<[string, string]>,
  search: string,
  rules: KeyRules,
): NativeKeys {
  const headers = nativeRequestHeaders(given);
  const found: string[] = [];
  const positions = keyHeaders(rules.provider);
  for (const name of positions) {
    const raw = headers[name];
    if (raw === undefined) continue;
    const key = ownKey(name, raw, rules);
    if (key === undefined) delete headers[name];
    else found.push(key);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (MAY_HOLD_KEY.test(name) && !positions.has(name) && rules.isAccessKey(value)) {
      delete headers[name];
    }
  }
  const query = withoutKeys(search, found, rules);
  return { headers, search: query, ...(found[0] !== undefined && { requestKey: found[0] }) };
}

/** Who puts an access key where no client does, as in `x-auth-token`, calls it something like that. */
const MAY_HOLD_KEY = /auth|credential|key|pass|secret|token/;

/** Where clients put keys, and where this provider wants them. */
function keyHeaders({ definition: { auth } }: ConfiguredProvider): Set<string> {
  const others = auth.others?.map(({ header }) => header) ?? [];
  return new Set([...KEY_HEADERS, auth.header, ...others]);
}

function ownKey(position: string, raw: string, { gateway, isAccessKey }: KeyRules) {
  const value = valueOf(raw);
  if (value === undefined || gateway.requestKeys === "ignore" || isAccessKey(value)) {
    return undefined;
  }
  checkSendable(position, value);
  return value;
}

/** Parameters stay as they are written; `key` is one of a credential's positions, and an access key may stand in none. */
function withoutKeys(search: string, found: string[], rules: KeyRules): string {
  if (search === "") return "";
  const kept = search.slice(1).split("&").filter((text) => {
    const [[name, value] = ["", ""]] = new URLSearchParams(text);
    if (name !== "key") return value === "" || !rules.isAccessKey(value);
    const key = ownKey(name, value, rules);
    if (key !== undefined) found.push(key);
    return key !== undefined;
  });
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}
