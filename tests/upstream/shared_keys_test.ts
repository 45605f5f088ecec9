/** Providers' keys in the store: how they get there, how gateways follow them, and what a store that is gone costs. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import {
  listProviderKeys,
  putProviderKey,
  removeProviderKey,
} from "../../lib/exports/provider_keys.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import type { Store } from "../../lib/store/store.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { chat, errorOf, recorder, send } from "../support/recorder.ts";

const SECRET = "what nobody guesses, of thirty-two characters";
const FIRST = "sk-first-abcdefghijkl-1111";
const SECOND = "sk-second-abcdefghijkl-2222";

const store = () => createMemoryStore({ clock: new FakeClock() });

/** A store that can be switched off, and the reads it was asked for. */
function switched(inner: Store) {
  const now = { gone: false, reads: 0 };
  const get: Store["get"] = (key) => {
    now.reads++;
    if (now.gone) return Promise.reject(new GatewayError(2142, "The store (X) failed: GONE"));
    return inner.get(key);
  };
  return { now, store: { ...inner, get } };
}

/** A gateway that has its key from the store, and the keys it showed. */
function scene(store: Store, options: GatewayOptions = {}) {
  const clock = new FakeClock();
  const { fetch, sent } = recorder();
  const gateway = createGateway({
    clock,
    fetch,
    store,
    secret: SECRET,
    providers: { openai: { apiKey: "store:main" } },
    ...options,
  });
  const shown = () => sent.splice(0).map(({ headers }) => headers.authorization);
  return { gateway, clock, shown };
}

const bearer = (key: string) => `Bearer ${key}`;

test("a key lies in the store sealed, and can be seen by name and ending only", async () => {
  const kept = store();
  await putProviderKey(kept, SECRET, "main", FIRST);
  await putProviderKey(kept, SECRET, "short", "sk-1234567");
  const sealed = await kept.get("provider-keys");
  assert(sealed!.startsWith("s1.") && !sealed!.includes(FIRST));
  const [main, short, ...others] = await listProviderKeys(kept, SECRET);
  assertEquals([main!.name, main!.ending, short!.name, short!.ending, others], [
    "main",
    "1111",
    "short",
    undefined,
    [],
  ]);
  assert(Math.abs(Date.parse(main!.since) - Date.now()) < 60_000);
  assertEquals(await removeProviderKey(kept, SECRET, "main"), true);
  assertEquals(await removeProviderKey(kept, SECRET, "main"), false);
  assertEquals((await listProviderKeys(kept, SECRET)).length, 1);
});

test("keys that are put there at the same time are all there", async () => {
  const kept = store();
  const names = Array.from({ length: 20 }, (_, at) => `key-${at}`);
  await Promise.all(names.map((name) => putProviderKey(kept, SECRET, name, FIRST)));
  const there = await listProviderKeys(kept, SECRET);
  assertEquals(there.map(({ name }) => name), names.sort());
});

test("a name, key or secret that can't be one is refused, and not quoted", async () => {
  const wrong: [string, string, string, string][] = [
    [SECRET, "a b", FIRST, "The key has a name that is not 1 to 64 letters"],
    [SECRET, "main", "", "The key is empty"],
    [SECRET, "main", "Bearer x", 'The key starts with "Bearer"'],
    [SECRET, "main", "store:main", "The key stands for a key in the store"],
    ["hunter2", "main", FIRST, "The secret must have 32 characters or more, and has 7"],
  ];
  for (const [secret, name, key, message] of wrong) {
    const error = await assertRejects(
      () => putProviderKey(store(), secret, name, key),
      GatewayError,
    );
    assertEquals(error.code, 2116);
    assertStringIncludes(error.message, message);
  }
});

