import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { test } from "node:test";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { CACHE, type Store } from "../../lib/store/store.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { xorshift32 } from "../support/xorshift32.ts";
import { testStore } from "./conformance.ts";

testStore("the memory store", () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  return Promise.resolve({ store, advance: (ms: number) => clock.advance(ms) });
});

const present = async (store: Store, keys: string) => {
  const values = await Promise.all([...keys].map((key) => store.get(key)));
  return [...keys].filter((_, at) => values[at] !== undefined).join("");
};

/** How many bytes one such entry counts for. */
async function weightOf(key: string, value: string): Promise<number> {
  const store = createMemoryStore({ clock: new FakeClock() });
  await store.set(key, value, 0);
  return store.bytes;
}

test("the memory store forgets to the millisecond", async () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  await store.set("a", "1", 100);
  await store.add("n", 1, 100);
  await clock.advance(99);
  assertEquals(await store.get("a"), "1");
  assertEquals(await store.add("n", 1, 100), 2);
  await clock.advance(1);
  assertEquals(await store.get("a"), undefined);
  assertEquals(await store.add("n", 1, 100), 1);
});

test("the memory store keeps so many entries, and drops what was used longest ago", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxEntries: 3 });
  for (const key of "abc") await store.set(key, "1", 0);
  await store.get("a");
  await store.compareAndSet("b", "1", "2", 0);
  await store.set("d", "1", 0);
  assertEquals(await present(store, "abcd"), "abd");
});

test("what is used all the time stays, however many others come", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxEntries: 1000 });
  await store.add("hot", 1, 0);
  for (let i = 0; i < 20_000; i++) {
    await store.add(`other ${i}`, 1, 0);
    // A fifth of all that there is room for comes between one use and the next.
    if (i % 200 === 0) await store.add("hot", 1, 0);
  }
  assertEquals([await store.get("hot"), store.entries], ["101", 1000]);
});

test("the memory store keeps so many bytes, and counts what is replaced only once", async () => {
  const value = "x".repeat(10);
  const weight = await weightOf("a", value);
  assert(weight > 22);
  const store = createMemoryStore({ clock: new FakeClock(), maxBytes: 3 * weight });
  for (let i = 0; i < 20; i++) await store.set("a", value, 0);
  await store.set("b", value, 0);
  await store.set("c", value, 0);
  assertEquals(await present(store, "abc"), "abc");
  assertEquals(store.bytes, 3 * weight);
  await store.set("d", value, 0);
  assertEquals(await present(store, "abcd"), "bcd");
});

test("the memory store does not keep what alone is too large, nor what it replaced", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxBytes: 1000 });
  await store.set("a", "1", 0);
  await store.set("b", "1", 0);
  await store.set("a", "x".repeat(1000), 0);
  assertEquals(await present(store, "ab"), "b");
});

test("the memory store drops values before counters, and counters too when there is nothing else", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxEntries: 3 });
  await store.add("n", 1, 0);
  for (const key of "abcdef") await store.set(key, "1", 0);
  assertEquals(await present(store, "abcdefn"), "efn");
  for (const key of "opqr") await store.add(key, 1, 0);
  assertEquals(await present(store, "efnopqr"), "pqr");
  await store.set("g", "1", 0);
  assertEquals(await present(store, "gpqr"), "pqr");
});

test("a counter that is set becomes a value, and a value that is counted a counter", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxEntries: 2 });
  await store.add("a", 1, 0);
  await store.set("a", "7", 0);
  await store.set("b", "1", 0);
  assertEquals(await store.add("b", 1, 0), 2);
  await store.set("c", "1", 0);
  assertEquals(await present(store, "abc"), "bc");
  assertEquals(store.entries, 2);
});

