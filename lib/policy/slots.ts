/** How many there are at a time: places that are taken, and given back. */
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { correctCounter, type Counted, counterOf } from "./window.ts";

/**
 * Milliseconds. A place is counted in the term in which it was taken, and holds in that one and the next; whoever needs
 * it longer takes it over into the present term in good time. So it never ends under a request, however long that
 * streams, and a process that dies holds its places for two terms at most.
 */
export const TERM = 60_000;

/** Who has taken no place over for half a term still has as long again to do it. */
const RENEWAL = TERM / 2;

/** Milliseconds that two clocks may be apart. */
const SKEW = 10_000;

/** A counter lives from its first count, so its own term and the next have ended before it does. */
const TTL = 2 * TERM;

/** Places by key, on any store. */
export class Slots {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Takes a place; `before` are those that were taken, and `correct(-1)` gives this one back. Of two who take the last
   * one at once where two terms meet, each counts in his own first and reads the other's then, so that one sees it.
   */
  async take(key: string): Promise<Counted> {
    const term = this.#term;
    const sum = await this.#store.add(nameOf(key, term), 1, TTL);
    const others = await this.#besides(key, term).catch((error: unknown) => {
      // Nobody will hold the place. Where this fails too, it is free when its terms are over.
      correctCounter(this.#store, nameOf(key, term), -1, TTL).catch(() => {});
      throw error;
    });
    return new Slot(this.#store, this.#clock, key, term, Math.max(0, sum - 1) + others);
  }

  /** Places that are taken in the terms beside one. */
  async #besides(key: string, term: number): Promise<number> {
    const earlier = await this.#in(key, term - 1);
    return earlier + (this.#mayHaveEnded(term) ? await this.#in(key, term + 1) : 0);
  }

  /** Places that are taken under a key. */
  async used(key: string): Promise<number> {
    const term = this.#term;
    const terms = [term - 1, term, term + 1];
    const counts = await Promise.all(terms.map((term) => this.#in(key, term)));
    return counts.reduce((sum, count) => sum + count);
  }

  get #term(): number {
    return termAt(this.#clock);
  }

  /** Whether somebody may count in the next term already, since time has passed, or his clock is ahead. */
  #mayHaveEnded(term: number): boolean {
    return this.#clock.now() > (term + 1) * TERM - SKEW;
  }

  #in(key: string, term: number): Promise<number> {
    return this.#store.get(nameOf(key, term)).then(counterOf);
  }
}

/** A place that was taken, until it is given back. */
class Slot implements Counted {
  readonly before: number;
  readonly carried = 0;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #key: string;
  #term: number;
  #cancel: () => void;
  /** What is being taken over, which must end before it is given back. */
  #renewing: Promise<void> | undefined;

  constructor(store: Store, clock: Clock, key: string, term: number, before: number) {
    this.#store = store;
    this.#clock = clock;
    this.#key = key;
    this.#term = term;
    this.before = before;
    this.#cancel = clock.after(RENEWAL, this.#renew);
  }

  async correct(amount: number): Promise<void> {
    this.#cancel();
    if (this.#renewing !== undefined) await this.#renewing;
    this.#cancel();
    await correctCounter(this.#store, nameOf(this.#key, this.#term), amount, TTL);
  }

  readonly #renew = (): void => {
    this.#renewing = this.#takeOver().finally(() => {
      this.#renewing = undefined;
      this.#cancel = this.#clock.after(RENEWAL, this.#renew);
    });
  };

  async #takeOver(): Promise<void> {
    const held = this.#term;
    const present = termAt(this.#clock);
    if (present === held) return;
    try {
      await this.#store.add(nameOf(this.#key, present), 1, TTL);
      this.#term = present;
      await correctCounter(this.#store, nameOf(this.#key, held), -1, TTL);
    } catch {
      // The store is in trouble: the next renewal tries again, and until then the old count may hold as well.
    }
  }
}

function termAt(clock: Clock): number {
  return Math.floor(clock.now() / TERM);
}

function nameOf(key: string, term: number): string {
  return `${key}:${term}`;
}
