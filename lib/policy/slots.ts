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

/** What places are counted with. */
interface Means {
  store: Store;
  clock: Clock;
  /** What the counters of places are called that are held now. */
  names: CounterNames;
}

/** Places by key, on any store. */
export class Slots {
  readonly #means: Means;
  /** What those of other terms are called. */
  readonly #others = new CounterNames(TERM);

  constructor(store: Store, clock: Clock) {
    this.#means = { store, clock, names: new CounterNames(TERM) };
  }

  /**
   * Takes a place; `before` are those that were taken, and `correct(-1)` gives this one back. Of two who take the last
   * one at once where two terms meet, each counts in his own first and reads the other's then, so that one sees it.
   */
  take(key: string): Soon<Counted> {
    const { store, names } = this.#means;
    const term = this.#term;
    const name = names.of(key, term);
    return onceThere(store.add(name, 1, TTL), (sum) =>
      onceThere(
        this.#besides(key, term),
        (others) => new Slot(this.#means, key, term, Math.max(0, sum - 1) + others),
        (error) => {
          // Nobody will hold the place. Where this fails too, it is free when its terms are over.
          regardless(correctCounter(store, name, -1, TTL));
          throw error;
        },
      ));
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
    return termAt(this.#means.clock);
  }

  /** Whether somebody may count in the next term already, since time has passed, or his clock is ahead. */
  #mayHaveEnded(term: number): boolean {
    return this.#means.clock.now() > (term + 1) * TERM - SKEW;
  }

  #in(key: string, term: number): Soon<number> {
    return onceThere(this.#means.store.get(this.#others.of(key, term)), counterOf);
  }
}

function sumOf(counts: readonly Soon<number>[]): Soon<number> {
  return onceThere(allThere(counts), (counts) => counts.reduce((sum, count) => sum + count));
}

/** A place that was taken, until it is given back. */
class Slot implements Counted {
  readonly before: number;
  readonly carried = 0;
  readonly #means: Means;
  readonly #key: string;
  #term: number;
  #cancel: () => void;
  /** What is being taken over, which must end before it is given back. */
  #renewing: Promise<void> | undefined;

  constructor(means: Means, key: string, term: number, before: number) {
    this.before = before;
    this.#means = means;
    this.#key = key;
    this.#term = term;
    this.#cancel = this.#renewLater();
  }

  correct(amount: number): Soon<void> {
    this.#cancel();
    return onceThere(this.#renewing, () => {
      this.#cancel();
      return correctCounter(this.#means.store, this.#nameIn(this.#term), amount, TTL);
    });
  }

  /** Gives what calls it off. */
  #renewLater(): () => void {
    return this.#means.clock.after(RENEWAL, () => {
      this.#renewing = this.#takeOver().finally(() => {
        this.#renewing = undefined;
        this.#cancel = this.#renewLater();
      });
    });
  }

  async #takeOver(): Promise<void> {
    const { store, clock } = this.#means;
    const held = this.#term;
    const present = termAt(clock);
    if (present === held) return;
    try {
      await store.add(this.#nameIn(present), 1, TTL);
      this.#term = present;
      await correctCounter(store, this.#nameIn(held), -1, TTL);
    } catch {
      // The store is in trouble: the next renewal tries again, and until then the old count may hold as well.
    }
  }

  #nameIn(term: number): string {
    return this.#means.names.of(this.#key, term);
  }
}

function termAt(clock: Clock): number {
  return Math.floor(clock.now() / TERM);
}
