/** What is kept under a key, in its place among others. */
export interface Entry {
  readonly key: string;
  /** A number while it is only counted. */
  value: string | number;
  /** Milliseconds since the epoch; `Infinity` for ever. */
  readonly expires: number;
  /** Bytes. */
  readonly size: number;
  /** The one it stands on. */
  shelf: Shelf;
  /** Used last before this one. */
  older: Entry | undefined;
  /** Used next after it. */
  newer: Entry | undefined;
}

/** Entries of one kind, in the order of their last use. */
export class Shelf {
  #size = 0;
  #bytes = 0;
  #oldest: Entry | undefined;
  #newest: Entry | undefined;
  /** The one that is looked at next. */
  #next: Entry | undefined;
  /** How many are left to look at until all have been. */
  #left = 0;
  /** Milliseconds since the epoch; before then none of them expires. */
  #soonest = Infinity;
  /** What that will be once all have been looked at. */
  #later = Infinity;

  get size(): number {
    return this.#size;
  }

  /** What its entries weigh together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The one that was used longest ago. */
  get oldest(): Entry | undefined {
    return this.#oldest;
  }

  /** Makes an entry, as the one used last. */
  put({ key, value, expires, size }: Pick<Entry, "key" | "value" | "expires" | "size">): Entry {
    const entry = { key, value, expires, size, shelf: this, older: undefined, newer: undefined };
    this.#take(entry);
    return entry;
  }

  /** Takes an entry from its shelf, as the one used last here. */
  takeOver(entry: Entry): void {
    entry.shelf.remove(entry);
    entry.shelf = this;
    this.#take(entry);
  }

  #take(entry: Entry): void {
    const { expires, size } = entry;
    this.#size++;
    this.#bytes += size;
    this.#append(entry);
    if (expires < this.#soonest) this.#soonest = expires;
    this.#outlives(expires);
  }

  /** Makes it the one used last. */
  use(entry: Entry): void {
    if (entry === this.#newest) return;
    this.#outlives(entry.expires);
    this.#unlink(entry);
    this.#append(entry);
  }

  remove(entry: Entry): void {
    this.#size--;
    this.#bytes -= entry.size;
    this.#unlink(entry);
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
      this.#left = this.#size;
      this.#later = Infinity;
    }
    const entry = this.#next;
    this.#next = entry?.newer;
    this.#left = this.#next === undefined ? 0 : this.#left - 1;
    const expires = entry?.expires ?? Infinity;
    const gone = expires <= now;
    if (!gone) this.#outlives(expires);
    if (this.#left === 0) this.#soonest = this.#later;
    return gone ? entry : undefined;
  }

  /** One that stays when all have been looked at. */
  #outlives(expires: number): void {
    if (expires < this.#later) this.#later = expires;
  }

  #append(entry: Entry): void {
    const last = this.#newest;
    entry.older = last;
    if (last === undefined) this.#oldest = entry;
    else last.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry): void {
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
