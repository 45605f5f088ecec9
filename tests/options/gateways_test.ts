import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { systemClock } from "../../lib/clock.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { checkOptions } from "../../lib/options/mod.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { faultsOf, settingsOf } from "./support.ts";

const one = (entry: unknown) =>
  settingsOf({ gateways: { default: entry } }).gateways.get("default")!;
const faults = (entry: unknown) => faultsOf({ gateways: { default: entry } });

/** Which gateways are open, by id. */
function openness(gateways: unknown, openByDefault: boolean): Record<string, boolean> {
  const settings = checkOptions({ gateways }, { openByDefault });
  return Object.fromEntries([...settings.gateways].map(([id, { open }]) => [id, open]));
}

test("without any access key the door decides whether gateways are open", () => {
  assertEquals(openness({ a: {} }, true), { default: true, a: true });
  assertEquals(openness({ a: {} }, false), { default: false, a: false });
});

test("one access key anywhere closes every gateway that doesn't say otherwise", () => {
  const a = { accessKeys: ["secret"] };
  assertEquals(openness({ a }, true), { default: false, a: false });
  assertEquals(openness({ a, b: {} }, true), { default: false, a: false, b: false });
  assertEquals(openness({ a, b: { open: true } }, true), { default: false, a: false, b: true });
});

test("what a gateway says of itself beats the door", () => {
  assertEquals(openness({ default: { open: true } }, false), { default: true });
  assertEquals(openness({ default: { open: false } }, true), { default: false });
});

test("open: true beside access keys is refused", () => {
  assertEquals(faults({ open: true, accessKeys: ["secret"] }), [
    "gateways.default.open cannot be true beside accessKeys: drop one",
  ]);
  assertEquals(one({ open: false, accessKeys: ["secret"] }).open, false);
});

test("access keys are kept as digests, with a name each", () => {
  const digest = sha256Hex("third");
  const { accessKeys } = one({
    accessKeys: ["first", { name: "ci", key: "second" }, {
      name: "ops",
      digest: digest.toUpperCase(),
    }],
  });
  assertEquals(accessKeys, [
    { name: "key-1", digest: sha256Hex("first"), gateways: ["default"] },
    { name: "ci", digest: sha256Hex("second"), gateways: ["default"] },
    { name: "ops", digest, gateways: ["default"] },
  ]);
});

test("the same access key twice is refused, however it is written", () => {
  assertEquals(faults({ accessKeys: ["secret", "secret"] }), [
    "gateways.default.accessKeys[1] is the same key as accessKeys[0]",
  ]);
  assertEquals(faults({ accessKeys: ["secret", { name: "a", digest: sha256Hex("secret") }] }), [
    "gateways.default.accessKeys[1] is the same key as accessKeys[0]",
  ]);
  assertEquals(faults({ accessKeys: [{ name: "a", key: "x" }, { name: "a", key: "y" }] }), [
    "gateways.default.accessKeys[1].name is also the name of accessKeys[0]",
  ]);
});

test("one access key may open several gateways", () => {
  const entry = { accessKeys: [{ name: "ci", key: "secret" }] };
  assertEquals(settingsOf({ gateways: { a: entry, b: entry } }).gateways.size, 3);
});

test("access keys that are none close the start, and are never quoted", () => {
  const cases: [unknown, string][] = [
    ["", " is empty: give the key, or leave it out"],
    [" secret", " has white space at an end: take it away"],
    ["sécret", " has characters that no key has: only printable ASCII"],
    ["Bearer secret", ' starts with "Bearer": give the key alone'],
    ["dragoman", " is a stand-in, not a key"],
    ["undefined", " is a stand-in, not a key"],
    [7, " must be a key or an object { name, key } or { name, digest }, got a number"],
    [{ name: "a", key: "" }, ".key is empty: give the key, or leave it out"],
    [{ name: "a" }, " must have either key or digest"],
    [{ name: "a", key: "x", digest: sha256Hex("x") }, " must have either key or digest"],
    [{ key: "secret" }, ".name is missing"],
    [
      { name: "a b", key: "secret" },
      ".name has a name that is not 1 to 64 letters, digits, '_', '-', '.' or '@'",
    ],
    [
      { name: "a", digest: "secret" },
      ".digest must be the key's SHA-256 in 64 hexadecimal digits, got a string",
    ],
    [{ name: "a", keys: "secret" }, '.keys is not an option (did you mean "key"?)'],
  ];
  for (const [key, problem] of cases) {
    assertEquals(faults({ accessKeys: [key] }), [`gateways.default.accessKeys[0]${problem}`]);
  }
  assertEquals(faults({ accessKeys: "secret" }), [
    "gateways.default.accessKeys must be a list of access keys, got a string",
  ]);
  assertEquals(faults({ accessKeys: [] }), [
    "gateways.default.accessKeys is empty: list access keys, or leave it out",
  ]);
});

