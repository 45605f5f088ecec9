/** Several stored keys of one alias: shares, rest, and who is tried next. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { sha256Hex } from "../../lib/digest.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { pooledRandom } from "../../lib/random.ts";
import { KeyRing, type StoredKey } from "../../lib/upstream/key_ring.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { chat, errorOf, goodAnswer, recorder, send } from "../support/recorder.ts";

const stored = (text: string, weight = 1): StoredKey => ({ text: () => text, weight });

function ringOf(...keys: StoredKey[]) {
  const clock = new FakeClock();
  const context = { hash: sha256Hex, random: pooledRandom(), clock };
  return { ring: new KeyRing(new Map([["default", keys]]), context), clock };
}

test("keys are drawn by weight, and one without weight only while all others rest", () => {
  const { ring } = ringOf(stored("a", 3), stored("b", 1), stored("c", 0));
  const drawn: Record<string, number> = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 4000; i++) drawn[ring.draw("default")!]!++;
  // Five standard deviations.
  assert(Math.abs(drawn.a! - 3000) < 137, JSON.stringify(drawn));
  assertEquals(drawn.c, 0);
  ring.rest("a", 1000);
  assertEquals(ring.draw("default"), "b");
  ring.rest("b", 1000);
  assertEquals(ring.draw("default"), "c");
});

test("a key rests for its time, and while all rest the one that is free first is drawn", async () => {
  const { ring, clock } = ringOf(stored("a"), stored("b"));
  ring.rest("a", 2000);
  ring.rest("b", 1000);
  assertEquals(ring.draw("default"), "b");
  assertEquals(ring.spare("default", new Set()), undefined);
  await clock.advance(999);
  assert(ring.isResting("b"));
  await clock.advance(1);
  assertFalse(ring.isResting("b"));
  assertEquals([ring.draw("default"), ring.spare("default", new Set(["b"]))], ["b", undefined]);
  await clock.advance(1000);
  assertEquals(ring.spare("default", new Set(["b"])), "a");
});

test("a key alone, or of an alias that is not there, needs no drawing", () => {
  const { ring } = ringOf(stored("a"));
  ring.rest("a", 1000);
  assertEquals([ring.draw("default"), ring.draw("nope")], ["a", undefined]);
  assertEquals([ring.isShared("default"), ring.isShared("nope")], [false, false]);
});

test("keys that were replaced are forgotten in the end", () => {
  let text = "";
  const { ring } = ringOf({ text: () => text, weight: 1 }, stored("b"));
  for (let i = 0; i < 600; i++) ring.rest(text = `key-${i}`, 1_000_000);
  assertFalse(ring.isResting("key-99"));
  assert(ring.isResting("key-100") && ring.isResting("key-599"));
});

type Answers = Record<string, () => Response>;

const refused = (status: number, headers: HeadersInit = {}, message = "no") => () =>
  new Response(JSON.stringify({ error: { message } }), { status, headers });

/** A gateway whose provider answers each key in its own way, and the keys in the order in which they were shown. */
function gatewayOf(answers: Answers, options: GatewayOptions = {}) {
  const clock = new FakeClock();
  const shown: string[] = [];
  const { fetch } = recorder();
  const keys = { default: Object.keys(answers), single: ["k-single"] };
  const gateway = createGateway({
    clock,
    // Every draw takes the first that is left.
    random: (size) => new Uint8Array(size),
    providers: { openai: { keys } },
    ...options,
    fetch: (url, init) => {
      const key = init.headers.authorization!.slice("Bearer ".length);
      shown.push(key);
      return answers[key] === undefined ? fetch(url, init) : Promise.resolve(answers[key]!());
    },
  });
  return { gateway, shown, clock };
}
const good = () => goodAnswer({ body: "{}" });

test("a key that is refused gives way at once, and rests", async () => {
  for (
    const bad of [
      refused(401),
      refused(429),
      refused(403, {}, "please check the api-key you provided"),
      refused(400, {}, "Incorrect API key provided: k-1"),
    ]
  ) {
    const { gateway, shown } = gatewayOf({ "k-1": bad, "k-2": good, "k-3": good });
    for (let i = 0; i < 3; i++) assertEquals((await chat(gateway)).status, 200);
    assertEquals(shown, ["k-1", "k-2", "k-2", "k-2"]);
  }
});

test("it rests as long as the provider says, or half a minute when it was used too much", async () => {
  for (const [headers, ms] of [[{ "retry-after": "120" }, 120_000], [{}, 30_000]] as const) {
    const { gateway, shown, clock } = gatewayOf({ "k-1": refused(429, headers), "k-2": good });
    await chat(gateway);
    await clock.advance(ms - 1);
    await chat(gateway);
    await clock.advance(1);
    await chat(gateway);
    assertEquals(shown, ["k-1", "k-2", "k-2", "k-1", "k-2"]);
  }
});

