/** What every store must do, whatever keeps its values; an adapter's test calls this with its own factory. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { Store } from "../../lib/store/store.ts";

export interface StoreUnderTest {
  store: Store;
  /** Lets so many milliseconds pass for the store. */
  advance(ms: number): Promise<void>;
  close?(): Promise<void>;
}

/** Registers the tests of one kind of store; `make` gives a fresh, empty one. */
export function testStore(name: string, make: () => Promise<StoreUnderTest>): void {
  const check = (what: string, body: (under: StoreUnderTest) => Promise<void>) =>
    test(`${name} ${what}`, async () => {
      const under = await make();
      try {
        await body(under);
      } finally {
        await under.close?.();
      }
    });

  check("gives back what was set, and nothing for what was not", async ({ store }) => {
    await store.set("a", "1", 0);
    await store.set("", "empty key", 0);
    await store.set("empty value", "", 0);
    assertEquals(await store.get("a"), "1");
    assertEquals(await store.get(""), "empty key");
    assertEquals(await store.get("empty value"), "");
    assertEquals(await store.get("b"), undefined);
  });

  check("keeps every text as it is, in keys and values", async ({ store }) => {
    const texts = ["__proto__", "constructor", "a b\n\u0000", "ü世🌍", "x".repeat(100_000)];
    for (const text of texts) await store.set(text, text, 0);
    for (const text of texts) assertEquals(await store.get(text), text);
  });

  check("replaces a value and its time to live", async ({ store, advance }) => {
    await store.set("a", "1", 100);
    await store.set("a", "2", 0);
    await advance(1000);
    assertEquals(await store.get("a"), "2");
    await store.set("a", "3", 100);
    await advance(100);
    assertEquals(await store.get("a"), undefined);
  });

  check("forgets a value when its time is up, not before", async ({ store, advance }) => {
    await store.set("a", "1", 100);
    await advance(99);
    assertEquals(await store.get("a"), "1");
    await advance(1);
    assertEquals(await store.get("a"), undefined);
  });

  check("deletes, also what is not there", async ({ store }) => {
    await store.set("a", "1", 0);
    await store.delete("a");
    await store.delete("b");
    assertEquals(await store.get("a"), undefined);
  });

  check("counts from 0, up and down, in fractions too", async ({ store }) => {
    assertEquals(await store.add("n", 2, 0), 2);
    assertEquals(await store.add("n", -3, 0), -1);
    assertEquals(await store.add("n", 0.5, 0), -0.5);
    assertEquals(await store.get("n"), "-0.5");
    assertEquals(await store.add("m", 0, 0), 0);
  });

  check("counts a counter's time from its creation", async ({ store, advance }) => {
    await store.add("n", 1, 100);
    await advance(60);
    assertEquals(await store.add("n", 1, 100), 2);
    await advance(40);
    assertEquals(await store.add("n", 1, 100), 1);
  });

  check("loses no count when many add at once", async ({ store }) => {
    const sums = await Promise.all(Array.from({ length: 100 }, () => store.add("n", 1, 0)));
    assertEquals(new Set(sums).size, 100);
    assertEquals(await store.get("n"), "100");
  });

  check("swaps only what is still as expected", async ({ store }) => {
    assertEquals(await store.compareAndSet("a", "1", "2", 0), false);
    assertEquals(await store.compareAndSet("a", undefined, "1", 0), true);
    assertEquals(await store.compareAndSet("a", undefined, "x", 0), false);
    assertEquals(await store.compareAndSet("a", "1", "2", 0), true);
    assertEquals(await store.get("a"), "2");
  });

  check("takes an expired value for absent when it swaps", async ({ store, advance }) => {
    await store.set("a", "1", 10);
    await advance(10);
    assertEquals(await store.compareAndSet("a", "1", "2", 0), false);
    assertEquals(await store.compareAndSet("a", undefined, "2", 50), true);
    await advance(50);
    assertEquals(await store.get("a"), undefined);
  });

  check("lets one of many win a swap", async ({ store }) => {
    const wins = await Promise.all(
      Array.from({ length: 50 }, (_, i) => store.compareAndSet("a", undefined, String(i), 0)),
    );
    assertEquals(wins.filter((won) => won).length, 1);
    assert(wins[Number(await store.get("a"))]);
  });
}
