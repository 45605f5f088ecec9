/** Putting providers' keys into a store, and seeing which are there. */
import { systemClock } from "../clock.ts";
import { GatewayError } from "../errors.ts";
import { pooledRandom } from "../random.ts";
import { KeySafe } from "../store/key_safe.ts";
import { createSeals } from "../store/sealed.ts";
import type { Store } from "../store/store.ts";
import { nameFault, providerKeyFault, secretFault } from "./texts.ts";

/** A provider's key in a store, as it may be shown. */
export interface SharedKeyInfo {
  /** As `"apiKey": "store:NAME"` has it. */
  name: string;
  /** Its last four characters, by which providers' pages tell keys apart; absent for short keys and documents. */
  ending?: string;
  /** When it was put there, as RFC 3339 writes a moment. */
  since: string;
}

/** Of a shorter key four characters would be too much. */
const LONG_ENOUGH = 20;

/**
 * Puts a provider's key into a store, sealed, in the place of any that has its name: `"apiKey": "store:NAME"` uses it.
 * Gateways that run see it within 30 seconds. `secret` is the option of that name. Rejects with 2116 for what can't be
 * a name, a key or the secret, and as the store does.
 *
 * @example
 * ```ts
 * import { createGateway, type Store } from "dragoman";
 * import { putProviderKey } from "dragoman/provider_keys";
 *
 * export async function rotate(store: Store, secret: string, key: string) {
 *   await putProviderKey(store, secret, "openai", key);
 *   return createGateway({ store, secret, providers: { openai: { apiKey: "store:openai" } } });
 * }
 * ```
 */
export async function putProviderKey(
  store: Store,
  secret: string | string[],
  name: string,
  key: string,
): Promise<void> {
  await safeOf(store, secret).put(nameOf(name), { text: keyOf(key), since: systemClock.now() });
}

/** The providers' keys in a store, by name; none of them can be read from what this gives. */
export async function listProviderKeys(
  store: Store,
  secret: string | string[],
): Promise<SharedKeyInfo[]> {
  return await keysIn(safeOf(store, secret));
}

/** Takes a provider's key out of a store; says whether it was there. Gateways that run forget it within 30 seconds. */
export async function removeProviderKey(
  store: Store,
  secret: string | string[],
  name: string,
): Promise<boolean> {
  return await safeOf(store, secret).remove(nameOf(name));
}

/** What may be shown of the keys in a safe. */
export async function keysIn(safe: KeySafe): Promise<SharedKeyInfo[]> {
  const keys = [...await safe.read() ?? []].sort(([a], [b]) => a < b ? -1 : 1);
  return keys.map(([name, { text, since }]) => ({
    name,
    ...(text.length >= LONG_ENOUGH && /^[\w-]+$/.test(text) && { ending: text.slice(-4) }),
    since: new Date(since).toISOString(),
  }));
}

/** A key's name, or 2116. */
export function nameOf(name: string): string {
  return right("The key", name, nameFault(name));
}

/** A key that can be one, or 2116. */
export function keyOf(key: string): string {
  return right("The key", key, providerKeyFault(key));
}

function safeOf(store: Store, secret: string | string[]): KeySafe {
  const secrets = [secret].flat().map((each) => right("The secret", each, secretFault(each)));
  return new KeySafe(store, createSeals(secrets, pooledRandom())("provider-keys"));
}

function right(what: string, text: string, fault: string | undefined): string {
  if (fault !== undefined) throw new GatewayError(2116, `${what} ${fault}`);
  return text;
}
