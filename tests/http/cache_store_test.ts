/** Where answers are kept: sealed outside this process, and done without where that fails. */
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { scriptedProvider, text } from "../../lib/exports/testing.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { guardStore } from "../../lib/store/guard.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import type { Store } from "../../lib/store/store.ts";
import { errorLines } from "../support/error_lines.ts";
import { FakeClock, settled } from "../support/fake_clock.ts";
import { end, model, rate, start } from "../support/graphs.ts";
import { chat, type Got, send } from "../support/recorder.ts";
import { until } from "../support/waiting.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const GATEWAYS = { default: { cache: { ttl: 3600 } } };

const statusOf = ({ headers }: Got) => headers.get("cf-aig-cache-status");

function scene(options: GatewayOptions) {
  const provider = scriptedProvider([], {
    otherwise: ({ number }) => text(`Said-canary in ${number}.`),
  });
  const gateway = createGateway({
    providers: { openai: { apiKey: "sk-stored-canary" } },
    gateways: GATEWAYS,
    fetch: provider.fetch,
    secret: SECRET,
    ...options,
  });
  return { gateway, provider };
}

/** A store outside: what it is given can be read, changed and moved by others. */
function external(clock = new FakeClock()) {
  const kept = new Map<string, string>();
  const inner = createMemoryStore({ clock });
  const store: Store = {
    ...inner,
    get: (key) => Promise.resolve(kept.get(key)),
    set: (key, value) => Promise.resolve(void kept.set(key, value)),
  };
  return { store, kept };
}

test("nothing that is kept outside can be read there: no question, no answer, no key, no name", async () => {
  const { store, kept } = external();
  const gateways = {
    default: { ...GATEWAYS.default, accessKeys: [{ name: "ada-lovelace", key: "ak-canary" }] },
  };
  const { gateway } = scene({ store, gateways });
  const headers = { "cf-aig-authorization": "Bearer ak-canary" };
  for (const more of [{}, { stream: true, seed: 1 }]) {
    const asked = { messages: [{ role: "user", content: "Prompt-canary" }], ...more };
    await chat(gateway, asked, headers);
    await until(() => kept.size === (more.stream ? 2 : 1), "the answer is kept");
    assertEquals(statusOf(await chat(gateway, asked, headers)), "HIT");
  }
  const named = { ...headers, "cf-aig-cache-key": "name-canary" };
  await chat(gateway, {}, named);
  await until(() => kept.size === 3, "the answer is kept");
  const all = JSON.stringify([...kept]);
  // Long words only: sealed text is base64, in which any three letters turn up by chance.
  for (const secret of ["canary", "lovelace", "openai", "gpt-5-mini", "assistant", "content"]) {
    assertFalse(all.includes(secret), secret);
  }
});

test("what was changed outside, moved, or sealed with another secret is no answer", async () => {
  const { store, kept } = external();
  const { gateway } = scene({ store });
  const ask = async (seed: number) => {
    const got = await chat(gateway, { seed });
    await settled();
    return statusOf(got);
  };
  for (const seed of [1, 2]) await ask(seed);
  await until(() => kept.size === 2, "both are kept");
  assertEquals([await ask(1), await ask(2)], ["HIT", "HIT"]);
  const [[first, one], [second, two]] = [...kept] as [[string, string], [string, string]];
  kept.set(first, two).set(second, one);
  assertEquals([await ask(1), await ask(2)], ["MISS", "MISS"]);
  kept.set(first, one.slice(0, -6) + "AAAA==");
  assertEquals(await ask(1), "MISS");
  kept.set(first, "whole\n{}");
  assertEquals(await ask(1), "MISS");
  await until(() => kept.get(first) !== "whole\n{}", "it is kept anew");
  const other = scene({ store, secret: "another secret, of 32 characters" });
  assertEquals(statusOf(await chat(other.gateway, { seed: 1 })), "MISS");
  const rotated = scene({ store, secret: [SECRET, "another secret, of 32 characters"] });
  await until(() => kept.size === 2, "it is kept anew");
  await settled();
  assertEquals(statusOf(await chat(rotated.gateway, { seed: 1 })), "HIT");
});

test("without a secret nothing is kept outside, and who asks for it is told", async () => {
  const { store, kept } = external();
  const { gateway } = scene({ store, gateways: {}, secret: undefined });
  const { headers } = await chat(gateway, {}, { "cf-aig-cache-key": "k" });
  assertStringIncludes(headers.get("dragoman-warnings")!, 'dropped;param="cf-aig-cache-key"');
  await settled();
  assertEquals(kept.size, 0);
});

const gone = () => Promise.reject(new GatewayError(2142, "The store (test) failed: ECONNREFUSED"));