test("whoever has another secret can neither read the keys nor write over them", async () => {
  const kept = store();
  await putProviderKey(kept, SECRET, "main", FIRST);
  const other = SECRET.toUpperCase();
  for (
    const work of [
      () => listProviderKeys(kept, other),
      () => putProviderKey(kept, other, "main", SECOND),
      () => removeProviderKey(kept, other, "main"),
    ]
  ) {
    const error = await assertRejects(work, GatewayError);
    assertStringIncludes(error.message, "sealed with another secret");
  }
  // A new secret before the old one opens what is there, and seals it anew with the next change.
  await putProviderKey(kept, [other, SECRET], "second", SECOND);
  assertEquals((await listProviderKeys(kept, other)).length, 2);
  const { gateway, shown } = scene(kept);
  const answer = await chat(gateway);
  assertEquals([answer.status, errorOf(answer).code, shown()], [500, "2116", []]);
});

test("a key that is replaced is used within seconds, on every gateway that shares the store", async () => {
  const kept = store();
  await putProviderKey(kept, SECRET, "main", FIRST);
  const scenes = [scene(kept), scene(kept)];
  for (const { gateway, shown } of scenes) {
    assertEquals((await chat(gateway)).status, 200);
    assertEquals(shown(), [bearer(FIRST)]);
  }
  await putProviderKey(kept, SECRET, "main", SECOND);
  for (const { gateway, clock, shown } of scenes) {
    await clock.advance(4999);
    await chat(gateway);
    assertEquals(shown(), [bearer(FIRST)], "young enough");
    await clock.advance(1);
    await chat(gateway); // has it read beside itself
    await clock.advance(1);
    shown();
    await chat(gateway);
    assertEquals(shown(), [bearer(SECOND)]);
  }
});

test("a gateway that nobody asked for long looks first", async () => {
  const kept = store();
  await putProviderKey(kept, SECRET, "main", FIRST);
  const { gateway, clock, shown } = scene(kept);
  await chat(gateway);
  await putProviderKey(kept, SECRET, "main", SECOND);
  await clock.advance(30_000);
  await chat(gateway);
  assertEquals(shown(), [bearer(FIRST), bearer(SECOND)]);
});

test("requests that come together read the store once, and fresh keys need no reading", async () => {
  const { now, store: kept } = switched(store());
  await putProviderKey(kept, SECRET, "main", FIRST);
  const { gateway } = scene(kept);
  now.reads = 0;
  await Promise.all(Array.from({ length: 20 }, () => chat(gateway)));
  await chat(gateway);
  assertEquals(now.reads, 1);
});

test("a gateway without keys in the store never asks it for any", async () => {
  const { now, store: kept } = switched(store());
  const { gateway } = scene(kept, { providers: { openai: { apiKey: FIRST } } });
  await chat(gateway);
  assertEquals(now.reads, 0);
});

test("a key that is not there is the operator's to put there; one that was taken away is used no more", async () => {
  const kept = store();
  const { gateway, clock, shown } = scene(kept);
  const missing = await chat(gateway);
  assertEquals([missing.status, errorOf(missing).code], [400, "2040"]);
  assertStringIncludes(errorOf(missing).message, 'The key "main" is not in the store');
  await putProviderKey(kept, SECRET, "main", FIRST);
  await clock.advance(30_000);
  assertEquals((await chat(gateway)).status, 200);
  await removeProviderKey(kept, SECRET, "main");
  await clock.advance(30_000);
  assertEquals(errorOf(await chat(gateway)).code, "2040");
  assertEquals(shown(), [bearer(FIRST)]);
});

test("of several keys one that was taken away gives way to the others, whoever rests", async () => {
  const kept = store();
  await putProviderKey(kept, SECRET, "b", SECOND);
  const { gateway, shown } = scene(kept, {
    random: (size) => new Uint8Array(size), // takes the first that is left
    providers: { openai: { keys: { default: ["store:a", { key: "store:b", weight: 3 }] } } },
  });
  for (let i = 0; i < 3; i++) assertEquals((await chat(gateway)).status, 200);
  assertEquals(shown(), [SECOND, SECOND, SECOND].map(bearer));
});

