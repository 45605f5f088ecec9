/** What is kept under a key. */
export interface Entry {
  readonly key: string;
  /** A number while it is only counted. */
  value: string | number;
  /** Milliseconds since the epoch; `Infinity` for ever. */
  readonly expires: number;
  /** Bytes. */
  readonly size: number;
  readonly shelf: Shelf;
}

/** An entry in its place among the others. */
interface Placed extends Entry {
  /** Used last before this one. */
  older: Placed | undefined;
  /** Used next after it. */
  newer: Placed | undefined;
}

/** Entries of one kind, by key and in the order of their last use. */
export class Shelf {
  readonly #byKey = new Map<string, Placed>();
  #bytes = 0;
  #oldest: Placed | undefined;
  #newest: Placed | undefined;
  /** The one that is looked at next. */
  #next: Placed | undefined;
  /** How many are left to look at until all have been. */
  #left = 0;
  /** Milliseconds since the epoch; before then none of them expires. */
  #soonest = Infinity;
  /** What that will be once all have been looked at. */
  #later = Infinity;

  get size(): number {
    return this.#byKey.size;
  }

  /** What its entries weigh together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The one that was used longest ago. */
  get oldest(): Entry | undefined {
    return this.#oldest;
  }

  find(key: string): Entry | undefined {
    return this.#byKey.get(key);
  }

  /** As the one used last; its key must not be there yet. */
  put({ key, value, expires, size }: Omit<Entry, "shelf">): void {
    const entry = { key, value, expires, size, shelf: this, older: undefined, newer: undefined };
    this.#byKey.set(key, entry);
    this.#bytes += size;
    this.#append(entry);
    if (expires < this.#soonest) this.#soonest = expires;
    this.#outlives(expires);
  }

  /** Makes it the one used last. */
  use(entry: Entry): void {
    if (entry === this.#newest) return;
    this.#outlives(entry.expires);
    this.#unlink(entry as Placed);
    this.#append(entry as Placed);
  }

  remove(entry: Entry): void {
    this.#byKey.delete(entry.key);
    this.#bytes -= entry.size;
    this.#unlink(entry as Placed);
  }

  /**
   * Looks at an entry a call where one may have expired, from the one used longest ago, and gives it if it has. Those
   * that are used meanwhile go to the end, which may never be reached; those that are not have all been looked at after
   * as many calls as there were entries. As long as none can have expired, none is touched: they lie all over memory.
   */
  expired(now: number): Entry | undefined {
    if (now < this.#soonest) return undefined;
    if (this.#left === 0) {
      this.#next = this.#oldest;
      this.#left = this.size;
      this.#later = Infinity;
    }
    const entry = this.#next;
    this.#next = entry?.newer;
    this.#left = this.#next === undefined ? 0 : this.#left - 1;
    const gone = entry !== undefined && entry.expires <= now;
    if (entry !== undefined && !gone) this.#outlives(entry.expires);
    if (this.#left === 0) this.#soonest = this.#later;
    return gone ? entry : undefined;
  }

  /** One that stays when all have been looked at. */
  #outlives(expires: number): void {
    if (expires < this.#later) this.#later = expires;
  }

  #append(entry: Placed): void {
    const last = this.#newest;
    entry.older = last;
    if (last === undefined) this.#oldest = entry;
    else last.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Placed): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (this.#next === entry) this.#next = newer;
    // A collector that looks at new things alone would keep, behind one that is gone, all that ever came after it.
    entry.older = undefined;
    entry.newer = undefined;
  }
}
