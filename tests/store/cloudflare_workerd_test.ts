/** The Cloudflare store on workerd: Durable Objects on its SQLite, and KV behind its binding. */
import { assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import {
  type CacheNamespace,
  cloudflareStore,
  type StoreNamespace,
} from "../../lib/store/cloudflare.ts";
import { StoreObject, type StoreObjectState } from "../../lib/store/cloudflare_object.ts";
import { CACHE, type Store } from "../../lib/store/store.ts";
import { bindings } from "../support/workerd/collector.ts";
import { pause } from "../support/waiting.ts";
import { testCache, testStore } from "./conformance.ts";

/** The object with a window: how many rows it has and when its alarm is, after it has gone off if it is asked to. */
export class TestObject extends StoreObject {
  #state: StoreObjectState;

  constructor(state: StoreObjectState) {
    super(state);
    this.#state = state;
  }

  override async fetch(request: Request): Promise<Response> {
    if (!request.url.endsWith("/window")) return await super.fetch(request);
    await this.alarm();
    const { sql } = this.#state.storage;
    return Response.json([...sql.exec("SELECT key FROM entries ORDER BY key")]);
  }
}

interface Env {
  COUNTERS: StoreNamespace;
  KV: CacheNamespace;
}

let stores = 0;
const make = (withKv: boolean, more: { shards?: number; timeout?: number } = {}) => {
  const { COUNTERS: counters, KV: kv } = bindings as Env;
  const prefix = `test-${stores++}:`;
  return cloudflareStore({ counters, prefix, ...(withKv && { kv }), timeout: 5000, ...more });
};

testStore(
  "the Cloudflare store without KV",
  () => Promise.resolve({ store: make(false), advance: pause }),
);

testStore(
  "the Cloudflare store with KV, outside of the cache,",
  () => Promise.resolve({ store: make(true), advance: pause }),
);

/** The same keys, in the cache. */
const cached = (store: Store): Store => ({
  ...store,
  get: (key) => store.get(CACHE + key),
  set: (key, value, ttl) => store.set(CACHE + key, value, ttl),
  delete: (key) => store.delete(CACHE + key),
});

testCache(
  "the Cloudflare store's cache in KV",
  () => Promise.resolve({ store: cached(make(true)), advance: pause }),
);

test("the Cloudflare store has the cache in KV and all else in objects", async () => {
  const { KV } = bindings as Env;
  const store = make(true);
  const prefix = `test-${stores - 1}:`;
  await store.set("cache:a", "1", 1000);
  await store.set("a", "2", 1000);
  assertEquals((await KV.getWithMetadata(`${prefix}cache:a`, "text")).value, "1");
  assertEquals((await KV.getWithMetadata(`${prefix}a`, "text")).value, null);
  assertEquals(await store.get("cache:a"), "1");
  assertEquals(await store.get("a"), "2");
  await store.probe();
});

test("an object clears away what has expired although nobody reads it", async () => {
  const { COUNTERS } = bindings as Env;
  const store = make(false, { shards: 1 });
  const stub = COUNTERS.get(COUNTERS.idFromName(`test-${stores - 1}:0`));
  const rows = async () => await (await stub.fetch("https://store/window", ASK)).json();
  await store.set("a", "1", 50);
  await store.add("b", 1, 50);
  await store.compareAndSet("c", undefined, "1", 60_000);
  await store.set("d", "1", 0);
  await pause(100);
  assertEquals(await rows(), [{ key: "c" }, { key: "d" }]);
});

const ASK = { method: "POST", body: "" };

test("what is too large for a row is refused before it is sent", async () => {
  const store = make(false);
  const value = "ü".repeat(1_000_000);
  const error = await assertRejects(() => store.set("a", value, 0), GatewayError);
  assertEquals([error.code, error.status], [2144, 500]);
  await assertRejects(() => store.compareAndSet("a", undefined, value, 0), GatewayError);
  await store.set("", value, 0);
  assertEquals(await store.get(""), value);
});

test("an object that fails or says nothing is a store that failed", async () => {
  const fetch = [() => Promise.reject(new TypeError("no")), () => new Promise<never>(() => {})];
  const codes = [];
  for (const answer of fetch) {
    const counters = { idFromName: (name: string) => name, get: () => ({ fetch: answer }) };
    const store = cloudflareStore({ counters, timeout: 50 });
    codes.push((await assertRejects(() => store.get("a"), GatewayError)).code);
  }
  assertEquals(codes, [2142, 2143]);
});
