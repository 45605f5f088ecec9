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

/** What was added to a counter. */
export interface Counted {
  /** What was counted before, learnt in the same step: of many who count at once, each has another. */
  before: number;
  /** Of that: what the window before this one still counts for. */
  carried: number;
  /** Adds or takes away more, in the window of the first count however late it is by then. */
  correct(amount: number): Promise<void>;
}

/**
 * Adds to a counter, or takes away from it. An engine that was emptied meanwhile knows nothing of what is taken away,
 * so that it is put back: below nothing a counter would let others have more than there is.
 */
export async function correctCounter(
  store: Store,
  name: string,
  amount: number,
  ttl: number,
): Promise<void> {
  if (amount === 0) return;
  const sum = await store.add(name, amount, ttl);
  if (sum < 0 && amount < 0) await store.add(name, Math.min(-amount, -sum), ttl);
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
    // Read first: where that fails, nothing has been counted that nobody would take back.
    const carried = this.#slides ? await this.#carriedOver(key, now) : 0;
    const sum = await store.add(name, amount, ttl);
    return {
      before: Math.max(0, sum - amount) + carried,
      carried,
      correct: (more) => correctCounter(store, name, more, ttl),
    };
  }

  /** What is counted under a key; counts nothing itself. */
  async used(key: string): Promise<number> {
    const now = this.#clock.now();
    const current = counterOf(await this.#store.get(this.#nameAt(key, now)));
    return current + (this.#slides ? await this.#carriedOver(key, now) : 0);
  }

  /** Milliseconds until the present window ends. */
  get left(): number {
    const { length } = this.#shape;
    return length - this.#clock.now() % length;
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

  #nameAt(key: string, time: number): string {
    const { length } = this.#shape;
    return `${key}:${length}:${Math.floor(time / length)}`;
  }

  async #carriedOver(key: string, now: number): Promise<number> {
    const { length } = this.#shape;
    const last = counterOf(await this.#store.get(this.#nameAt(key, now - length)));
    return last * (1 - now % length / length);
  }
}

/** What a counter's text says. */
export function counterOf(text: string | undefined): number {
  return Math.max(0, Number(text ?? 0));
}