test("what is cached goes first, and never makes room for itself at others' cost", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxBytes: 10_000 });
  await store.add("n", 1, 0);
  await store.compareAndSet("s", undefined, "1", 0);
  await store.set("v", "x".repeat(1000), 0);
  for (let i = 0; i < 50; i++) await store.set(`cache:${i}`, "x".repeat(1000), 0);
  assertEquals(await present(store, "nsv"), "nsv");
  assert(await store.get("cache:49") !== undefined);
  // Alone it would fit, beside the others it doesn't.
  await store.set("cache:long", "x".repeat(4000), 0);
  assertEquals(await store.get("cache:long"), undefined);
  assertEquals(await present(store, "nsv"), "nsv");
  assertLessOrEqual(store.bytes, 10_000);
  for (let i = 0; i < 3; i++) await store.set(`cache:${i}`, "x", 0);
  await store.set("w", "x".repeat(3800), 0);
  assertEquals(await present(store, "nsvw"), "nsw");
  assertEquals(await store.get("cache:2"), undefined);
});

test("what is cached has an eighth of the room until somebody asks for it, and then the rest", async () => {
  const value = "x".repeat(100);
  const weight = await weightOf(`${CACHE}00`, value);
  const store = createMemoryStore({ clock: new FakeClock(), maxBytes: 80 * weight });
  const keys = Array.from({ length: 90 }, (_, at) => `${CACHE}${String(at).padStart(2, "0")}`);
  const kept = () => keys.filter((key) => store.get(key) !== undefined);
  for (const key of keys) await store.set(key, value, 0);
  assertEquals(store.bytes, 10 * weight);
  assertEquals(kept(), keys.slice(80));
  // Now they have been asked for, and none that comes after them pushes them out.
  for (const key of keys.slice(0, 80)) await store.set(key, value, 0);
  assertEquals(store.bytes, 20 * weight);
  for (const key of keys.slice(0, 60)) {
    await store.set(key, value, 0);
    await store.get(key);
  }
  assertEquals(store.bytes, 79 * weight);
  // With all room taken there is still some for those that come.
  for (const key of keys.slice(60, 80)) await store.set(key, value, 0);
  assertEquals(store.bytes, 80 * weight);
  assertEquals(kept(), keys.slice(0, 60).concat(keys.slice(70)));
});

test("a cached answer that is replaced is as wanted as the one before it", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxBytes: 20_000 });
  await store.set(`${CACHE}wanted`, "1", 0);
  await store.get(`${CACHE}wanted`);
  await store.set(`${CACHE}wanted`, "2", 0);
  for (let i = 0; i < 50; i++) await store.set(`${CACHE}${i}`, "x".repeat(100), 0);
  assertEquals(await store.get(`${CACHE}wanted`), "2");
});

test("a cached answer may be longer than the room of those that nobody has asked for", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxBytes: 20_000 });
  await store.set(`${CACHE}long`, "x".repeat(5000), 0);
  assertEquals((await store.get(`${CACHE}long`))?.length, 5000);
  await store.set(`${CACHE}longer`, "x".repeat(4000), 0);
  await store.set(`${CACHE}short`, "x", 0);
  assertEquals(await store.get(`${CACHE}longer`), undefined);
  assertEquals(await store.get(`${CACHE}short`), "x");
});

test("what is swapped is as safe as what is counted", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), maxEntries: 3 });
  await store.compareAndSet("s", undefined, "1", 0);
  for (const key of "abcdef") await store.set(key, "1", 0);
  assertEquals(await present(store, "abcdefs"), "efs");
});

test("a cached key is one value, however it is written", async () => {
  const store = createMemoryStore({ clock: new FakeClock() });
  await store.set("cache:a", "1", 0);
  assertEquals(await store.add("cache:a", 2, 0), 3);
  assertEquals(await store.compareAndSet("cache:a", "3", "4", 0), true);
  assertEquals([await store.get("cache:a"), store.entries], ["4", 1]);
  await store.delete("cache:a");
  assertEquals(store.entries, 0);
});

test("the memory store gives the room of deleted and expired entries back", async () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  await store.set("a", "1", 0);
  await store.set("b", "1", 10);
  await store.delete("a");
  await clock.advance(10);
  assertEquals(await store.get("b"), undefined);
  assertEquals([store.entries, store.bytes], [0, 0]);
});

test("expired entries go although nobody reads them, while others come without end", async () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  let most = 0;
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 500; i++) {
      await store.set(`${round} ${i}`, "v", 1000);
      await store.add(`n ${round} ${i}`, 1, 1000);
    }
    most = Math.max(most, store.entries);
    await clock.advance(1000);
  }
  // A round's 1,000 entries, and those of the round before that have not been looked at yet.
  assertLessOrEqual(most, 2000);
  for (let i = 0; i < 1000; i++) await store.get("nothing");
  assertEquals([store.entries, store.bytes], [0, 0]);
});

