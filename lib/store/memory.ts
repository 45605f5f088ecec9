import type { Clock } from "../clock.ts";
import type { Store } from "./store.ts";

export interface MemoryStoreOptions {
  clock: Clock;
  /** Most entries kept. Default 10,000. */
  entries?: number;
  /** Most bytes kept, keys and values as UTF-16. Default 64 MiB. */
  bytes?: number;
}

interface Entry {
  value: string;
  /** Milliseconds since the epoch; `Infinity` for ever. */
  expires: number;
}

/**
 * A store in this process's memory, bounded by entries and bytes: what was not used for longest goes
 * first. Expired entries go at the latest when room is needed, whether or not anybody reads them.
 */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  const { clock, entries: maxEntries = 10_000, bytes: maxBytes = 64 * 2 ** 20 } = options;
  // A Map remembers the order of insertion: re-inserting at every use makes it a least-recently-used list.
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function read(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    remove(key, entry);
    if (entry.expires <= clock.now()) return undefined;
    insert(key, entry);
    return entry;
  }

  function write(key: string, value: string, expires: number): void {
    const old = entries.get(key);
    if (old !== undefined) remove(key, old);
    const entry = { value, expires };
    if (sizeOf(key, entry) > maxBytes) return; // it alone would push everything else out
    insert(key, entry);
    makeRoom();
  }

  function makeRoom(): void {
    for (const [key, entry] of entries) {
      if (entries.size <= maxEntries && bytes <= maxBytes) return;
      remove(key, entry);
    }
  }

  function insert(key: string, entry: Entry): void {
    entries.set(key, entry);
    bytes += sizeOf(key, entry);
  }

  function remove(key: string, entry: Entry): void {
    entries.delete(key);
    bytes -= sizeOf(key, entry);
  }

  const deadline = (ttl: number) => ttl === 0 ? Infinity : clock.now() + ttl;

  // Nothing can happen between reading and writing: each operation is one synchronous step.
  return {
    get: (key) => Promise.resolve(read(key)?.value),
    set: (key, value, ttl) => Promise.resolve(write(key, value, deadline(ttl))),
    delete(key) {
      const entry = entries.get(key);
      if (entry !== undefined) remove(key, entry);
      return Promise.resolve();
    },
    add(key, amount, ttl) {
      const entry = read(key);
      const sum = Number(entry?.value ?? 0) + amount;
      write(key, String(sum), entry?.expires ?? deadline(ttl));
      return Promise.resolve(sum);
    },
    compareAndSet(key, expected, value, ttl) {
      const same = read(key)?.value === expected;
      if (same) write(key, value, deadline(ttl));
      return Promise.resolve(same);
    },
  };
}

function sizeOf(key: string, { value }: Entry): number {
  return 2 * (key.length + value.length);
}
