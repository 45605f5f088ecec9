/** Providers' keys that many machines share. All lie in one entry, so that they are read and replaced in one step. */
import { GatewayError } from "../errors.ts";
import type { Seal } from "./sealed.ts";
import type { Store } from "./store.ts";

/** A key, and when it was put there. */
export interface SafeKey {
  text: string;
  /** Milliseconds since the epoch. */
  since: number;
}

/** Where they lie; also what their seal is bound to. */
const PLACE = "provider-keys";

/** Characters of all keys together: the smallest of the engines takes 780,000 bytes, and sealing adds a third. */
const LARGEST = 400_000;

/** The keys of a store, by name. Every method rejects as the store does, and with 2116 where the secret is another one. */
export class KeySafe {
  readonly #store: Pick<Store, "get" | "compareAndSet">;
  readonly #seal: Seal;

  constructor(store: Pick<Store, "get" | "compareAndSet">, seal: Seal) {
    this.#store = store;
    this.#seal = seal;
  }

  /** All of them; `undefined` where none was ever put there, or the store has lost what it had. */
  async read(): Promise<ReadonlyMap<string, SafeKey> | undefined> {
    const sealed = await this.#store.get(PLACE);
    return sealed === undefined ? undefined : await this.#open(sealed);
  }

  /** Puts a key there, in the place of any that has its name. */
  put(name: string, key: SafeKey): Promise<void> {
    return this.#change((keys) => keys.set(name, key));
  }

  /** Takes a key away; says whether it was there. */
  async remove(name: string): Promise<boolean> {
    let found = false;
    await this.#change((keys) => found = keys.delete(name));
    return found;
  }

  /** Others may change keys at the same time: whoever comes second begins again. */
  async #change(change: (keys: Map<string, SafeKey>) => void): Promise<void> {
    for (;;) {
      const sealed = await this.#store.get(PLACE);
      const keys = sealed === undefined ? new Map<string, SafeKey>() : await this.#open(sealed);
      change(keys);
      const text = JSON.stringify(Object.fromEntries(keys));
      if (text.length > LARGEST) {
        throw new GatewayError(2144, `Provider keys have no room: ${LARGEST} characters in all`);
      }
      const next = await this.#seal.seal(text, PLACE);
      if (await this.#store.compareAndSet(PLACE, sealed, next, 0)) return;
    }
  }

  async #open(sealed: string): Promise<Map<string, SafeKey>> {
    const text = await this.#seal.open(sealed, PLACE);
    if (text === undefined) throw new GatewayError(2116, OTHER_SECRET);
    return new Map(Object.entries(JSON.parse(text) as Record<string, SafeKey>));
  }
}

const OTHER_SECRET =
  "The provider keys in the store were sealed with another secret: give that one, also as the second of a list";