test("expired entries go also while the same few are asked for again and again", async () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  const hot = Array.from({ length: 10 }, (_, at) => `${CACHE}hot ${at}`);
  for (const key of hot) await store.set(key, "v", 0);
  for (let round = 0; round < 60; round++) {
    await store.set(`${CACHE}${round}`, "v", 1000);
    await store.add(`n ${round}`, 1, 1000);
    for (const key of hot) await store.get(key);
    await clock.advance(1000);
  }
  // The last round's, and those of a few before it that have not been looked at yet.
  assertLessOrEqual(store.entries, hot.length + 20);
});

test("what has expired goes also while others are only read, one after the other", async () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  for (const key of "abcdefghij") await store.set(key, "v", 0);
  for (const key of "ABCDEFGHIJ") await store.set(key, "v", 1000);
  const read = async (times: number) => {
    for (let i = 0; i < times; i++) await store.get("abcdefghij"[i % 10]!);
  };
  await read(25);
  await clock.advance(1000);
  // What was begun before comes to its end, and then all are passed once more.
  await read(40);
  assertEquals(store.entries, 10);
});

test("what is used just before it would have been looked at is not forgotten over that", async () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  for (const [key, ttl] of [["a", 10], ["b", 0], ["c", 0], ["d", 20]] as const) {
    await store.set(key, "v", ttl);
  }
  await clock.advance(10);
  await store.get("nothing"); // looks at a
  await store.set("e", "v", 0); // at b
  await store.get("d"); // at c, and puts d behind e
  await store.get("nothing"); // at e, the fourth
  await clock.advance(10);
  for (let i = 0; i < 2 * 4; i++) await store.get("nothing");
  assertEquals(store.entries, 3);
});

test("whatever is set, used and deleted in between, all that has expired goes in time", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = xorshift32(seed * 2_654_435_761);
    const random = (below: number) => next() % below;
    let now = 0;
    const store = createMemoryStore({ clock: { now: () => now, after: () => () => {} } });
    const key = () => `${random(2) === 0 ? CACHE : ""}${random(30)}`;
    for (let step = 0; step < 300; step++) {
      const kind = random(10);
      if (kind < 4) void store.set(key(), "v", random(4) === 0 ? 0 : 1 + random(50));
      else if (kind < 7) void store.get(key());
      else if (kind < 8) void store.add(String(random(30)), 1, 1 + random(50));
      else if (kind < 9) void store.delete(key());
      else now += random(20);
    }
    now += random(100);
    for (let left = 2 * store.entries; left > 0; left--) void store.get("nothing");
    const { entries } = store;
    const keys = Array.from({ length: 30 }, (_, at) => [String(at), `${CACHE}${at}`]).flat();
    const alive = keys.filter((key) => store.get(key) !== undefined);
    assertEquals(entries, alive.length, `seed ${seed}`);
  }
});

test("a million distinct keys leave the memory store within its bounds", async () => {
  const bounds = { maxEntries: 10_000, maxBytes: 2_000_000 };
  const store = createMemoryStore({ clock: new FakeClock(), ...bounds });
  for (let i = 0; i < 500_000; i++) {
    // Each is one synchronous step: waiting for it would only take time.
    void store.set(`value ${i}`, "v", 0);
    void store.add(`counter ${i}`, 1, 60_000);
    if (i % 100 > 0) continue;
    assertLessOrEqual(store.entries, bounds.maxEntries);
    assertLessOrEqual(store.bytes, bounds.maxBytes);
  }
  const found = async (from: number, to: number) => {
    let count = 0;
    for (let i = from; i < to; i++) {
      for (const kind of ["value", "counter"]) {
        if (await store.get(`${kind} ${i}`) !== undefined) count++;
      }
    }
    return count;
  };
  assertEquals(await found(0, 5000), 0);
  assertEquals(await found(490_000, 500_000), store.entries);
  assertEquals(await store.get("counter 499999"), "1");
});
