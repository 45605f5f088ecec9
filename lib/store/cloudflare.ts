import { systemClock } from "../clock.ts";
import { GatewayError } from "../errors.ts";
import type { StoreCall } from "./cloudflare_object.ts";
import { type GuardOptions, guardStore, PATIENCE } from "./guard.ts";
import { shortKey } from "./short_key.ts";
import { CACHE, type EngineStore } from "./store.ts";

/** The part of a `DurableObjectNamespace` that is used: the binding to {@linkcode StoreObject}. */
export interface StoreNamespace {
  /** The id of the object of this name. */
  idFromName(name: string): unknown;
  /** The object of this id. */
  get(id: unknown): StoreStub;
}

/** One object, as others see it. */
export interface StoreStub {
  /** Asks it something. */
  fetch(url: string, init: { method: string; body: string }): Promise<StoreReply>;
}

/** The part of an object's answer that is used. */
export interface StoreReply {
  /** Its body. */
  json(): Promise<unknown>;
}

/** The part of a `KVNamespace` that is used. */
export interface CacheNamespace {
  /** A value and what was put beside it; both are `null` where there is none. */
  getWithMetadata(key: string, type: "text"): Promise<{ value: string | null; metadata: unknown }>;
  /** Sets a value. */
  put(key: string, value: string, options: CachePutOptions): Promise<void>;
  /** Deletes a value, also where there is none. */
  delete(key: string): Promise<void>;
}

/** How KV keeps a value. */
export interface CachePutOptions {
  /** Seconds, 60 at least. Default: for ever. */
  expirationTtl?: number;
  /** What is kept beside it. */
  metadata: CacheMetadata;
}

/** What is kept beside a value, since KV's own time begins at a minute. */
export interface CacheMetadata {
  /** When the value is over, in milliseconds since the epoch; `null`: never. */
  expires: number | null;
}

/** What {@linkcode cloudflareStore} works on. */
export interface CloudflareStoreOptions extends GuardOptions {
  /** The binding to {@linkcode StoreObject}, which counts and swaps, and keeps what must not be seen late. */
  counters: StoreNamespace;
  /** Where answers are cached. Default: with everything else, in the objects. */
  kv?: CacheNamespace;
  /** What objects' names and KV's keys begin with, 50 characters at most. Default: `dragoman:`. */
  prefix?: string;
  /** How many objects the keys are spread over; another number forgets what is kept. Default: 16. */
  shards?: number;
}

/** The least that KV takes, in seconds. */
const SHORTEST_TTL = 60;

/** Characters of a key below the prefix: KV takes 512 bytes. */
const LONGEST_KEY = 150;

/** Bytes of a row, by Cloudflare's limits for SQLite in Durable Objects. */
const LARGEST = 2_000_000;

/**
 * A store on Cloudflare. Each key belongs to one of a few Durable Objects, which keep all that this interface
 * promises, for keys and values of two megabytes together; one object does about a thousand operations a second.
 *
 * With `kv`, keys that begin with `cache:` are in Workers KV instead: nearer to where requests come in, cheaper to
 * read, up to 25 MiB, and only eventually consistent. What was set in one place may be seen in others a minute
 * later, and so may what was replaced or deleted.
 *
 * @example
 * ```ts
 * import { type CacheNamespace, cloudflareStore, type StoreNamespace } from "dragoman/cloudflare";
 * import { createWorker } from "dragoman/workers";
 *
 * // wrangler.json: "durable_objects": { "bindings": [{ "name": "STORE", "class_name": "StoreObject" }] },
 * // "migrations": [{ "tag": "v1", "new_sqlite_classes": ["StoreObject"] }],
 * // "kv_namespaces": [{ "binding": "CACHE", "id": "..." }]
 * export { StoreObject } from "dragoman/cloudflare";
 *
 * interface Env {
 *   STORE: StoreNamespace;
 *   CACHE: CacheNamespace;
 * }
 *
 * export default createWorker((env: Env) => ({
 *   store: cloudflareStore({ counters: env.STORE, kv: env.CACHE }),
 * }));
 * ```
 */
export function cloudflareStore(options: CloudflareStoreOptions): EngineStore {
  const { timeout = PATIENCE, clock = systemClock, kv } = options;
  const objects = storeInObjects(options);
  const cache = kv === undefined ? objects : { ...objects, ...cacheIn(kv, options) };
  const placeOf = (key: string) => key.startsWith(CACHE) ? cache : objects;
  const store: EngineStore = {
    ...objects,
    get: (key) => placeOf(key).get(key),
    set: (key, value, ttl) => placeOf(key).set(key, value, ttl),
    delete: (key) => placeOf(key).delete(key),
    probe: async () => void await Promise.all([objects.get("probe"), cache.get(`${CACHE}probe`)]),
  };
  return guardStore(store, "Cloudflare", { timeout, clock });
}

function storeInObjects(
  { counters, prefix = "dragoman:", shards = 16 }: CloudflareStoreOptions,
): Omit<EngineStore, "probe"> {
  const ask = async (...call: StoreCall) => {
    const stub = counters.get(counters.idFromName(prefix + hashOf(call[1]) % shards));
    const reply = await stub.fetch("https://store/", {
      method: "POST",
      body: JSON.stringify(call),
    });
    return await reply.json();
  };
  return {
    get: async (key) => await ask("get", key) as string | null ?? undefined,
    async set(key, value, ttl) {
      refuseLarge(key, value);
      await ask("set", key, value, ttl);
    },
    delete: async (key) => void await ask("delete", key),
    add: async (key, amount, ttl) => Number(await ask("add", key, amount, ttl)),
    async compareAndSet(key, expected, value, ttl) {
      refuseLarge(key, value);
      return await ask("compareAndSet", key, expected ?? null, value, ttl) === true;
    },
  };
}

function cacheIn(
  kv: CacheNamespace,
  { prefix = "dragoman:", clock = systemClock }: CloudflareStoreOptions,
): Pick<EngineStore, "get" | "set" | "delete"> {
  const nameOf = (key: string) => prefix + shortKey(key, LONGEST_KEY);
  return {
    async get(key) {
      const { value, metadata } = await kv.getWithMetadata(nameOf(key), "text");
      const { expires } = metadata as CacheMetadata | null ?? { expires: null };
      return value === null || (expires ?? Infinity) <= clock.now() ? undefined : value;
    },
    async set(key, value, ttl) {
      const expires = ttl === 0 ? null : clock.now() + ttl;
      const expirationTtl = Math.max(SHORTEST_TTL, Math.ceil(ttl / 1000));
      await kv.put(nameOf(key), value, {
        ...(ttl !== 0 && { expirationTtl }),
        metadata: { expires },
      });
    },
    delete: (key) => kv.delete(nameOf(key)),
  };
}

/** workerd by itself would take more. */
function refuseLarge(key: string, value: string): void {
  const bytes = new TextEncoder().encode(key + value).length;
  if (bytes <= LARGEST) return;
  throw new GatewayError(
    2144,
    `A Durable Object keeps no key and value of more than ${LARGEST} bytes; these have ${bytes}`,
  );
}

/** FNV-1a: spreads keys that differ by a letter over all objects. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
