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

/** Entries by key, the one used longest ago first: a Map remembers the order of insertion. */
type Shelf = Map<string, Entry>;

interface Entry {
  value: string;
  /** Milliseconds since the epoch; `Infinity` for ever. */
  expires: number;
  shelf: Shelf;
}

/** What an entry weighs beside its texts: 100 to 210 bytes on Node 24, as measured with a million of them. */
const OVERHEAD = 200;

/**
 * A store in this process's memory, bounded by entries and bytes. When room is needed, what was not used for
 * longest goes first, since a limit that is being counted or an answer that is being asked for is in use; but before
 * that what is cached goes, then other values, and counters last: an answer can be asked for again, but what was
 * spent can't be. So nobody makes his limits forgotten by what he asks for.
 *
 * Expired entries go whether or not anybody reads them: every operation looks at some in passing, so that
 * all have been looked at after as many operations as there are entries. A timer would keep a finished process
 * alive, and Workers have none that outlives a request.
 */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { clock, maxEntries = 100_000, maxBytes = 64 * 2 ** 20 } = options;
  const cached: Shelf = new Map();
  const values: Shelf = new Map();
  const counters: Shelf = new Map();
  /** What goes first stands first. */
  const shelves = [cached, values, counters];
  const oldest = shelves.map(walk);
  // Two steps an operation, which itself adds one entry at most: else a walk would never come round.
  const passing = shelves.map(walk).flatMap((next) => [next, next]);
  let bytes = 0;

  const count = () => cached.size + values.size + counters.size;
  const isCached = (key: string) => key.startsWith(CACHE);
  const shelfFor = (key: string, other: Shelf) => isCached(key) ? cached : other;
  const find = (key: string) =>
    isCached(key) ? cached.get(key) : values.get(key) ?? counters.get(key);
  const deadline = (ttl: number) => ttl === 0 ? Infinity : clock.now() + ttl;

  /** The entry, if it is still alive; now the one used last. */
  function read(key: string): Entry | undefined {
    sweep();
    const entry = find(key);
    if (entry === undefined) return undefined;
    remove(key, entry);
    if (entry.expires <= clock.now()) return undefined;
    insert(key, entry);
    return entry;
  }

  function write(key: string, entry: Entry): void {
    const old = find(key);
    if (old !== undefined) remove(key, old);
    if (sizeOf(key, entry) > maxBytes) return; // it alone would push everything else out
    insert(key, entry);
    while (count() > maxEntries || bytes > maxBytes) {
      for (const next of oldest) {
        const found = next();
        if (found === undefined) continue;
        remove(...found);
        break;
      }
    }
  }

  function sweep(): void {
    const now = clock.now();
    for (const next of passing) {
      const passed = next();
      if (passed !== undefined && passed[1].expires <= now) remove(...passed);
    }
  }

  function insert(key: string, entry: Entry): void {
    entry.shelf.set(key, entry);
    bytes += sizeOf(key, entry);
  }

  function remove(key: string, entry: Entry): void {
    entry.shelf.delete(key);
    bytes -= sizeOf(key, entry);
  }

  // Nothing can happen between reading and writing: each operation is one synchronous step.
  return {
    get entries() {
      return count();
    },
    get bytes() {
      return bytes;
    },
    get: (key) => Promise.resolve(read(key)?.value),
    set(key, value, ttl) {
      sweep();
      return Promise.resolve(
        write(key, { value, expires: deadline(ttl), shelf: shelfFor(key, values) }),
      );
    },
    delete(key) {
      sweep();
      const entry = find(key);
      if (entry !== undefined) remove(key, entry);
      return Promise.resolve();
    },
    add(key, amount, ttl) {
      const { value = 0, expires = deadline(ttl) } = read(key) ?? {};
      const sum = Number(value) + amount;
      write(key, { value: String(sum), expires, shelf: shelfFor(key, counters) });
      return Promise.resolve(sum);
    },
    compareAndSet(key, expected, value, ttl) {
      const same = read(key)?.value === expected;
      // Whoever swaps a value reckons with it, as with a counter.
      if (same) write(key, { value, expires: deadline(ttl), shelf: shelfFor(key, counters) });
      return Promise.resolve(same);
    },
  };
}

/**
 * Goes round a shelf for ever, an entry a call; `undefined` at each end. An iterator goes on where it was,
 * whatever has been inserted or removed meanwhile; a new one has to step over all that was ever removed.
 */
function walk(shelf: Shelf): () => [key: string, entry: Entry] | undefined {
  let entries = shelf.entries();
  return () => {
    const { done, value } = entries.next();
    if (!done) return value;
    entries = shelf.entries();
    return undefined;
  };
}

function sizeOf(key: string, { value }: Entry): number {
  return OVERHEAD + 2 * (key.length + value.length);
}
