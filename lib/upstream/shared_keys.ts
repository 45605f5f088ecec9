import { type Clock, within } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import type { KeySafe, SafeKey } from "../store/key_safe.ts";

/** Keys that were read so long ago, in milliseconds, are read again, beside what goes on. */
const FRESH = 5000;

/** Nobody is given older ones without a look at the store first. */
const STALE = 30_000;

/** Milliseconds a reading may take; a store has its own limit, which may be longer. */
const PATIENCE = 2000;

/** A key that the configuration wants from the store. */
export interface SharedKeyReference {
  name: string;
  /** Where it is wanted. */
  path: readonly PropertyKey[];
}

/** What keys from the store are followed with. */
export interface SharedKeysContext {
  references: readonly SharedKeyReference[];
  /** Gives the safe; called when it is first read. */
  open: () => KeySafe;
  clock: Clock;
}

/**
 * Providers' keys that lie in the store, as they were a few seconds ago: they are read again while requests come, so
 * that one can be replaced or taken away on all machines without a restart. While the store is gone, or has come back
 * empty, the last ones hold.
 */
export class SharedKeys {
  readonly references: readonly SharedKeyReference[];
  readonly #open: () => KeySafe;
  readonly #clock: Clock;
  #safe: KeySafe | undefined;
  #held: ReadonlyMap<string, SafeKey> | undefined;
  /** The store has forgotten what it had: nobody took the keys away. */
  #lost = false;
  /** When they were read and when that was last tried, in milliseconds since the epoch. */
  #readAt = -Infinity;
  #triedAt = -Infinity;
  /** What stood in the way the last time. */
  #problem: GatewayError | undefined;
  #reading: Promise<void> | undefined;

  constructor({ references, open, clock }: SharedKeysContext) {
    this.references = references;
    this.#open = open;
    this.#clock = clock;
  }

  /**
   * The key of this name. Throws 2040 where there is none, and what stands in the way while they have never been read.
   */
  text(name: string): string {
    const key = this.#held?.get(name);
    if (key !== undefined) return key.text;
    if (this.#held === undefined && this.#problem !== undefined) throw this.#problem;
    throw new GatewayError(
      2040,
      `The key "${name}" is not in the store. Operators: dragoman key set ${name}`,
    );
  }

  /**
   * Reads the keys again where that is due. Returns what a request must wait for, which never rejects; `keepAlive` is
   * told of what goes on without it.
   */
  refresh(keepAlive: (work: Promise<void>) => void): Promise<void> | undefined {
    const now = this.#clock.now();
    const age = now - this.#readAt;
    if (age < FRESH) return undefined;
    if (this.#reading === undefined && now - this.#triedAt >= FRESH) keepAlive(this.#read());
    if (age < STALE) return undefined;
    // The last ones hold while the store is gone, and nobody waits for it again and again.
    const last = this.#held !== undefined && this.#problem !== undefined;
    return last ? undefined : this.#reading;
  }

  /** Reads the keys now. Rejects with what stands in the way. */
  async load(): Promise<void> {
    await this.#read();
    if (this.#problem !== undefined) throw this.#problem;
  }

  /** Those that the configuration wants and that are not there; none while they have never been read. */
  get missing(): readonly SharedKeyReference[] {
    const held = this.#held;
    return held === undefined ? [] : this.references.filter(({ name }) => !held.has(name));
  }

  /** Whether calls find the keys they need, and how new those are. */
  get state(): "ok" | "old" | "missing" | "unread" {
    if (this.#held === undefined) return "unread";
    if (this.#lost || this.missing.length > 0) return "missing";
    return this.#problem === undefined ? "ok" : "old";
  }

  #read(): Promise<void> {
    return this.#reading ??= this.#attempt().finally(() => this.#reading = undefined);
  }

  async #attempt(): Promise<void> {
    const began = this.#triedAt = this.#clock.now();
    try {
      this.#safe ??= this.#open();
      const read = this.#safe.read().then((keys) => ({ keys }));
      const { keys } = await within(this.#clock, PATIENCE, read) ?? late();
      this.#lost = keys === undefined && this.#held !== undefined && this.#held.size > 0;
      if (!this.#lost) this.#held = keys ?? new Map();
      this.#readAt = began;
      this.#problem = undefined;
    } catch (error) {
      this.#problem = isGatewayError(error) ? error : unreadable();
    }
  }
}

function late(): never {
  throw new GatewayError(2143, `The store did not give the provider keys within ${PATIENCE} ms`);
}

/** A store of one's own may reject with anything, which may hold anything. */
function unreadable(): GatewayError {
  return new GatewayError(2142, "The store failed to give the provider keys");
}
