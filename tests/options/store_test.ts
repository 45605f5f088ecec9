import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { checkOptions } from "../../lib/options/mod.ts";
import { guardStore } from "../../lib/store/guard.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { faultsOf, settingsOf } from "./support.ts";

const clock = new FakeClock();

test("without a store everything is kept in memory, by the gateway's clock", async () => {
  for (const store of [undefined, { type: "memory" }]) {
    const settings = settingsOf({ store, clock });
    await settings.store.set("a", "1", 1000);
    assertEquals(await settings.store.get("a"), "1");
    await clock.advance(1000);
    assertEquals(await settings.store.get("a"), undefined);
  }
});

test("every gateway has a memory of its own", async () => {
  const [one, two] = [settingsOf({}), settingsOf({})];
  await one.store.set("a", "1", 0);
  assertEquals(await two.store.get("a"), undefined);
});

test("the memory's bounds are those that are written", async () => {
  const { store } = settingsOf({ store: { type: "memory", maxEntries: 2, maxBytes: 100_000 } });
  for (const key of "abc") await store.set(key, "1", 0);
  assertEquals(await store.get("a"), undefined);
  await store.set("d", "x".repeat(60_000), 0);
  assertEquals(await store.get("d"), undefined);
  assertEquals(await store.get("c"), "1");
});

test("a store that is handed in is the one that is used, within a second unless it has a time of its own", async () => {
  const store = createMemoryStore({ clock });
  await settingsOf({ store }).store.set("a", "1", 0);
  assertEquals(await store.get("a"), "1");
  const guarded = guardStore(store, "mine", { timeout: 5000, clock });
  assertStrictEquals(settingsOf({ store: guarded }).store, guarded);
});

test("what is wrong with a store is told with its path", () => {
  const what =
    'a store, with get, set, delete, add, compareAndSet, or an object with the type "memory" or "redis"';
  const wrong: [unknown, ...string[]][] = [
    ["redis://:secret@host", `store must be ${what}, got a string`],
    [null, `store must be ${what}, got null`],
    [{ get() {} }, `store must be ${what}, got an object`],
    [{}, "store.type is missing"],
    [{ type: "reddis" }, 'store.type must be "memory" or "redis", got "reddis"'],
    [{ type: "memory", maxBytes: 10 }, MAX_BYTES],
    [
      { type: "memory", maxEntires: 10 },
      'store.maxEntires is not an option (did you mean "maxEntries"?)',
    ],
    [{ type: "redis" }, "store.url is missing"],
    [
      { type: "redis", url: "redis://h", prefix: "a b", timeout: 0 },
      "store.prefix must be 1 to 50 printable characters without spaces",
      "store.timeout must be a whole number of milliseconds from 1 to 60000, got 0",
    ],
  ];
  for (const [store, ...faults] of wrong) assertEquals(faultsOf({ store }), faults);
});

const MAX_BYTES =
  "store.maxBytes must be a whole number of bytes from 100000 to 1099511627776, got 10";

test("an address of Redis that can't be right is refused, and never shown", () => {
  const wrong = [
    "127.0.0.1:6379",
    "http://:hunter2@host",
    "redis://",
    "redis://:hunter2@host/name",
    "redis://:hunter2@host?db=1",
    "redis://:hunter2@host#1",
  ];
  for (const url of wrong) {
    const faults = faultsOf({ store: { type: "redis", url } });
    assertEquals(faults.length, 1, url);
    assert(faults[0]!.startsWith("store.url must ") && !faults[0]!.includes("hunter2"), faults[0]);
  }
});

test("only a door that has a client for Redis opens one, once all else is right", () => {
  const written = { type: "redis", url: "rediss://u:p%40@host:6380/2", prefix: "p:", timeout: 50 };
  assertEquals(faultsOf({ store: written }), [
    'store.type can be "redis" only where the command serves, on Bun, Node or Deno; ' +
    "in code, give redisStore(client) from dragoman/redis as store",
  ]);
  const opened: unknown[] = [];
  const door = {
    openByDefault: true,
    openRedis(settings: unknown) {
      opened.push(settings);
      return createMemoryStore({ clock });
    },
  };
  assertThrows(() => checkOptions({ store: written, bodyLimit: 0 }, door));
  const fault = { gateways: { default: { open: true, accessKeys: ["ak-1234567"] } } };
  assertThrows(() => checkOptions({ store: written, ...fault }, door));
  assertEquals(opened, []);
  checkOptions({ store: written }, door);
  assertEquals(opened, [written]);
});

const SECRET = "what nobody guesses, of thirty-two characters";

test("a secret is 32 characters or more, one or a list, and never shown", () => {
  const wrong: [unknown, string][] = [
    [
      "hunter2",
      "secret must have 32 characters or more, and has 7: make one with openssl rand -base64 32",
    ],
    [`${SECRET}\n`, "secret has white space at an end: take it away"],
    [[], "secret is empty: list secrets, or leave it out"],
    [
      [SECRET, ""],
      "secret[1] must have 32 characters or more, and has 0: make one with openssl rand -base64 32",
    ],
    [42, "secret must be a secret, got a number"],
  ];
  for (const [secret, fault] of wrong) assertEquals(faultsOf({ secret }), [fault]);
});

test("only what leaves the process is sealed, and only by whoever has a secret", async () => {
  const store = createMemoryStore({ clock });
  assertEquals(settingsOf({ secret: SECRET }).sealFor, undefined);
  assertEquals(settingsOf({ store: { type: "memory" }, secret: SECRET }).sealFor, undefined);
  assertEquals(settingsOf({ store }).sealFor, undefined);
  const [old, both] = [SECRET, [`new ${SECRET}`, SECRET]].map((secret) =>
    settingsOf({ store, secret }).sealFor!("cache")
  );
  assertEquals(await both!.open(await old!.seal("text", "key"), "key"), "text");
});
