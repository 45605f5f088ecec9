/** How many there are at a time: places that are taken, and given back. */
import type { Clock } from "../clock.ts";
import { allThere, onceThere, regardless, type Soon } from "../soon.ts";
import type { Store } from "../store/store.ts";
import { CounterNames } from "./counter_names.ts";
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
  readonly #present = new CounterNames(TERM);
  readonly #others = new CounterNames(TERM);

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Takes a place; `before` are those that were taken, and `correct(-1)` gives this one back. Of two who take the last
   * one at once where two terms meet, each counts in his own first and reads the other's then, so that one sees it.
   */
  take(key: string): Soon<Counted> {
    const store = this.#store;
    const term = this.#term;
    const name = this.#present.of(key, term);
    return onceThere(store.add(name, 1, TTL), (sum) => {
      const held = (others: number) => {
        const place = { key, term, names: this.#present };
        return new Slot(store, this.#clock, place, Math.max(0, sum - 1) + others);
      };
      return onceThere(this.#besides(key, term), held, (error) => {
        // Nobody will hold the place. Where this fails too, it is free when its terms are over.
        regardless(correctCounter(store, name, -1, TTL));
        throw error;
      });
    });
  }

  /** Places that are taken in the terms beside one. */
  #besides(key: string, term: number): Soon<number> {
    const earlier = this.#in(key, term - 1);
    return this.#mayHaveEnded(term) ? sumOf([earlier, this.#in(key, term + 1)]) : earlier;
  }

  /** Places that are taken under a key. */
  used(key: string): Soon<number> {
    const term = this.#term;
    return sumOf([term - 1, term, term + 1].map((each) => this.#in(key, each)));
  }

  get #term(): number {
    return termAt(this.#clock);
  }

  /** Whether somebody may count in the next term already, since time has passed, or his clock is ahead. */
  #mayHaveEnded(term: number): boolean {
    return this.#clock.now() > (term + 1) * TERM - SKEW;
  }

  #in(key: string, term: number): Soon<number> {
    return onceThere(this.#store.get(this.#others.of(key, term)), counterOf);
  }
}

function sumOf(counts: readonly Soon<number>[]): Soon<number> {
  return onceThere(allThere(counts), (counts) => counts.reduce((sum, count) => sum + count));
}

/** A place that was taken, until it is given back. */
class Slot implements Counted {
  readonly before: number;
  readonly carried = 0;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #key: string;
  readonly #names: CounterNames;
  #term: number;
  #cancel: () => void;
  /** What is being taken over, which must end before it is given back. */
  #renewing: Promise<void> | undefined;

  constructor(
    store: Store,
    clock: Clock,
    { key, term, names }: { key: string; term: number; names: CounterNames },
    before: number,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#key = key;
    this.#names = names;
    this.#term = term;
    this.before = before;
    this.#cancel = clock.after(RENEWAL, this.#renew);
  }

  correct(amount: number): Soon<void> {
    this.#cancel();
    return onceThere(this.#renewing, () => {
      this.#cancel();
      return correctCounter(this.#store, this.#nameIn(this.#term), amount, TTL);
    });
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
      await this.#store.add(this.#nameIn(present), 1, TTL);
      this.#term = present;
      await correctCounter(this.#store, this.#nameIn(held), -1, TTL);
    } catch {
      // The store is in trouble: the next renewal tries again, and until then the old count may hold as well.
    }
  }

  #nameIn(term: number): string {
    return this.#names.of(this.#key, term);
  }
}

function termAt(clock: Clock): number {
  return Math.floor(clock.now() / TERM);
}
