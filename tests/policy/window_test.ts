import { assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { CountingWindow, type Technique } from "../../lib/policy/window.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { FakeClock } from "../support/fake_clock.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 1, 12);

function windowAt(start: number, technique: Technique = "fixed") {
  const clock = new FakeClock(start);
  const store = createMemoryStore({ clock });
  return { clock, store, window: new CountingWindow(store, clock, { length: MINUTE, technique }) };
}

test("a window counts by key, and tells what was there before", async () => {
  const { window } = windowAt(NOON);
  assertEquals((await window.add("a", 2)).before, 0);
  assertEquals((await window.add("a", 3)).before, 2);
  assertEquals([await window.used("a"), await window.used("b")], [5, 0]);
});

test("a fixed window ends where the clock says, not a length after the first count", async () => {
  const { window, clock } = windowAt(NOON + 59_000);
  await window.add("a", 1);
  assertEquals(window.left, 1000);
  await clock.advance(999);
  assertEquals(await window.used("a"), 1);
  await clock.advance(1);
  assertEquals([await window.used("a"), window.left], [0, MINUTE]);
  assertEquals((await window.add("a", 1)).before, 0);
});

test("a sliding window keeps the last one's share of the time it looks back on", async () => {
  const { window, clock } = windowAt(NOON, "sliding");
  await window.add("a", 100);
  await clock.advance(MINUTE);
  assertEquals(await window.used("a"), 100);
  await clock.advance(MINUTE / 4);
  assertEquals(await window.used("a"), 75);
  assertEquals((await window.add("a", 10)).before, 75);
  await clock.advance(MINUTE / 4);
  assertEquals(await window.used("a"), 60);
  await clock.advance(MINUTE);
  assertEquals(await window.used("a"), 5);
  await clock.advance(MINUTE);
  assertEquals(await window.used("a"), 0);
});

test("a correction reaches the window of its count, and no later one", async () => {
  const { window, clock } = windowAt(NOON);
  const counted = await window.add("a", 100);
  await counted.correct(-40);
  assertEquals(await window.used("a"), 60);
  await clock.advance(MINUTE);
  await window.add("a", 7);
  await counted.correct(-60);
  assertEquals(await window.used("a"), 7);
});

test("of many who count at once each has another count before it", async () => {
  const { window } = windowAt(NOON);
  const counted = await Promise.all(Array.from({ length: 100 }, () => window.add("a", 1)));
  assertEquals(counted.filter(({ before }) => before < 10).length, 10);
});

test("nothing is kept for longer than it counts", async () => {
  for (const technique of ["fixed", "sliding"] as const) {
    const { window, store, clock } = windowAt(NOON, technique);
    await window.add("a", 1);
    const name = `a:${MINUTE}:${NOON / MINUTE}`;
    assertEquals(await store.get(name), "1");
    await clock.advance(technique === "fixed" ? MINUTE : 2 * MINUTE);
    assertEquals(await store.get(name), undefined);
  }
});

test("what an engine has forgotten is not taken away from what is counted since", async () => {
  const { window, store } = windowAt(NOON);
  const counted = [await window.add("a", 100), await window.add("a", 50)];
  await store.delete(`a:${MINUTE}:${NOON / MINUTE}`);
  await Promise.all(counted.map((each) => each.correct(-40)));
  assertEquals(await window.used("a"), 0);
  assertEquals((await window.add("a", 1)).before, 0);
});

test("a sliding window tells when an amount will fit, to the moment", async () => {
  const { window, clock } = windowAt(NOON, "sliding");
  await window.add("a", 100);
  await clock.advance(MINUTE);
  const counted = await window.add("a", 10);
  await counted.correct(-10);
  // A tenth of the last window's hundred must have faded.
  assertEquals(window.waitFor(counted, 10, 100), 6_000);
  await clock.advance(6_000);
  assertEquals(await window.used("a"), 90);
  // What the present window holds fades in the next one only.
  await window.add("a", 5);
  const late = await window.add("a", 100);
  assertEquals(window.waitFor(late, 98, 100), 54_000 + 36_000);
  assertEquals(window.waitFor(late, 101, 100), Infinity);
});

test("a fixed window tells when it ends", async () => {
  const { window, clock } = windowAt(NOON + 20_000);
  const counted = await window.add("a", 10);
  await clock.advance(5_000);
  assertEquals(window.waitFor(counted, 10, 10), 35_000);
});

test("where the last window can't be read, nothing is counted in this one", async () => {
  const { window, store } = windowAt(NOON, "sliding");
  const get = store.get.bind(store);
  store.get = () => Promise.reject(new Error("gone"));
  await assertRejects(async () => await window.add("a", 5), Error, "gone");
  store.get = get;
  assertEquals(await window.used("a"), 0);
});