test("a store that is gone is a miss, said to the caller each time and to the operator once a minute", async () => {
  const clock = new FakeClock();
  const { store } = external(clock);
  const { gateway, provider } = scene({ store: { ...store, get: gone, set: gone }, clock });
  const asking = { "cf-aig-cache-ttl": "60", "dragoman-strict": "true" };
  const lines = await errorLines(async () => {
    for (const stream of [false, true, false]) {
      const got = await chat(gateway, { stream }, asking);
      assertEquals([got.status, statusOf(got)], [200, "MISS"]);
      assertEquals(
        got.headers.get("dragoman-warnings"),
        'skipped;param="cache";reason="the store in which answers are kept does not answer"',
      );
    }
    const native = await send(gateway, "/v1/a/default/openai/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"model":"m","messages":[{"role":"user","content":"Hello"}]}',
    });
    assertEquals(native.status, 200);
    assertStringIncludes(native.headers.get("dragoman-warnings")!, 'skipped;param="cache"');
    await settled();
  });
  assertEquals(provider.requests.length, 4);
  assertEquals(lines, [
    "dragoman: The store (test) failed: ECONNREFUSED (2142); told again in a minute if it lasts",
  ]);
  await clock.advance(60_000);
  assertEquals((await errorLines(async () => void await chat(gateway))).length, 1);
});

test("a store that is slow keeps nobody waiting for longer than its own limit", async () => {
  const clock = new FakeClock();
  const { store } = external(clock);
  const silent = { ...store, get: () => new Promise<never>(() => {}) };
  const slow = guardStore({ ...silent, probe: async () => {} }, "test", { timeout: 250, clock });
  const { gateway, provider } = scene({ store: slow, clock });
  await errorLines(async () => {
    let got: Got | undefined;
    const asking = chat(gateway).then((each) => got = each);
    await clock.advance(249);
    assertEquals([got, provider.requests.length], [undefined, 0]);
    await clock.advance(1);
    assertEquals([(await asking).status, statusOf(await asking)], [200, "MISS"]);
  });
});

test("nobody waits for an answer to be kept, and a store that refuses one is told of", async () => {
  const { store } = external();
  const waiting: (() => void)[] = [];
  const { gateway } = scene({
    store: { ...store, set: () => new Promise<void>((resolve) => waiting.push(resolve)) },
  });
  const promises: Promise<unknown>[] = [];
  for (const stream of [false, true]) {
    const request = new Request("http://gateway/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({
        model: "openai/m",
        messages: [{ role: "user", content: "a" }],
        stream,
      }),
    });
    const context = { waitUntil: (promise: Promise<unknown>) => void promises.push(promise) };
    const answer = await gateway.handle(request, context);
    assertEquals(answer.status, 200);
    await answer.text();
  }
  await until(() => waiting.length === 2, "both are being kept");
  // A Worker lives until then.
  assertEquals(promises.length, 2);
  for (const resolve of waiting) resolve();
  await Promise.all(promises);

  const tooLarge = () => Promise.reject(new GatewayError(2144, "The store (test) takes 10 bytes"));
  const refusing = scene({ store: { ...store, set: tooLarge } });
  const lines = await errorLines(async () => {
    for (const seed of [1, 2, 3]) {
      assertEquals((await chat(refusing.gateway, { seed })).status, 200);
    }
    await settled();
  });
  assertEquals(lines.length, 1);
  assertStringIncludes(lines[0]!, "The store (test) takes 10 bytes (2144)");
});

test("filling the cache makes no limit forgotten, nor a long answer", async () => {
  const once = { limitType: "count" as const, limit: 1, key: "metadata.user" };
  const elements = [
    start("rate"),
    rate("rate", once, "model", "end"),
    model("model", "openai/m"),
    end(),
  ];
  const gateways = { default: { ...GATEWAYS.default, routes: { metered: { elements } } } };
  for (const limits of [{ maxEntries: 20 }, { maxBytes: 100_000 }]) {
    const provider = scriptedProvider([], {
      otherwise: ({ number }) => text(`${number}`.repeat(5000)),
    });
    const { gateway } = scene({
      gateways,
      fetch: provider.fetch,
      // Its minute must not end amid the test.
      clock: new FakeClock(),
      store: { type: "memory", ...limits },
    });
    const metered = (seed: number) =>
      chat(gateway, { model: "dynamic/metered", seed }, { "cf-aig-metadata": '{"user":"eve"}' });
    assertEquals((await metered(0)).status, 200);
    assertEquals((await metered(1)).status, 429);
    for (let seed = 0; seed < 100; seed++) await chat(gateway, { seed });
    assertEquals(statusOf(await chat(gateway, { seed: 99 })), "HIT");
    assertEquals(statusOf(await chat(gateway, { seed: 1 })), "MISS");
    assertEquals((await metered(2)).status, 429);
  }
});
