import { GatewayError } from "../errors.ts";
import type { AccessKey, GatewaySettings, Settings } from "../routing/settings.ts";
import { equalInConstantTime } from "../secret.ts";
import type { PresentedKeys } from "./presented_keys.ts";

/** Who is calling, and the provider key that came along. */
export interface Caller {
  /** The access key's name, or the one the host application gave; absent on an open gateway. */
  name?: string;
  /** The provider key of the request, freed of anything that is an access key. */
  requestKey?: string;
}

/** Somebody the host application vouches for; can't be forged by a header. */
export interface Principal {
  /** For logs and limits. */
  name: string;
}

/** Finds an access key by the digest of what was presented, so that neither map nor comparison tells its letters. */
export type KeyFinder = (presented: string) => FoundKey[];

interface FoundKey {
  gateway: string;
  key: AccessKey;
}

/** Indexes the access keys of all gateways once; without any, nothing is ever hashed. */
export function keyFinder({ gateways, hash }: Settings): KeyFinder {
  const byDigest = new Map<string, FoundKey[]>();
  for (const { id, accessKeys } of gateways.values()) {
    for (const key of accessKeys) {
      const found = byDigest.get(key.digest) ?? [];
      found.push({ gateway: id, key });
      byDigest.set(key.digest, found);
    }
  }
  if (byDigest.size === 0) return () => [];
  return (presented) => {
    const digest = hash(presented);
    const found = byDigest.get(digest) ?? [];
    return found.filter(({ key }) => equalInConstantTime(key.digest, digest));
  };
}

/**
 * Decides who may call. Every credential that is an access key of any gateway is taken out before a
 * provider key is chosen, whichever header it came in. Throws 2009 for strangers, 2114 for a key of
 * another gateway.
 */
export function authenticate(
  presented: PresentedKeys,
  gateway: GatewaySettings,
  findKeys: KeyFinder,
  principal?: Principal,
): Caller {
  const access: FoundKey[] = presented.gateway === undefined
    ? []
    : [...findKeys(presented.gateway)];
  const providerKeys = presented.provider.filter((value) => {
    const found = spellings(value).flatMap(findKeys);
    access.push(...found);
    return found.length === 0;
  });
  const requestKey = gateway.requestKeys === "ignore" ? undefined : providerKeys[0];
  if (principal !== undefined) return { name: principal.name, requestKey };
  const own = access.find((found) => found.gateway === gateway.id);
  if (own !== undefined) return { name: own.key.name, requestKey };
  if (gateway.open) return { requestKey };
  if (access.length > 0) {
    throw new GatewayError(2114, `The access key is not one of gateway "${gateway.id}"`);
  }
  throw new GatewayError(2009, refusal(gateway, presented));
}

/**
 * What a credential may hold besides itself: a scheme nobody knows, a header sent twice (the web joins
 * them with a comma) or Basic's base64 must not carry an access key past us.
 */
function spellings(value: string): string[] {
  if (!/[\s,]/.test(value)) return [value];
  const words = value.split(/[\s,]+/).filter((word) => word !== "");
  return [value, ...words, ...words.flatMap(basicParts)];
}

/** User name and password of RFC 7617, if the word is that. */
function basicParts(word: string): string[] {
  try {
    return atob(word).split(":");
  } catch {
    return [];
  }
}

function refusal({ id, accessKeys }: GatewaySettings, presented: PresentedKeys): string {
  if (accessKeys.length === 0) {
    return `Unauthorized: gateway "${id}" is closed, because it has no access keys; ` +
      "its operator can set DRAGOMAN_ACCESS_KEYS, or DRAGOMAN_OPEN=1 to serve everybody";
  }
  const what = presented.gateway === undefined && presented.provider.length === 0
    ? "no access key came with the request"
    : "the access key is not valid";
  return `Unauthorized: ${what}; send it as cf-aig-authorization: Bearer <access key>`;
}
