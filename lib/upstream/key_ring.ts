import type { Clock } from "../clock.ts";
import { drawWeighted, type Random } from "../random.ts";

/** A key that is stored for a provider. */
export interface StoredKey {
  /** The key as it is now: it may be replaced while the gateway runs. Throws 2118 where it can't be had. */
  text(): string;
  /** Relative to the others' of its alias; 0 is drawn only while all others rest. */
  weight: number;
}

/** What a ring works with. */
export interface KeyRingContext {
  /** SHA-256 as lower-case hex. */
  hash: (text: string) => string;
  random: Random;
  clock: Clock;
}

/** Keys that rest, at most; what was laid to rest first goes first. Only keys that are replaced add up to so many. */
const MOST_RESTING = 500;

/**
 * The stored keys of one provider, by alias. Several keys of an alias share the load; one that was refused rests, and
 * is known meanwhile by its digest alone.
 */
export class KeyRing {
  readonly #aliases: ReadonlyMap<string, readonly StoredKey[]>;
  readonly #context: KeyRingContext;
  /** When a key may be used again, in milliseconds since the epoch, by its digest. */
  readonly #resting = new Map<string, number>();

  constructor(aliases: ReadonlyMap<string, readonly StoredKey[]>, context: KeyRingContext) {
    this.#aliases = aliases;
    this.#context = context;
  }

  /** How many aliases there are. */
  get size(): number {
    return this.#aliases.size;
  }

  /** Their names. */
  get aliases(): readonly string[] {
    return [...this.#aliases.keys()];
  }

  /** The first key of an alias as it is now, if there is one. */
  first(alias: string): string | undefined {
    return this.#textsOf(this.#aliases.get(alias) ?? [])[0];
  }

  /** Every key as it is now, for what no error may repeat. */
  get texts(): readonly string[] {
    return this.#textsOf([...this.#aliases.values()].flat());
  }

  /** Whether the alias has others to turn to when one is refused. */
  isShared(alias: string): boolean {
    return (this.#aliases.get(alias)?.length ?? 0) > 1;
  }

  /**
   * One of the alias's keys, by weight, of those that don't rest; while all rest the one that is free first. `undefined`
   * for an alias that is not there.
   */
  draw(alias: string): string | undefined {
    const keys = this.#aliases.get(alias);
    if (keys === undefined) return undefined;
    if (keys.length === 1) return keys[0]!.text();
    if (this.#resting.size === 0) return this.#drawFrom(keys);
    const atHand = this.#atHand(keys);
    const awake = atHand.filter((key) => !this.isResting(key.text()));
    if (awake.length > 0) return this.#drawFrom(awake);
    return atHand.length > 0 ? this.#freeFirst(atHand) : keys[0]!.text();
  }

  /** A key of the alias that has not been tried and does not rest, if there is one. */
  spare(alias: string, tried: ReadonlySet<string>): string | undefined {
    const keys = this.#aliases.get(alias) ?? [];
    // A key that is new each time it is asked for would never have been tried.
    if (tried.size >= keys.length) return undefined;
    const left = this.#atHand(keys).filter((key) =>
      !tried.has(key.text()) && !this.isResting(key.text())
    );
    return left.length === 0 ? undefined : this.#drawFrom(left);
  }

  /** Lets a key rest for so many milliseconds. */
  rest(key: string, ms: number): void {
    const digest = this.#context.hash(key);
    this.#resting.delete(digest);
    this.#resting.set(digest, this.#context.clock.now() + ms);
    if (this.#resting.size > MOST_RESTING) {
      this.#resting.delete(this.#resting.keys().next().value!);
    }
  }

  /** Whether a key rests. */
  isResting(key: string): boolean {
    if (this.#resting.size === 0) return false;
    const digest = this.#context.hash(key);
    const until = this.#resting.get(digest);
    if (until === undefined || until > this.#context.clock.now()) return until !== undefined;
    this.#resting.delete(digest);
    return false;
  }

  #textsOf(keys: readonly StoredKey[]): string[] {
    return keys.flatMap((key) => {
      try {
        return [key.text()];
      } catch {
        return []; // whoever needs it for a call is told why
      }
    });
  }

  /** Those that can be had now: a key may be taken away from where it comes from. */
  #atHand(keys: readonly StoredKey[]): StoredKey[] {
    return keys.filter((key) => this.#textsOf([key]).length > 0);
  }

  /** One of them, by weight; a key that can't be had gives way to the others, and throws where there are none. */
  #drawFrom(keys: readonly StoredKey[]): string {
    const at = keys.length === 1 ? 0 : drawWeighted(keys, this.#context.random);
    try {
      return keys[at]!.text();
    } catch (error) {
      if (keys.length === 1) throw error;
      return this.#drawFrom(keys.filter((_, other) => other !== at));
    }
  }

  #freeFirst(keys: readonly StoredKey[]): string {
    const texts = keys.map((key) => key.text());
    const freeAt = (text: string) => this.#resting.get(this.#context.hash(text)) ?? 0;
    return texts.reduce((first, text) => freeAt(text) < freeAt(first) ? text : first);
  }
}