test("a gateway's defaults stand where it says nothing", () => {
  const gateway = one({ retry: { attempts: 3 }, timeouts: { idle: 5 } });
  assertEquals(gateway.requestKeys, "prefer");
  assertEquals(gateway.retry, { attempts: 3, delay: 500, backoff: "exponential" });
  assertEquals(gateway.timeouts.idle, 5);
  assertEquals(gateway.timeouts.firstByte, 120_000);
});

test("request keys are preferred or ignored", () => {
  assertEquals(one({ requestKeys: "ignore" }).requestKeys, "ignore");
  assertEquals(faults({ requestKeys: "never" }), [
    'gateways.default.requestKeys must be "prefer", "ignore" or "require", got "never"',
  ]);
});

test("gateways' names fit into a path", () => {
  for (const id of ["a", "team-blue", "Team_2"]) {
    assertEquals(settingsOf({ gateways: { [id]: {} } }).gateways.get(id)?.id, id);
  }
  for (const id of ["", "a/b", "-a", "a.b", "ä", "a".repeat(65)]) {
    assertThrows(() => settingsOf({ gateways: { [id]: {} } }), Error, "is not a gateway's name");
  }
});

test("what is kept of answers is checked, and is nothing but what requests ask for unless written", () => {
  const maxBytes = 25_000_000;
  assertEquals(one({}).cache, { allowed: true, ttl: 0, maxBytes });
  assertEquals(one({ cache: {} }).cache, { allowed: true, ttl: 0, maxBytes });
  assertEquals(one({ cache: { ttl: 60 } }).cache, { allowed: true, ttl: 60, maxBytes });
  const most = { ttl: 2_592_000, maxBytes: 2 ** 30 };
  assertEquals(one({ cache: most }).cache, { allowed: true, ...most });
  assertEquals(one({ cache: false }).cache, { allowed: false, ttl: 0, maxBytes });
  const wrong: [unknown, string][] = [
    [true, " must be false, or an object { ttl, maxBytes }, got true"],
    [3600, " must be false, or an object { ttl, maxBytes }, got 3600"],
    [null, " must be false, or an object { ttl, maxBytes }, got null"],
    [{ ttl: 0 }, ".ttl must be a whole number of seconds from 60 to 2592000, got 0"],
    [{ ttl: 59 }, ".ttl must be a whole number of seconds from 60 to 2592000, got 59"],
    [{ ttl: 2_592_001 }, ".ttl must be a whole number of seconds from 60 to 2592000, got 2592001"],
    [{ ttl: 60.5 }, ".ttl must be a whole number of seconds from 60 to 2592000, got 60.5"],
    [{ ttl: "60" }, '.ttl must be a whole number of seconds from 60 to 2592000, got "60"'],
    [{ maxBytes: 0 }, ".maxBytes must be a whole number of bytes from 1 to 1073741824, got 0"],
    [{ maxbytes: 1 }, '.maxbytes is not an option (did you mean "maxBytes"?)'],
  ];
  for (const [cache, fault] of wrong) {
    assertEquals(faults({ cache }), [`gateways.default.cache${fault}`]);
  }
});

test("a cache outside this process needs a secret", () => {
  const store = createMemoryStore({ clock: systemClock });
  const gateways = (cache: unknown) => ({ store, gateways: { default: {}, team: { cache } } });
  const [fault, ...others] = faultsOf(gateways({ ttl: 60 }));
  assertEquals(others, []);
  assert(fault!.startsWith("gateways.team.cache needs the option secret"), fault);
  const secret = "0123456789abcdef0123456789abcdef";
  assertEquals(
    settingsOf({ ...gateways({ ttl: 60 }), secret }).gateways.get("team")!.cache.ttl,
    60,
  );
  const allowed = (options: object) => settingsOf(options).gateways.get("default")!.cache.allowed;
  assertEquals(allowed(gateways(false)), false);
  assertEquals(allowed({ ...gateways(false), secret }), true);
});
