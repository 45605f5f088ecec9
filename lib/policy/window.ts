/** Counting in windows of time, on any store: what rate limits, budgets and spend limits are made of. */
import type { Clock } from "../clock.ts";
import { CounterNames } from "./counter_names.ts";
import { onceThere, type Soon } from "../soon.ts";
import type { Store } from "../store/store.ts";

/**
 * How a window forgets: `fixed` ones follow each other by the clock (12:00–12:10) and begin at nothing;
 * a `sliding` one still counts the last window's share of the time it looks back on.
 */
export type Technique = "fixed" | "sliding";

/** A window of time. */
export interface WindowShape {
  /** Milliseconds. */
  length: number;
  technique: Technique;
}

/** What was added to a counter. */
export interface Counted {
  /** What was counted before, learnt in the same step: of many who count at once, each has another. */
  before: number;
  /** Of that: what the window before this one still counts for. */
  carried: number;
  /** Milliseconds until the window ended in which it was counted; absent where there is none. */
  resets?: number;
  /** Adds or takes away more, in the window of the first count however late it is by then. */
  correct(amount: number): Soon<void>;
}

/**
 * Adds to a counter, or takes away from it. An engine that was emptied meanwhile knows nothing of what is taken away,
 * so that it is put back: below nothing a counter would let others have more than there is.
 */
export function correctCounter(
  store: Store,
  name: string,
  amount: number,
  ttl: number,
): Soon<void> {
  if (amount === 0) return;
  return onceThere(store.add(name, amount, ttl), (sum) => {
    if (sum >= 0 || amount > 0) return;
    return onceThere(store.add(name, Math.min(-amount, -sum), ttl), () => {});
  });
}

/** Counts by key; windows begin where multiples of their length since the epoch do. */
export class CountingWindow {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #shape: WindowShape;
  readonly #present: CounterNames;
  readonly #last: CounterNames;

  constructor(store: Store, clock: Clock, shape: WindowShape) {
    this.#store = store;
    this.#clock = clock;
    this.#shape = shape;
    this.#present = new CounterNames(shape.length);
    this.#last = new CounterNames(shape.length);
  }

  /** Adds to what is counted under a key. */
  add(key: string, amount: number): Soon<Counted> {
    const store = this.#store;
    const now = this.#clock.now();
    const name = this.#present.of(key, this.#windowAt(now));
    const ttl = this.#ttl;
    // Read first: where that fails, nothing has been counted that nobody would take back.
    return onceThere(
      this.#carriedOver(key, now),
      (carried) =>
        onceThere(store.add(name, amount, ttl), (sum) => ({
          before: Math.max(0, sum - amount) + carried,
          carried,
          resets: this.#leftAt(now),
          correct: (more: number) => correctCounter(store, name, more, ttl),
        })),
    );
  }

  /** What is counted under a key; counts nothing itself. */
  used(key: string): Soon<number> {
    const now = this.#clock.now();
    return onceThere(
      this.#store.get(this.#present.of(key, this.#windowAt(now))),
      (text) => onceThere(this.#carriedOver(key, now), (carried) => counterOf(text) + carried),
    );
  }

  /** Milliseconds until the present window ends. */
  get left(): number {
    return this.#leftAt(this.#clock.now());
  }

  #leftAt(time: number): number {
    const { length } = this.#shape;
    return length - time % length;
  }

  /**
   * Milliseconds until an amount fits below `most` if nobody else counts: until the window ends, or until enough of
   * the last one has faded. `Infinity` for more than there ever is.
   */
  waitFor({ before, carried }: Counted, amount: number, most: number): number {
    if (amount > most) return Infinity;
    const { length } = this.#shape;
    if (!this.#slides) return this.left;
    const own = before - carried;
    const passed = 1 - this.left / length;
    if (own + amount > most) return Math.ceil(this.left + (1 - (most - amount) / own) * length);
    const last = carried / (1 - passed);
    return Math.ceil(Math.max(0, 1 - (most - own - amount) / last - passed) * length);
  }

  get #slides(): boolean {
    return this.#shape.technique === "sliding";
  }

  /** A counter lives from its first count, so its own window has ended before it does. */
  get #ttl(): number {
    const { length } = this.#shape;
    return this.#slides ? 2 * length : length;
  }

  /** How many windows have passed since the epoch. */
  #windowAt(time: number): number {
    return Math.floor(time / this.#shape.length);
  }

  /** What the last window still counts for. */
  #carriedOver(key: string, now: number): Soon<number> {
    if (!this.#slides) return 0;
    const { length } = this.#shape;
    return onceThere(
      this.#store.get(this.#last.of(key, this.#windowAt(now) - 1)),
      (last) => counterOf(last) * (1 - now % length / length),
    );
  }
}

/** What a counter's text says. */
export function counterOf(text: string | undefined): number {
  return Math.max(0, Number(text ?? 0));
}