test("a key that is a document, and says where it is for, may lie in the store too", async () => {
  const kept = store();
  const document = { accessKeyId: "AKIA12345678", secretAccessKey: "aws-secret-12345678" };
  await putProviderKey(kept, SECRET, "aws", JSON.stringify({ ...document, region: "eu-west-1" }));
  const { fetch, sent } = recorder();
  const gateway = createGateway({
    clock: new FakeClock(),
    fetch,
    store: kept,
    secret: SECRET,
    providers: { "aws-bedrock": { apiKey: "store:aws" } },
  });
  await chat(gateway, { model: "aws-bedrock/amazon.nova-pro-v1:0" });
  assertEquals(new URL(sent[0]!.url).host, "bedrock-runtime.eu-west-1.amazonaws.com");
  assertStringIncludes(sent[0]!.headers.authorization!, "Credential=AKIA12345678/");
  await putProviderKey(kept, SECRET, "aws", "{}");
  const other = createGateway({
    store: kept,
    secret: SECRET,
    providers: { "aws-bedrock": { apiKey: "store:aws" } },
  });
  const wrong = await chat(other, { model: "aws-bedrock/amazon.nova-pro-v1:0" });
  assertEquals([wrong.status, errorOf(wrong).code], [401, "2118"]);
});

test("while the store is gone the last keys hold, and nobody waits for it again and again", async () => {
  const { now, store: kept } = switched(store());
  await putProviderKey(kept, SECRET, "main", FIRST);
  const { gateway, clock, shown } = scene(kept);
  await chat(gateway);
  now.gone = true;
  now.reads = 0;
  for (let minute = 0; minute < 10; minute++) {
    await clock.advance(60_000);
    for (let i = 0; i < 5; i++) assertEquals((await chat(gateway)).status, 200);
  }
  assertEquals([now.reads, shown().every((key) => key === bearer(FIRST))], [10, true]);
  assertEquals(await readiness(gateway), [200, {
    status: "ready",
    provider_keys: "old",
  }]);
  now.gone = false;
  await clock.advance(5000);
  await chat(gateway);
  await clock.advance(1);
  assertEquals(await readiness(gateway), [200, { status: "ready", provider_keys: "ok" }]);
});

test("a store that comes back empty has taken no key away", async () => {
  const kept = store();
  await putProviderKey(kept, SECRET, "main", FIRST);
  const { gateway, clock, shown } = scene(kept);
  await chat(gateway);
  await kept.delete("provider-keys");
  await clock.advance(60_000);
  assertEquals((await chat(gateway)).status, 200);
  assertEquals(shown(), [FIRST, FIRST].map(bearer));
  assertEquals(await readiness(gateway), [200, { status: "ready", provider_keys: "missing" }]);
});

test("keys that could never be read are trouble of the store's, not the caller's", async () => {
  const { now, store: kept } = switched(store());
  await putProviderKey(kept, SECRET, "main", FIRST);
  now.gone = true;
  const { gateway, clock, shown } = scene(kept);
  const answer = await chat(gateway);
  assertEquals([answer.status, errorOf(answer).code], [503, "2142"]);
  assertEquals(await readiness(gateway), [503, {
    status: "not ready",
    provider_keys: "unread",
    troubled: ["provider_keys"],
  }]);
  // A caller's own key needs no store.
  assertEquals((await chat(gateway, {}, { authorization: bearer("sk-own") })).status, 200);
  now.gone = false;
  await clock.advance(5000);
  assertEquals((await chat(gateway)).status, 200);
  assertEquals(shown(), [bearer("sk-own"), bearer(FIRST)]);
});

test("a store that says nothing is waited for two seconds, once", async () => {
  const silent: Store = { ...store(), get: () => new Promise(() => {}) };
  const { gateway, clock } = scene(silent);
  const asking = chat(gateway);
  await clock.advance(1999);
  const [winner] = await Promise.race([asking.then(() => ["answer"]), Promise.resolve(["waits"])]);
  assertEquals(winner, "waits");
  await clock.advance(1);
  assertEquals(errorOf(await asking).code, "2143");
  assertEquals(errorOf(await chat(gateway)).code, "2143");
});

async function readiness(gateway: ReturnType<typeof createGateway>) {
  const { status, text } = await send(gateway, "/ready");
  return [status, JSON.parse(text)];
}
