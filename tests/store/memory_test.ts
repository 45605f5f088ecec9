import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { testStore } from "./conformance.ts";

testStore("the memory store", () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  return Promise.resolve({ store, advance: (ms: number) => clock.advance(ms) });
});

const present = async (store: ReturnType<typeof createMemoryStore>, keys: string) => {
  const values = await Promise.all([...keys].map((key) => store.get(key)));
  return [...keys].filter((_, at) => values[at] !== undefined).join("");
};

test("the memory store keeps so many entries, and drops what was used longest ago", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), entries: 3 });
  for (const key of "abc") await store.set(key, "1", 0);
  await store.get("a");
  await store.add("b", 1, 0);
  await store.set("d", "1", 0);
  assertEquals(await present(store, "abcd"), "abd");
});

test("the memory store keeps so many bytes, and counts what is replaced only once", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), bytes: 2 * 3 * 11 });
  const value = "x".repeat(10);
  for (let i = 0; i < 20; i++) await store.set("a", value, 0);
  await store.set("b", value, 0);
  await store.set("c", value, 0);
  assertEquals(await present(store, "abc"), "abc");
  await store.set("d", value, 0);
  assertEquals(await present(store, "abcd"), "bcd");
});

test("the memory store does not keep what alone is too large, nor what it replaced", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), bytes: 100 });
  await store.set("a", "1", 0);
  await store.set("b", "1", 0);
  await store.set("a", "x".repeat(1000), 0);
  assertEquals(await present(store, "ab"), "b");
});

test("the memory store gives the room of deleted and expired entries back", async () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock, bytes: 2 * 2 * 11 });
  const value = "x".repeat(10);
  for (let i = 0; i < 20; i++) {
    await store.set("a", value, i % 2 === 0 ? 0 : 10);
    await store.delete("a");
    await store.set("b", value, 5);
    await clock.advance(5);
    assertEquals(await store.get("b"), undefined);
  }
  await store.set("c", value, 0);
  await store.set("d", value, 0);
  assertEquals(await present(store, "cd"), "cd");
});

test("100,000 writes leave the memory store within its bounds", async () => {
  const store = createMemoryStore({ clock: new FakeClock(), entries: 100 });
  for (let i = 0; i < 100_000; i++) await store.set(`k${i}`, "v", 0);
  let kept = 0;
  for (let i = 0; i < 100_000; i++) if (await store.get(`k${i}`) !== undefined) kept++;
  assertEquals(kept, 100);
});
