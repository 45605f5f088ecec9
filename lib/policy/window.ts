/** Counting in windows of time, on any store: what rate limits, budgets and spend limits are made of. */
import type { Clock } from "../clock.ts";
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

/** What was added to a window. */
export interface Counted {
  /** What was counted before, learnt in the same step: of many who count at once, each has another. */
  before: number;
  /** Adds or takes away more, in the window of the first count however late it is by then. */
  correct(amount: number): Promise<void>;
}

/** Counts by key; windows begin where multiples of their length since the epoch do. */
export class CountingWindow {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #shape: WindowShape;

  constructor(store: Store, clock: Clock, shape: WindowShape) {
    this.#store = store;
    this.#clock = clock;
    this.#shape = shape;
  }

  /** Adds to what is counted under a key. */
  async add(key: string, amount: number): Promise<Counted> {
    const store = this.#store;
    const now = this.#clock.now();
    const name = this.#nameAt(key, now);
    const ttl = this.#ttl;
    const sum = await store.add(name, amount, ttl);
    return {
      before: sum - amount + await this.#carriedOver(key, now),
      async correct(more) {
        if (more !== 0) await store.add(name, more, ttl);
      },
    };
  }

  /** What is counted under a key; counts nothing itself. */
  async used(key: string): Promise<number> {
    const now = this.#clock.now();
    const current = Number(await this.#store.get(this.#nameAt(key, now)) ?? 0);
    return current + await this.#carriedOver(key, now);
  }

  /** Milliseconds until the present window ends. */
  get left(): number {
    const { length } = this.#shape;
    return length - this.#clock.now() % length;
  }

  /** A counter lives from its first count, so its own window has ended before it does. */
  get #ttl(): number {
    const { length, technique } = this.#shape;
    return technique === "sliding" ? 2 * length : length;
  }

  #nameAt(key: string, time: number): string {
    const { length } = this.#shape;
    return `${key}:${length}:${Math.floor(time / length)}`;
  }

  async #carriedOver(key: string, now: number): Promise<number> {
    const { length, technique } = this.#shape;
    if (technique === "fixed") return 0;
    const last = Number(await this.#store.get(this.#nameAt(key, now - length)) ?? 0);
    return last * (1 - now % length / length);
  }
}
