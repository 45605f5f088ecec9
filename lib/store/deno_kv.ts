import { systemClock } from "../clock.ts";
import { GatewayError } from "../errors.ts";
import { type GuardOptions, guardStore, PATIENCE } from "./guard.ts";
import { shortKey } from "./short_key.ts";
import type { EngineStore } from "./store.ts";

/** The part of `Deno.Kv` that is used. */
export interface DenoKv {
  /** What lies below a key, in order, read at one moment. */
  list(selector: { prefix: DenoKvKey }): AsyncIterable<DenoKvEntry>;
  /** Begins what is done in one step. */
  atomic(): DenoKvAtomic;
}

/** Where something lies: the parts of a `Deno.KvKey`. */
export type DenoKvKey = readonly (string | number)[];

/** The part of `Deno.KvEntry` that is used. */
export interface DenoKvEntry {
  /** Where it lies. */
  key: readonly unknown[];
  /** What was set. */
  value: unknown;
  /** Another one after every write. */
  versionstamp: string;
}

/** The part of `Deno.AtomicOperation` that is used. */
export interface DenoKvAtomic {
  /** Does nothing of it unless this is still the versionstamp; `null`: absent. */
  check(check: { key: DenoKvKey; versionstamp: string | null }): DenoKvAtomic;
  /** Sets a value, for `expireIn` milliseconds at least. */
  set(key: DenoKvKey, value: unknown, options?: { expireIn?: number }): DenoKvAtomic;
  /** Deletes a value. */
  delete(key: DenoKvKey): DenoKvAtomic;
  /** Does it, unless a check failed. */
  commit(): Promise<{ ok: boolean }>;
}

/** What {@linkcode denoKvStore} takes besides a database. */
export interface DenoKvStoreOptions extends GuardOptions {
  /** The first part of every key. Default: `dragoman`. */
  prefix?: string;
}

/** A value that is kept until `expires`, milliseconds since the epoch; `Infinity`: for ever. */
interface Kept {
  value: string;
  expires: number;
}

/** What lies below a key. */
interface Found {
  /** Absent when there is none, or it has expired. */
  kept?: Kept;
  /** Of the first piece, which every write renews. */
  versionstamp: string | null;
  pieces: number;
}

/** The first piece of a value; the others are texts. Deno KV deletes what has expired when it finds the time. */
interface Head {
  text: string;
  expires: number;
}

/** Characters of a piece: at most 60,000 bytes, and a value of Deno KV has 65,536 at most. */
const PIECE = 30_000;

/** Bytes of a whole value: it is written in one step, and a step has 819,200 at most, keys among them. */
const LARGEST = 780_000;

/** Characters of a key, which has 2,048 bytes at most. */
const LONGEST_KEY = 400;

/**
 * A store in Deno KV, on Deno Deploy or in a local file. A value may have 780,000 bytes, in pieces that are written
 * and read in one step; 2144 refuses a longer one. Programs that change the same key at the same time try again
 * until each has had its turn. A local file is for one process, since Deno refuses what others write meanwhile.
 *
 * @example Needs `--unstable-kv`
 * ```ts
 * import { createGateway } from "dragoman";
 * import { denoKvStore } from "dragoman/deno_kv";
 *
 * const kv = await Deno.openKv(":memory:"); // without a path on Deno Deploy
 * const gateway = createGateway({ demo: true, store: denoKvStore(kv) });
 * console.log((await gateway.fetch("http://gateway/ready")).status); // 200
 * kv.close();
 * ```
 */
export function denoKvStore(
  kv: DenoKv,
  { prefix = "dragoman", timeout = PATIENCE, clock = systemClock }: DenoKvStoreOptions = {},
): EngineStore {
  const inTurn = createTurns();
  const deadline = (ttl: number) => ttl === 0 ? Infinity : clock.now() + ttl;
  const placeOf = (key: string) => [prefix, shortKey(key, LONGEST_KEY)];

  /** One read of all pieces, and so a glance at one moment. */
  async function find(place: DenoKvKey): Promise<Found> {
    const found: Found = { versionstamp: null, pieces: 0 };
    for await (const { key, value, versionstamp } of kv.list({ prefix: place })) {
      // Pieces of a value that has expired may go one after another.
      found.pieces = Number(key.at(-1)) + 1;
      if (found.pieces === 1) {
        const { text, expires } = value as Head;
        found.versionstamp = versionstamp;
        if (expires > clock.now()) found.kept = { value: text, expires };
      } else if (found.kept !== undefined) found.kept.value += String(value);
    }
    return found;
  }

  /** Puts `next` in the place of what was found, unless somebody else has been faster. */
  async function replace(place: DenoKvKey, found: Found, next: Kept | undefined): Promise<boolean> {
    const { versionstamp } = found;
    const atomic = kv.atomic().check({ key: [...place, 0], versionstamp });
    const pieces = next === undefined ? [] : cut(next);
    const left = (next?.expires ?? Infinity) - clock.now();
    const options = left === Infinity ? {} : { expireIn: Math.max(1, Math.ceil(left)) };
    pieces.forEach((piece, at) => atomic.set([...place, at], piece, options));
    for (let at = pieces.length; at < found.pieces; at++) atomic.delete([...place, at]);
    return (await atomic.commit()).ok;
  }

  /** Replaces what is kept by what `change` makes of it: `undefined` deletes, the same leaves it. */
  function update(key: string, change: (old: Kept | undefined) => Kept | undefined): Promise<void> {
    const place = placeOf(key);
    return inTurn(key, async () => {
      for (;;) {
        const found = await find(place);
        const next = change(found.kept);
        if (next === found.kept || await replace(place, found, next)) return;
      }
    });
  }

  const store: EngineStore = {
    get: async (key) => (await find(placeOf(key))).kept?.value,
    set: (key, value, ttl) => update(key, () => ({ value, expires: deadline(ttl) })),
    delete: (key) => update(key, () => undefined),
    async add(key, amount, ttl) {
      let sum = 0;
      await update(key, (old) => {
        sum = Number(old?.value ?? 0) + amount;
        return { value: String(sum), expires: old?.expires ?? deadline(ttl) };
      });
      return sum;
    },
    async compareAndSet(key, expected, value, ttl) {
      let same = false;
      await update(key, (old) => {
        same = old?.value === expected;
        return same ? { value, expires: deadline(ttl) } : old;
      });
      return same;
    },
    probe: async () => void await find(placeOf("probe")),
  };
  return guardStore(store, "Deno KV", { timeout, clock });
}

function cut({ value, expires }: Kept): unknown[] {
  const head: Head = { text: value.slice(0, PIECE), expires };
  const rest: string[] = [];
  for (let at = PIECE; at < value.length; at += PIECE) rest.push(value.slice(at, at + PIECE));
  // Texts are kept as Latin-1 where they can be, else as UTF-16.
  const bytes = [head.text, ...rest].reduce(
    (sum, { length }, at, all) => sum + (/[^\0-\xff]/.test(all[at]!) ? 2 : 1) * length,
    0,
  );
  if (bytes <= LARGEST) return [head, ...rest];
  throw new GatewayError(
    2144,
    `Deno KV keeps no value of more than ${LARGEST} bytes; this one has ${bytes}`,
  );
}

/**
 * Work on the same key, one after another: of a hundred that began together only one would succeed, ninety-nine
 * would try again, and so on.
 */
function createTurns(): (key: string, work: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return async (key, work) => {
    const before = last.get(key);
    const own = before === undefined ? work() : before.then(work, work);
    last.set(key, own);
    try {
      await own;
    } finally {
      if (last.get(key) === own) last.delete(key);
    }
  };
}
