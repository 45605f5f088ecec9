import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { Tab } from "../../lib/policy/limits/tab.ts";
import { CountingWindow } from "../../lib/policy/window.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { FakeClock } from "../support/fake_clock.ts";

test("an answer that was known already takes back all that was counted for it, the request itself too", async () => {
  const clock = new FakeClock();
  const store = createMemoryStore({ clock });
  const window = new CountingWindow(store, clock, { length: 60_000, technique: "fixed" });
  const tab = new Tab();
  tab.countsRequest(await window.add("requests", 1), "requests");
  tab.hold({ of: "tokens", amount: 500, counted: await window.add("tokens", 500), ofTarget: true });
  tab.hold({ of: "cost", amount: 7, counted: await window.add("cost", 7), ofTarget: false });
  const used = () => Promise.all(["requests", "tokens", "cost"].map((key) => window.used(key)));
  assertEquals(await used(), [1, 500, 7]);
  await tab.forgive();
  assertEquals(await used(), [0, 0, 0]);
  await tab.forgive();
  assertEquals(await used(), [0, 0, 0]);
});
