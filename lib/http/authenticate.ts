import { GatewayError } from "../errors.ts";
import type { Limit } from "../policy/limits/limit.ts";
import type { AccessScope, Grant } from "../policy/scope.ts";
import type { AccessKey, GatewaySettings, Settings } from "../routing/settings.ts";
import { equalInConstantTime } from "../secret.ts";
import type { PresentedKeys } from "./presented_keys.ts";

/** Who is calling, and the provider key that came along. */
export interface Caller {
  /** The access key's name, or the one the host application gave; absent on an open gateway. */
  name?: string;
  /** What the access key, or the principal, is for; absent where nothing restricts it. */
  grant?: Grant;
  /** The access key's own. */
  limits?: readonly Limit[] | undefined;
  /** The provider key of the request, freed of anything that is an access key. */
  requestKey?: string;
}

/** Somebody the host application vouches for; can't be forged by a header. */
export interface Principal {
  /** For logs and limits. */
  name: string;
  /** What may be asked for, as for an access key. Default: everything. */
  scope?: AccessScope;
}

/** A principal whose scope has been read. */
export interface KnownPrincipal {
  name: string;
  grant?: Grant;
}

/** Finds an access key by the digest of what was presented, so that neither map nor comparison tells its letters. */
export type KeyFinder = (presented: string) => FoundKey[];

/** An access key, and the gateway that has it. */
export interface FoundKey {
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
 * provider key is chosen, whichever header it came in. `now` is in milliseconds since the epoch. Throws 2009 for
 * strangers and for keys that have expired, 2114 for a key of another gateway.
 */
export function authenticate(
  presented: PresentedKeys,
  gateway: GatewaySettings,
  findKeys: KeyFinder,
  now: number,
  principal?: KnownPrincipal,
): Caller {
  const access: FoundKey[] = presented.gateway === undefined
    ? []
    : [...findKeys(presented.gateway)];
  const providerKeys = presented.provider.filter((value) => {
    const found = accessKeysIn(value, findKeys);
    access.push(...found);
    return found.length === 0;
  });
  const requestKey = gateway.requestKeys === "ignore" ? undefined : providerKeys[0];
  if (principal !== undefined) {
    checkPrincipal(principal, gateway, now);
    return { ...principal, requestKey };
  }
  const isOwn = (found: FoundKey) => found.gateway === gateway.id;
  const own = access.find((found) => isOwn(found) && !hasExpired(found.key, now));
  if (own !== undefined) {
    const { name, limits } = own.key;
    return { name, grant: own.key, limits, requestKey };
  }
  if (gateway.open) return { requestKey };
  const expired = access.find(isOwn)?.key;
  if (expired !== undefined) throw tooLate(`access key "${expired.name}"`, expired);
  if (access.length > 0) {
    throw new GatewayError(2114, `The access key is not one of gateway "${gateway.id}"`);
  }
  throw new GatewayError(2009, refusal(gateway, presented));
}

/** Throws 2114 where its scope leaves the gateway out, 2009 where it has ended. */
function checkPrincipal(
  { name, grant = {} }: KnownPrincipal,
  { id }: GatewaySettings,
  now: number,
) {
  if (grant.gateways?.includes(id) === false) {
    throw new GatewayError(2114, `The principal "${name}" may not use gateway "${id}"`);
  }
  if (hasExpired(grant, now)) throw tooLate(`principal "${name}"`, grant);
}

function hasExpired({ expires = Infinity }: Grant, now: number): boolean {
  return now >= expires;
}

function tooLate(whose: string, { expires }: Grant): GatewayError {
  const when = new Date(expires!).toISOString();
  return new GatewayError(2009, `Unauthorized: the ${whose} expired at ${when}`);
}

/** The access keys that a credential holds, in whichever spelling. */
export function accessKeysIn(value: string, findKeys: KeyFinder): FoundKey[] {
  return spellings(value).flatMap(findKeys);
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
