/** What of the store's contents is sealed, and what must be. */
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { Settings } from "../routing/settings.ts";
import { KeySafe } from "../store/key_safe.ts";
import { createMemoryStore } from "../store/memory.ts";
import { createSeals } from "../store/sealed.ts";
import { sealedStore } from "../store/sealed_store.ts";
import { type SharedKeyReference, SharedKeys } from "../upstream/shared_keys.ts";
import type { Fault } from "./fault.ts";
import { makeStore, type OpenRedis, type WrittenStore } from "./store.ts";
import { NEW_SECRET } from "./texts.ts";

/** The options that say where things are kept, and how. */
export interface KeepingOptions {
  store?: WrittenStore;
  secret?: string | string[];
}

/** What things are kept with. */
interface KeepingContext {
  clock: Clock;
  random: Random;
  openRedis?: OpenRedis | undefined;
  faults: Fault[];
}

/** What keys in the store are followed with. */
export interface FollowContext {
  clock: Clock;
  faults: Fault[];
  /** What they lie in; asked for when they are first read. */
  kept: () => Pick<Settings, "store" | "sealFor">;
}

/** Whether what is kept leaves this process, and so may be read by others. */
export function isExternal(written: WrittenStore): boolean {
  return written !== undefined && ("get" in written || written.type !== "memory");
}

/** What is wrong with what must be sealed, `what` it is, where nobody gave a secret. */
export function unsealedFault(path: readonly PropertyKey[], what: string): Fault {
  const why = `since the store is outside this process and ${what} must be sealed there`;
  return { path, problem: `needs the option secret, ${why}: ${NEW_SECRET}` };
}

/** The store, and what seals for it; pushes what stands in the way to `faults`, and must come after all others do. */
export function configureStore(
  { store: written, secret }: KeepingOptions,
  { clock, random, openRedis, faults }: KeepingContext,
): Pick<Settings, "store" | "sealFor" | "thoughts"> {
  const store = makeStore(written, { clock, faults, ...(openRedis && { openRedis }) });
  if (!isExternal(written)) return { store, sealFor: undefined, thoughts: store };
  const sealFor = secret === undefined ? undefined : createSeals([secret].flat(), random);
  // They are people's words: without a secret they stay in this process.
  const thoughts = sealFor === undefined
    ? createMemoryStore({ clock })
    : sealedStore(store, sealFor("thoughts"));
  return { store, sealFor, thoughts };
}

/** Follows the keys that lie in the store; `undefined` where none does. Pushes what stands in the way to `faults`. */
export function followKeys(
  references: readonly SharedKeyReference[],
  { store, secret }: KeepingOptions,
  { clock, faults, kept }: FollowContext,
): SharedKeys | undefined {
  if (references.length === 0) return undefined;
  for (const { path } of references) {
    if (!isExternal(store)) faults.push({ path, problem: NOT_SHARED });
    else if (secret === undefined) faults.push(unsealedFault(path, "a provider's key"));
  }
  const open = () => {
    const { store, sealFor } = kept();
    return new KeySafe(store, sealFor!("provider-keys")); // without a secret nothing gets here
  };
  return new SharedKeys({ references, clock, open });
}

const NOT_SHARED =
  "lies in the store, but that is this process's memory: name another one in the option store";
