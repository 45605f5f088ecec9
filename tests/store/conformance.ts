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

type Make = () => Promise<StoreUnderTest>;
type Check = (what: string, body: (under: StoreUnderTest) => Promise<void>) => void;

/** What real engines are given in milliseconds, and how long it is waited for; `LONG` is never waited for. */
const [SHORT, WAIT, LONG] = [150, 250, 600_000];

/** Registers the tests of one kind of store; `make` gives a fresh, empty one. `skip` says why they can't run here. */
export function testStore(name: string, make: Make, skip: string | false = false): void {
  testCache(name, make, skip);
  testSteps(checkWith(name, make, skip));
}

/**
 * What a store that is only eventually consistent promises too, if nobody has asked for a key before it was set:
 * `get`, `set` and `delete`. It counts nothing, and swaps nothing.
 */
export function testCache(name: string, make: Make, skip: string | false = false): void {
  testTexts(checkWith(name, make, skip));
  testLifetimes(checkWith(name, make, skip));
}

function checkWith(name: string, make: Make, skip: string | false): Check {
  return (what, body) =>
    void test(`${name} ${what}`, { skip }, async () => {
      const under = await make();
      try {
        await body(under);
      } finally {
        await under.close?.();
      }
    });
}

function testTexts(check: Check): void {
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
    const odd = [
      "__proto__",
      "constructor",
      "a b\n\u0000",
      "ü世🌍",
      "a/b?c#d%20",
      "..",
      "*",
      "{a}b",
    ];
    const texts = [...odd, "x".repeat(100_000), "🌍".repeat(50_000)];
    for (const text of texts) await store.set(text, text, 0);
    for (const text of texts) assertEquals(await store.get(text), text);
  });

  check("tells keys apart that begin alike, however long they are", async ({ store }) => {
    const keys = ["k", "k:", "k::", "K", ...["1", "2"].map((end) => "k".repeat(3000) + end)];
    for (const key of keys) await store.set(key, `of ${key}`, 0);
    await store.delete("k:");
    for (const key of keys) {
      assertEquals(await store.get(key), key === "k:" ? undefined : `of ${key}`);
    }
  });

  check(
    "replaces a long value by a short one, and a short one by a long one",
    async ({ store }) => {
      for (const value of ["x".repeat(200_000), "short", "y".repeat(150_000), ""]) {
        await store.set("a", value, 0);
        assertEquals(await store.get("a"), value);
      }
    },
  );

  check("deletes, also what is not there", async ({ store }) => {
    await store.set("a", "1".repeat(100_000), 0);
    await store.delete("a");
    await store.delete("b");
    assertEquals(await store.get("a"), undefined);
    await store.set("a", "2", 0);
    assertEquals(await store.get("a"), "2");
  });
}

function testLifetimes(check: Check): void {
  check("forgets a value when its time is up, not before", async ({ store, advance }) => {
    await store.set("short", "1", SHORT);
    await store.set("long", "2", LONG);
    assertEquals(await store.get("long"), "2");
    await advance(WAIT);
    assertEquals(await store.get("short"), undefined);
    assertEquals(await store.get("long"), "2");
  });

  check("replaces a value's time to live with the value", async ({ store, advance }) => {
    await store.set("for ever", "1", SHORT);
    await store.set("for ever", "2", 0);
    await store.set("for now", "1", 0);
    await store.set("for now", "2", SHORT);
    await advance(WAIT);
    assertEquals(await store.get("for ever"), "2");
    assertEquals(await store.get("for now"), undefined);
  });

  check("takes a fraction of a millisecond for a time to live", async ({ store, advance }) => {
    await store.set("a", "1", 0.25);
    await store.set("b", "1", LONG + 0.5);
    await advance(WAIT);
    assertEquals(await store.get("a"), undefined);
    assertEquals(await store.get("b"), "1");
  });
}

function testSteps(check: Check): void {
  check("counts from 0, up and down, in fractions too", async ({ store }) => {
    assertEquals(await store.add("n", 2, 0), 2);
    assertEquals(await store.add("n", -3, 0), -1);
    assertEquals(await store.add("n", 0.5, 0), -0.5);
    assertEquals(await store.get("n"), "-0.5");
    assertEquals(await store.add("m", 0, 0), 0);
  });

  check("counts whole numbers exactly, as far as numbers go", async ({ store }) => {
    const most = Number.MAX_SAFE_INTEGER;
    assertEquals(await store.add("n", most - 1, 0), most - 1);
    assertEquals(await store.add("n", 1, 0), most);
    assertEquals(await store.get("n"), String(most));
    assertEquals(await store.add("n", -most, 0), 0);
    assertEquals(await store.add("n", 0.1, 0), 0.1);
    assertEquals(await store.add("n", 0.2, 0), 0.1 + 0.2);
  });

  check("counts on from what was set", async ({ store }) => {
    await store.set("n", "41", 0);
    assertEquals(await store.add("n", 1, 0), 42);
    assert(await store.compareAndSet("n", "42", "1", 0));
    await store.delete("n");
    assertEquals(await store.add("n", 1, 0), 1);
  });

  check("counts a counter's time from its creation", async ({ store, advance }) => {
    await store.add("short", 1, SHORT);
    assertEquals(await store.add("short", 1, LONG), 2);
    await store.add("long", 1, LONG);
    await store.add("long", 1, SHORT);
    await store.add("for ever", 1, 0);
    await store.add("for ever", 1, SHORT);
    await advance(WAIT);
    assertEquals(await store.add("short", 1, SHORT), 1);
    assertEquals(await store.add("long", 1, SHORT), 3);
    assertEquals(await store.add("for ever", 1, SHORT), 3);
    await advance(WAIT);
    assertEquals(await store.get("short"), undefined);
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

  check("tells an empty value from none when it swaps", async ({ store }) => {
    assertEquals(await store.compareAndSet("a", "", "x", 0), false);
    assertEquals(await store.compareAndSet("a", undefined, "", 0), true);
    assertEquals(await store.compareAndSet("a", undefined, "x", 0), false);
    assertEquals(await store.compareAndSet("a", "", "x", 0), true);
  });

  check("swaps long values", async ({ store }) => {
    const [one, two] = ["a".repeat(100_000) + "1", "a".repeat(100_000) + "2"];
    await store.set("a", one, 0);
    assertEquals(await store.compareAndSet("a", two, "x", 0), false);
    assertEquals(await store.compareAndSet("a", one, two, 0), true);
    assertEquals(await store.get("a"), two);
  });

  check("takes an expired value for absent when it swaps", async ({ store, advance }) => {
    await store.set("a", "1", SHORT);
    await store.set("b", "1", SHORT);
    await advance(WAIT);
    assertEquals(await store.compareAndSet("a", "1", "2", 0), false);
    assertEquals(await store.compareAndSet("b", undefined, "2", SHORT), true);
    await advance(WAIT);
    assertEquals(await store.get("b"), undefined);
  });

  check("lets one of many win a swap", async ({ store }) => {
    const wins = await Promise.all(
      Array.from({ length: 50 }, (_, i) => store.compareAndSet("a", undefined, String(i), 0)),
    );
    assertEquals(wins.filter((won) => won).length, 1);
    assert(wins[Number(await store.get("a"))]);
  });
}
