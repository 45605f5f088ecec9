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
  #oldest: Placed | undefined;
  #newest: Placed | undefined;
  /** The one that is passed next. */
  #next: Placed | undefined;
  /** How many are left to pass before it begins again. */
  #left = 0;

  get size(): number {
    return this.#byKey.size;
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
    this.#append(entry);
  }

  /** Makes it the one used last. */
  use(entry: Entry): void {
    if (entry === this.#newest) return;
    this.#unlink(entry as Placed);
    this.#append(entry as Placed);
  }

  remove(entry: Entry): void {
    this.#byKey.delete(entry.key);
    this.#unlink(entry as Placed);
  }

  /**
   * Passes an entry a call, from the one used longest ago, and begins again after as many as there were then. Those that
   * are used meanwhile go to the end, which may never be reached; those that are not have all been passed by then.
   */
  pass(): Entry | undefined {
    if (this.#left === 0 || this.#next === undefined) {
      this.#next = this.#oldest;
      this.#left = this.size;
    }
    const entry = this.#next;
    if (entry === undefined) return undefined;
    this.#next = entry.newer;
    this.#left--;
    return entry;
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
