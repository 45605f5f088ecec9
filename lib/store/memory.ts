import type { Clock } from "../clock.ts";
import { type Entry, Shelf } from "./shelf.ts";
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

/** What an entry weighs beside its texts: 100 to 210 bytes on Node 24, as measured with a million of them. */
const OVERHEAD = 200;

/**
 * A store in this process's memory, bounded by entries and bytes. When room is needed, what was not used for longest
 * goes first, since a limit that is being counted or an answer that is being asked for is in use; but before that what
 * is cached goes, then other values, and counters last: an answer can be asked for again, but what was spent can't be.
 * So nobody makes his limits forgotten by what he asks for.
 *
 * Expired entries go whether or not anybody reads them: every operation looks at some in passing, so that all have
 * been looked at within twice as many operations as there are entries. A timer would keep a finished process alive,
 * and Workers have none that outlives a request.
 */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { clock, maxEntries = 100_000, maxBytes = 64 * 2 ** 20 } = options;
  const cached = new Shelf();
  const values = new Shelf();
  const counters = new Shelf();
  /** What goes first stands first. */
  const shelves = [cached, values, counters] as const;
  let bytes = 0;

  const count = () => cached.size + values.size + counters.size;
  const isCached = (key: string) => key.startsWith(CACHE);
  const shelfFor = (key: string, other: Shelf) => isCached(key) ? cached : other;
  const find = (key: string) =>
    isCached(key) ? cached.find(key) : counters.find(key) ?? values.find(key);
  const deadline = (ttl: number, now: number) => ttl === 0 ? Infinity : now + ttl;

  /** The entry, if it is still alive. */
  function alive(key: string, now: number): Entry | undefined {
    lookAround(now);
    const entry = find(key);
    if (entry === undefined || entry.expires > now) return entry;
    remove(entry);
    return undefined;
  }

  /** At one entry of each kind, which goes if it has expired. */
  function lookAround(now: number): void {
    for (const shelf of shelves) {
      const entry = shelf.pass();
      if (entry !== undefined && entry.expires <= now) remove(entry);
    }
  }

  /** Puts an entry in the place of the old one, if there was one. */
  function write(
    shelf: Shelf,
    { key, value, expires }: Pick<Entry, "key" | "value" | "expires">,
    old: Entry | undefined,
  ): void {
    if (old !== undefined) remove(old);
    const size = sizeOf(key, value);
    if (size > maxBytes) return; // it alone would push everything else out
    bytes += size;
    shelf.put({ key, value, expires, size });
    while (count() > maxEntries || bytes > maxBytes) removeOldest();
  }

  function remove(entry: Entry): void {
    entry.shelf.remove(entry);
    bytes -= entry.size;
  }

  function removeOldest(): void {
    for (const { oldest } of shelves) {
      if (oldest !== undefined) return remove(oldest);
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
      const entry = alive(key, clock.now());
      if (entry === undefined) return undefined;
      entry.shelf.use(entry);
      return String(entry.value);
    },
    set(key, value, ttl) {
      const now = clock.now();
      const old = alive(key, now);
      write(shelfFor(key, values), { key, value, expires: deadline(ttl, now) }, old);
    },
    delete(key) {
      const entry = alive(key, clock.now());
      if (entry !== undefined) remove(entry);
    },
    add(key, amount, ttl) {
      const now = clock.now();
      const old = alive(key, now);
      if (typeof old?.value === "number") {
        old.shelf.use(old);
        return old.value += amount;
      }
      const value = Number(old?.value ?? 0) + amount;
      const expires = old?.expires ?? deadline(ttl, now);
      write(shelfFor(key, counters), { key, value, expires }, old);
      return value;
    },
    compareAndSet(key, expected, value, ttl) {
      const now = clock.now();
      const old = alive(key, now);
      const same = (old && String(old.value)) === expected;
      // Whoever swaps a value reckons with it, as with a counter.
      const shelf = shelfFor(key, counters);
      if (same) write(shelf, { key, value, expires: deadline(ttl, now) }, old);
      else if (old !== undefined) old.shelf.use(old);
      return same;
    },
  };
}

/** Of a number as of a short text: it becomes one when it is read. */
function sizeOf(key: string, value: string | number): number {
  return OVERHEAD + 2 * (key.length + (typeof value === "number" ? 8 : value.length));
}
