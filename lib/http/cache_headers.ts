/** What a caller says of the cache by headers. */
import type { HeaderReader } from "../fetch_like.ts";
import type { CacheUse } from "../routing/cache_slot.ts";
import type { CacheSettings } from "../routing/settings.ts";
import { isTrue, outside } from "./header_values.ts";

/** How one request uses the cache. */
export type CacheWish = Omit<CacheUse, "answers">;

/** How the headers are called, and were called once. */
const SKIP = ["cf-aig-skip-cache", "cf-skip-cache"];
const TTL = ["cf-aig-cache-ttl", "cf-cache-ttl"];
const KEY = "cf-aig-cache-key";

const SECOND = 1000;
const MINUTE = 60;
const MONTH = 2_592_000;

/** Seconds for which an answer is kept whose caller has a name for it and says no time: Cloudflare's. */
const NAMED_TTL = 5 * MINUTE;

/** What the headers make of the gateway's settings. */
export interface ReadCacheHeaders {
  /** Absent where the request uses no cache. */
  use?: CacheWish;
  /** The headers that ask for what this gateway does for nobody. */
  refused: readonly string[];
}

/** Reads each header once. Throws 2107 naming one that is outside its range. */
export function readCacheHeaders(headers: HeaderReader, settings: CacheSettings): ReadCacheHeaders {
  const skip = firstOf(headers, SKIP, isTrue) === true;
  const seconds = firstOf(headers, TTL, ttlOf);
  const named = headers.get(KEY) || undefined;
  if (skip || seconds?.value === 0) return NOTHING;
  if (named === undefined && seconds === undefined && settings.ttl === 0) return NOTHING;
  if (!settings.allowed) return { refused: askedBy(named, seconds) };
  const ttl = seconds?.value ?? (settings.ttl || NAMED_TTL);
  const asked = named !== undefined || seconds !== undefined;
  const use = { ttl: ttl * SECOND, maxBytes: settings.maxBytes, asked };
  return { use: named === undefined ? use : { ...use, named }, refused: [] };
}

const NOTHING: ReadCacheHeaders = { refused: [] };

interface GivenTtl {
  name: string;
  value: number;
}

function askedBy(named: string | undefined, seconds: GivenTtl | undefined): string[] {
  const names = seconds === undefined ? [] : [seconds.name];
  return named === undefined ? names : [...names, KEY];
}

/** What a header says under the first of its names that is there; the others are checked all the same. */
function firstOf<T>(
  headers: HeaderReader,
  names: readonly string[],
  read: (text: string, name: string) => T,
): T | undefined {
  let found: T | undefined;
  for (const name of names) {
    const text = headers.get(name);
    if (text === null) continue;
    const value = read(text, name);
    found ??= value;
  }
  return found;
}

/** The older name once meant milliseconds, most of which are refused as too many seconds. */
function ttlOf(text: string, name: string): GivenTtl {
  const value = Number(text);
  const within = value === 0 || (value >= MINUTE && value <= MONTH);
  if (/^\d+$/.test(text) && within) return { name, value };
  throw outside(name, `0 or a whole number of seconds from ${MINUTE} to ${MONTH}`);
}
