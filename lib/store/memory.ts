import type { Clock } from "../clock.ts";
import { CACHE, type Store } from "./store.ts";

export interface MemoryStoreOptions {
  clock: Clock;
  /** Most entries kept. Default 100,000. */
  maxEntries?: number;
  /** Most bytes kept: keys and values as UTF-16, and what an entry takes besides. Default 64 MiB. */
  maxBytes?: number;
}

/** A store in this process's memory, and how full it is. */
export interface MemoryStore extends Store {
  readonly entries: number;
  readonly bytes: number;
}

/** Entries of one kind. */
interface Shelf {
  /** By key, the one used longest ago first: a Map remembers the order of insertion. */
  readonly entries: Map<string, Entry>;
  /** What goes first where room is needed. */
  readonly oldest: () => Entry | undefined;
  /** What is looked at next in passing. */
  readonly passing: () => Entry | undefined;
}

interface Entry {
  key: string;
  /** A number while it is only counted. */
  value: string | number;
  /** Milliseconds since the epoch; `Infinity` for ever. */
  expires: number;
  shelf: Shelf;
  /** Bytes; what has long not been used is not to be looked up for that. */
  size: number;
  /** The operation that put it last on its shelf. */
  put: number;
}

/** An entry before it is on its shelf. */
type Unshelved = Omit<Entry, "size" | "put">;

/** What was among the newest such part of all entries a short while ago is as good as used last. */
const NEW = 1 / 16;

/** What an entry weighs beside its texts: 100 to 210 bytes on Node 24, as measured with a million of them. */
const OVERHEAD = 200;

/**
 * A store in this process's memory, bounded by entries and bytes. When room is needed, what was not used for
 * longest (give or take one in sixteen) goes first, since a limit that is being counted or an answer that is being
 * asked for is in use; but before that what is cached goes, then other values, and counters last: an answer can be
 * asked for again, but what was spent can't be. So nobody makes his limits forgotten by what he asks for.
 *
 * Expired entries go whether or not anybody reads them: every operation looks at some in passing, so that
 * all have been looked at after as many operations as there are entries. A timer would keep a finished process
 * alive, and Workers have none that outlives a request.
 */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { clock, maxEntries = 100_000, maxBytes = 64 * 2 ** 20 } = options;
  const cached = emptyShelf();
  const values = emptyShelf();
  const counters = emptyShelf();
  /** What goes first stands first. */
  const shelves = [cached, values, counters] as const;
  let bytes = 0;
  /** How many there have been. */
  let operations = 0;

  const count = () => cached.entries.size + values.entries.size + counters.entries.size;
  const isCached = (key: string) => key.startsWith(CACHE);
  const shelfFor = (key: string, other: Shelf) => isCached(key) ? cached : other;
  const find = (key: string) =>
    isCached(key) ? cached.entries.get(key) : counters.entries.get(key) ?? values.entries.get(key);
  const deadline = (ttl: number, now: number) => ttl === 0 ? Infinity : now + ttl;

  /** The entry, if it is still alive. */
  function alive(key: string, now: number): Entry | undefined {
    // One shelf after the other, as many steps as there are shelves: so each gets on by one an operation.
    lookAtNext(shelves[++operations % shelves.length]!, shelves.length, now);
    const entry = find(key);
    if (entry === undefined || entry.expires > now) return entry;
    remove(entry);
    return undefined;
  }

  function lookAtNext({ passing }: Shelf, steps: number, now: number): void {
    for (let step = 0; step < steps; step++) {
      const entry = passing();
      if (entry !== undefined && entry.expires <= now) remove(entry);
    }
  }

  /** Puts an entry in the place of the old one, if there was one. */
  function write(
    { key, value, expires, shelf }: Unshelved,
    old: Entry | undefined,
    now: number,
  ): void {
    if (old !== undefined) remove(old);
    const size = sizeOf(key, value);
    if (size > maxBytes) return; // it alone would push everything else out
    bytes += size;
    putLast({ key, value, expires, shelf, size, put: operations }, now);
    while (count() > maxEntries || bytes > maxBytes) removeOldest();
  }

  /** As the one used last. Two steps for the one that comes to the end: with one, a walk would never come round. */
  function putLast(entry: Entry, now: number): void {
    entry.shelf.entries.set(entry.key, entry);
    lookAtNext(entry.shelf, 2, now);
  }

  /** A counter is used at every request: to move it each time would cost more than to count. */
  function use(entry: Entry, now: number): void {
    if (operations - entry.put <= NEW * count()) return;
    entry.put = operations;
    entry.shelf.entries.delete(entry.key);
    putLast(entry, now);
  }

  function remove(entry: Entry): void {
    entry.shelf.entries.delete(entry.key);
    bytes -= entry.size;
  }

  function removeOldest(): void {
    for (const { oldest } of shelves) {
      const found = oldest();
      if (found !== undefined) return remove(found);
    }
  }

  // Nothing can happen between reading and writing: each operation is one synchronous step.
  return {
    get entries() {
      return count();
    },
    get bytes() {
      return bytes;
    },
    get(key) {
      const now = clock.now();
      const entry = alive(key, now);
      if (entry === undefined) return undefined;
      use(entry, now);
      return String(entry.value);
    },
    set(key, value, ttl) {
      const now = clock.now();
      const old = alive(key, now);
      write({ key, value, expires: deadline(ttl, now), shelf: shelfFor(key, values) }, old, now);
    },
    delete(key) {
      const entry = alive(key, clock.now());
      if (entry !== undefined) remove(entry);
    },
    add(key, amount, ttl) {
      const now = clock.now();
      const old = alive(key, now);
      if (typeof old?.value === "number") {
        use(old, now);
        return old.value += amount;
      }
      const value = Number(old?.value ?? 0) + amount;
      const expires = old?.expires ?? deadline(ttl, now);
      write({ key, value, expires, shelf: shelfFor(key, counters) }, old, now);
      return value;
    },
    compareAndSet(key, expected, value, ttl) {
      const now = clock.now();
      const old = alive(key, now);
      const same = (old && String(old.value)) === expected;
      // Whoever swaps a value reckons with it, as with a counter.
      const shelf = shelfFor(key, counters);
      if (same) write({ key, value, expires: deadline(ttl, now), shelf }, old, now);
      else if (old !== undefined) use(old, now);
      return same;
    },
  };
}

function emptyShelf(): Shelf {
  const entries = new Map<string, Entry>();
  return { entries, oldest: walk(entries), passing: walk(entries) };
}

/**
 * Goes round a shelf for ever, an entry a call; `undefined` at each end. An iterator goes on where it was,
 * whatever has been inserted or removed meanwhile; a new one has to step over all that was ever removed.
 */
function walk(shelf: Map<string, Entry>): () => Entry | undefined {
  let entries = shelf.values();
  return () => {
    if (shelf.size === 0) return undefined;
    const { done, value } = entries.next();
    if (!done) return value;
    entries = shelf.values();
    return undefined;
  };
}

/** Of a number as of a short text: it becomes one when it is read. */
function sizeOf(key: string, value: string | number): number {
  return OVERHEAD + 2 * (key.length + (typeof value === "number" ? 8 : value.length));
}
