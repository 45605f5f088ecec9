import { assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { Slots, TERM } from "../../lib/policy/slots.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { FakeClock } from "../support/fake_clock.ts";

function slotsAt(start = Date.UTC(2026, 0, 1)) {
  const clock = new FakeClock(start);
  const store = createMemoryStore({ clock });
  return { clock, store, slots: new Slots(store, clock) };
}

test("a place is taken until it is given back", async () => {
  const { slots } = slotsAt();
  const first = await slots.take("a");
  const second = await slots.take("a");
  assertEquals([first.before, second.before, (await slots.take("b")).before], [0, 1, 0]);
  await first.correct(-1);
  assertEquals(await slots.used("a"), 1);
});

test("a place stays taken for as long as it is needed, however many terms that are", async () => {
  const { slots, clock } = slotsAt();
  await clock.advance(TERM - 1);
  const held = await slots.take("a");
  for (let half = 0; half < 20; half++) {
    await clock.advance(TERM / 2);
    assertEquals(await slots.used("a"), 1, `after ${half + 1} half terms`);
  }
  await held.correct(-1);
  assertEquals(await slots.used("a"), 0);
  assertEquals(clock.waiting, 0);
});

test("whoever dies holds his place for two terms at most, and for one at least", async () => {
  const { slots, clock, store } = slotsAt();
  // A process that died counted, and renews nothing.
  await store.add(`a:${TERM}:${Math.floor(clock.now() / TERM)}`, 1, 2 * TERM);
  await clock.advance(TERM);
  assertEquals(await slots.used("a"), 1);
  await clock.advance(TERM);
  assertEquals(await slots.used("a"), 0);
});

test("a place that is given back while it is being taken over is free", async () => {
  const { slots, clock, store } = slotsAt();
  await clock.advance(TERM - 1);
  let go = () => {};
  const add = store.add.bind(store);
  const held = await slots.take("a");
  store.add = async (...args) => {
    await new Promise<void>((resolve) => go = resolve);
    return add(...args);
  };
  await clock.advance(TERM / 2);
  store.add = add;
  const given = held.correct(-1);
  go();
  await given;
  assertEquals(await slots.used("a"), 0);
  await clock.advance(10 * TERM);
  assertEquals([await slots.used("a"), clock.waiting], [0, 0]);
});

test("of two who take the last place where two terms meet, the later one sees the other", async () => {
  const { store } = slotsAt();
  const early = new Slots(store, new FakeClock(Date.UTC(2026, 0, 1) - 1));
  const late = new Slots(store, new FakeClock(Date.UTC(2026, 0, 1)));
  for (const order of [[early, late], [late, early]]) {
    const taken = [];
    for (const slots of order) taken.push(await slots.take("a"));
    assertEquals(taken.map(({ before }) => before), [0, 1]);
    for (const place of taken) await place.correct(-1);
  }
});

test("what an engine has forgotten is not given back to it", async () => {
  const { slots, store, clock } = slotsAt();
  const places = [await slots.take("a"), await slots.take("a")];
  await store.delete(`a:${TERM}:${Math.floor(clock.now() / TERM)}`);
  await Promise.all(places.map((place) => place.correct(-1)));
  assertEquals((await slots.take("a")).before, 0);
  assertEquals(await slots.used("a"), 1);
});

test("a store that fails while a place is taken over is asked again", async () => {
  const { slots, store, clock } = slotsAt();
  const held = await slots.take("a");
  const add = store.add.bind(store);
  store.add = () => Promise.reject(new Error("gone"));
  await clock.advance(TERM);
  store.add = add;
  await clock.advance(TERM / 2);
  assertEquals(await slots.used("a"), 1);
  await clock.advance(3 * TERM);
  assertEquals(await slots.used("a"), 1);
  await held.correct(-1);
  assertEquals(await slots.used("a"), 0);
});

test("a place is free again where nobody can tell how many are taken", async () => {
  const { slots, store } = slotsAt();
  const get = store.get.bind(store);
  store.get = () => Promise.reject(new Error("gone"));
  await assertRejects(async () => await slots.take("a"), Error, "gone");
  store.get = get;
  assertEquals(await slots.used("a"), 0);
});
