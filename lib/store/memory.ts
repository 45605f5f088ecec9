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

/** The share of what is cached and has not been asked for since: of all bytes, or of the cache where there is less room. */
const UNASKED = 1 / 8;

/**
 * A store in this process's memory, bounded by entries and bytes. When room is needed, what was not used for longest
 * goes first, since a limit that is being counted or an answer that is being asked for is in use; but before that what
 * is cached goes, then other values, and counters last: an answer can be asked for again, but what was spent can't be.
 * So nobody makes his limits forgotten by what he asks for.
 *
 * Most questions come once. So what is cached has an eighth of the room until somebody asks for it: it takes no more
 * from answers that are wanted, and where nothing is asked twice the process stays small, and its collector quick.
 *
 * Expired entries go whether or not anybody reads them: where some may have expired, every operation looks at a few in
 * passing, so that all have been looked at within twice as many operations as there are entries. A timer would keep a
 * finished process alive, and Workers have none that outlives a request.
 */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { clock, maxEntries = 100_000, maxBytes = 64 * 2 ** 20 } = options;
  const entries = new Map<string, Entry>();
  /** What is cached: what nobody has asked for yet, and what somebody has. */
  const unasked = new Shelf();
  const asked = new Shelf();
  const values = new Shelf();
  const counters = new Shelf();
  const shelves = [unasked, asked, values, counters] as const;

  const weight = () => unasked.bytes + asked.bytes + values.bytes + counters.bytes;
  const shelfFor = (key: string, old: Entry | undefined, other: Shelf) =>
    key.startsWith(CACHE) ? old?.shelf ?? unasked : other;
  const deadline = (ttl: number, now: number) => ttl === 0 ? Infinity : now + ttl;

  /** The entry, if it is still alive. */
  function alive(key: string, now: number): Entry | undefined {
    lookAround(now);
    const entry = entries.get(key);
    if (entry === undefined || entry.expires > now) return entry;
    remove(entry);
    return undefined;
  }

  /** At one entry of each kind, which goes if it has expired. */
  function lookAround(now: number): void {
    for (const shelf of shelves) {
      const entry = shelf.expired(now);
      if (entry !== undefined) remove(entry);
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
    entries.set(key, shelf.put({ key, value, expires, size }));
    // The last one may be as long as it likes: others will come after it.
    while (unasked.bytes > UNASKED * maxBytes && unasked.size > 1) remove(unasked.oldest!);
    while (entries.size > maxEntries || weight() > maxBytes) remove(leastWanted().oldest!);
  }

  function remove(entry: Entry): void {
    entries.delete(entry.key);
    entry.shelf.remove(entry);
  }

  /** The shelf on which room is made first; some of what nobody has asked for stays, or nothing new could be cached. */
  function leastWanted(): Shelf {
    if (unasked.bytes > UNASKED * (unasked.bytes + asked.bytes)) return unasked;
    if (asked.size > 0) return asked;
    return values.size > 0 ? values : counters;
  }

  // Nothing can happen between reading and writing: each operation is one synchronous step.
  return {
    get entries() {
      return entries.size;
    },
    get bytes() {
      return weight();
    },
    get(key) {
      const entry = alive(key, clock.now());
      if (entry === undefined) return undefined;
      if (entry.shelf === unasked) asked.takeOver(entry);
      else entry.shelf.use(entry);
      return String(entry.value);
    },
    set(key, value, ttl) {
      const now = clock.now();
      const old = alive(key, now);
      write(shelfFor(key, old, values), { key, value, expires: deadline(ttl, now) }, old);
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
      write(shelfFor(key, old, counters), { key, value, expires }, old);
      return value;
    },
    compareAndSet(key, expected, value, ttl) {
      const now = clock.now();
      const old = alive(key, now);
      const same = (old && String(old.value)) === expected;
      // Whoever swaps a value reckons with it, as with a counter.
      const shelf = shelfFor(key, old, counters);
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