test("what is not the key's fault is told, and no other key is tried", async () => {
  for (const status of [400, 403, 404, 500, 503]) {
    const { gateway, shown } = gatewayOf({ "k-1": refused(status), "k-2": good });
    assertEquals((await chat(gateway)).status, status);
    assertEquals(shown, ["k-1"]);
  }
});

test("when every key is refused, the last refusal is told, and none is never tried for that", async () => {
  const { gateway, shown } = gatewayOf({
    "k-1": refused(429, { "retry-after": "5" }),
    "k-2": refused(429, { "retry-after": "9" }),
  });
  const answer = await chat(gateway);
  assertEquals([answer.status, answer.headers.get("retry-after")], [429, "9"]);
  assertEquals(shown.splice(0), ["k-1", "k-2"]);
  assertEquals((await chat(gateway)).status, 429);
  assertEquals(shown, ["k-1"]);
});

test("a fallback comes after all keys, and the attempts of the retry policy each try them", async () => {
  const { gateway, shown, clock } = gatewayOf({ "k-1": refused(401), "k-2": refused(429) }, {
    gateways: {
      default: { retry: { attempts: 2, delay: 10 }, routes: { r: ["openai/m", "groq/n"] } },
    },
    providers: {
      openai: { keys: { default: ["k-1", "k-2"] } },
      groq: { apiKey: "k-groq" },
    },
  });
  const asked = chat(gateway, { model: "r" });
  await clock.advance(10_000);
  assertEquals((await asked).headers.get("cf-aig-provider"), "groq");
  assertEquals(shown, ["k-1", "k-2", "k-2", "k-groq"]);
});

test("only stored keys give way: a caller's own is used, and nothing else", async () => {
  const { gateway, shown } = gatewayOf({ "k-1": good, "k-2": good, "k-mine": refused(401) });
  assertEquals((await chat(gateway, {}, { authorization: "Bearer k-mine" })).status, 401);
  assertEquals(shown, ["k-mine"]);
});

test("keys of another alias are no spare ones", async () => {
  const { gateway, shown } = gatewayOf({ "k-1": refused(401), "k-2": refused(401) });
  assertEquals((await chat(gateway)).status, 401);
  assertEquals(shown.splice(0), ["k-1", "k-2"]);
  assertEquals((await chat(gateway, {}, { "cf-aig-byok-alias": "single" })).status, 200);
});

test("streams and embeddings give way as well", async () => {
  const streamed = gatewayOf({ "k-1": refused(429) }, {
    providers: { openai: { keys: { default: ["k-1", "k-2"] } } },
  });
  const answer = await chat(streamed.gateway, { stream: true });
  assertEquals([answer.status, streamed.shown], [200, ["k-1", "k-2"]]);
  assertStringIncludes(answer.text, "[DONE]");
  const vectors = () =>
    Response.json({ object: "list", data: [{ object: "embedding", index: 0, embedding: [1] }] });
  const { gateway, shown } = gatewayOf({ "k-1": refused(401), "k-2": vectors });
  const body = JSON.stringify({ model: "openai/e", input: "x" });
  const embedded = await send(gateway, "/v1/embeddings", { method: "POST", body });
  assertEquals([embedded.status, shown], [200, ["k-1", "k-2"]], embedded.text);
});

test("a key that a function gives is the one of the moment, for every call", async () => {
  let current = "k-old";
  const { gateway, shown } = gatewayOf({}, { providers: { openai: { apiKey: () => current } } });
  await chat(gateway);
  current = "k-new";
  await chat(gateway);
  assertEquals(shown, ["k-old", "k-new"]);
  current = "k-\nsecret";
  const answer = await chat(gateway);
  assertEquals([answer.status, errorOf(answer).code], [401, "2118"]);
  assertFalse(answer.text.includes("secret"));
  assertEquals(shown.length, 2);
});

test("a new key does not rest for the one it replaces, and neither is repeated", async () => {
  let current = "k-old-secret";
  const { gateway, shown } = gatewayOf({
    "k-old-secret": refused(401, {}, "bad key k-old-secret"),
    "k-spare-secret": refused(401, {}, "bad keys k-old-secret, k-spare-secret"),
  }, { providers: { openai: { keys: { default: [() => current, "k-spare-secret"] } } } });
  const answer = await chat(gateway);
  assertEquals([answer.status, shown.splice(0)], [401, ["k-old-secret", "k-spare-secret"]]);
  assertFalse(answer.text.includes("secret"), answer.text);
  current = "k-new-secret";
  assertEquals((await chat(gateway)).status, 200);
  assertEquals(shown, ["k-new-secret"]);
});
