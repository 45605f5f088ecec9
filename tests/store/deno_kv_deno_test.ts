/** The Deno KV store against Deno's own. */
import { assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { systemClock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import { type DenoKv, denoKvStore } from "../../lib/store/deno_kv.ts";
import { pause } from "../support/waiting.ts";
import { testStore } from "./conformance.ts";

/** A database, as far as tests look into it. */
interface Database extends DenoKv {
  close(): void;
}

interface DenoNamespace {
  openKv?(path: string): Promise<Database>;
}

const { Deno } = globalThis as unknown as { Deno: DenoNamespace };

function openKv(): Promise<Database> {
  if (Deno.openKv === undefined) throw new Error("needs deno test --unstable-kv");
  return Deno.openKv(":memory:");
}

testStore("the Deno KV store", async () => {
  const kv = await openKv();
  return { store: denoKvStore(kv), advance: pause, close: () => Promise.resolve(kv.close()) };
});

/** How many pieces lie in a database. */
async function piecesIn(kv: DenoKv): Promise<number> {
  let pieces = 0;
  for await (const _ of kv.list({ prefix: [] })) pieces++;
  return pieces;
}

test("the Deno KV store leaves nothing of a value that was longer, or was deleted", async () => {
  const kv = await openKv();
  const store = denoKvStore(kv);
  await store.set("a", "x".repeat(200_000), 0);
  assertEquals(await piecesIn(kv), 7);
  await store.set("a", "x".repeat(30_001), 0);
  assertEquals(await piecesIn(kv), 2);
  await store.compareAndSet("a", "x".repeat(30_001), "7", 0);
  assertEquals(await piecesIn(kv), 1);
  await store.add("a", 1, 0);
  await store.delete("a");
  assertEquals(await piecesIn(kv), 0);
  kv.close();
});

test("the Deno KV store keeps all that goes into one step, and refuses more", async () => {
  const kv = await openKv();
  const store = denoKvStore(kv, { timeout: 20_000 });
  for (const value of ["x".repeat(780_000), "世".repeat(390_000)]) {
    await store.set("k".repeat(5000), value, 60_000);
    assertEquals(await store.get("k".repeat(5000)), value);
    const error = await assertRejects(() => store.set("b", `${value}世`, 0), GatewayError);
    assertEquals([error.code, error.status, error.retryable], [2144, 500, false]);
  }
  kv.close();
});

test("no count is lost between programs that share a database", async () => {
  const kv = await openKv();
  const stores = [1, 2, 3].map(() => denoKvStore(kv, { timeout: 20_000 }));
  await Promise.all(
    stores.flatMap((store) => Array.from({ length: 25 }, () => store.add("n", 1, 0))),
  );
  assertEquals(await stores[0]!.get("n"), "75");
  kv.close();
});

test("what Deno has not deleted yet is expired all the same", async () => {
  const kv = await openKv();
  let now = Date.now();
  const store = denoKvStore(kv, { clock: { ...systemClock, now: () => now } });
  await store.set("a", "x".repeat(100_000), 60_000);
  await store.add("n", 1, 60_000);
  now += 60_000;
  assertEquals(await store.get("a"), undefined);
  assertEquals(await store.add("n", 1, 60_000), 1);
  assertEquals(await store.compareAndSet("a", undefined, "1", 0), true);
  assertEquals(await piecesIn(kv), 2);
  kv.close();
});

test("a database that is closed is a store that failed", async () => {
  const kv = await openKv();
  const store = denoKvStore(kv);
  await store.probe();
  kv.close();
  const error = await assertRejects(() => store.probe(), GatewayError);
  assertEquals([error.code, error.message], [2142, "The store (Deno KV) failed: BadResource"]);
});
