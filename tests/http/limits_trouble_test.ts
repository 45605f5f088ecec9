/** What becomes of limits, and of requests, while the store is in trouble. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import type { GatewayOptions, LimitOption, SpendLimitOption, Store } from "../../mod.ts";
import type { RouteElement } from "../../lib/options/graph/elements.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { end, model, rate, start } from "../support/graphs.ts";
import { chat, errorOf, recorded, send } from "../support/recorder.ts";

/** A store that fails when it is told to, as an engine's would. */
function fickle() {
  const clock = new FakeClock();
  const inner = createMemoryStore({ clock });
  const trouble: { error: unknown } = { error: undefined };
  const guard = <T>(work: () => T) =>
    trouble.error === undefined ? work() : Promise.reject(trouble.error);
  const store: Store = {
    get: (key) => guard(() => inner.get(key)),
    set: (...args) => guard(() => inner.set(...args)),
    delete: (key) => guard(() => inner.delete(key)),
    add: (...args) => guard(() => inner.add(...args)),
    compareAndSet: (...args) => guard(() => inner.compareAndSet(...args)),
    probe: () => guard(() => Promise.resolve()),
  };
  return { clock, store, trouble };
}

const GONE = new GatewayError(2142, "The store (Redis) failed: ECONNREFUSED");
const SLOW = new GatewayError(2143, "The store (Redis) did not answer within 1000 ms");

function scene(limits: LimitOption[], spendLimits?: SpendLimitOption[]) {
  const { clock, store, trouble } = fickle();
  const options: GatewayOptions = {
    clock,
    store,
    prices: { "openai/*": { input: 1000, output: 1000 } },
    gateways: {
      default: {
        accessKeys: [{ name: "ci", key: "ak-ci" }],
        ...(limits.length > 0 && { limits }),
        ...(spendLimits !== undefined && { spendLimits }),
      },
    },
  };
  return { ...recorded(options), trouble };
}

const headers = { "cf-aig-authorization": "Bearer ak-ci" };
const ask = ({ gateway }: ReturnType<typeof scene>, body: object = {}) =>
  chat(gateway, { ...body }, headers);

test("limits of requests, tokens and concurrency are open without the store, with a warning each", async () => {
  for (const error of [GONE, SLOW]) {
    for (const stream of [false, true]) {
      const place = scene([
        { of: "requests", limit: 1 },
        { of: "tokens", limit: 2_000, technique: "sliding" },
        { of: "concurrency", limit: 1 },
      ]);
      place.trouble.error = error;
      for (let i = 0; i < 3; i++) {
        const answer = await ask(place, { stream });
        assertEquals(answer.status, 200);
        const warnings = answer.headers.get("dragoman-warnings")!;
        for (const at of [0, 1, 2]) {
          assert(warnings.includes(`skipped;param="gateways.default.limits[${at}]"`), warnings);
        }
        assert(warnings.includes(`reason="not counted: ${error.message}"`), warnings);
        assertEquals(answer.headers.get("ratelimit-limit"), null);
      }
    }
  }
});

test("spend limits are closed without the store: 503, with its number, and never 401", async () => {
  for (const [error, code] of [[GONE, "2142"], [SLOW, "2143"]] as const) {
    const place = scene([], [{ limit: 10 }]);
    place.trouble.error = error;
    const answer = await ask(place);
    assertEquals([answer.status, errorOf(answer).code], [503, code]);
    assertEquals(
      errorOf(answer).message,
      `${error.message}, and the limit gateways.default.spendLimits[0] lets nobody pass without it`,
    );
    assertEquals(place.sent.length, 0);
  }
});

test("either can be had the other way", async () => {
  const closed = scene([{ of: "requests", limit: 5, onStoreTrouble: "closed" }]);
  closed.trouble.error = GONE;
  assertEquals((await ask(closed)).status, 503);
  const open = scene([], [{ limit: 10, onStoreTrouble: "open" }]);
  open.trouble.error = GONE;
  assertEquals((await ask(open)).status, 200);
});

test("a store of one's own that throws anything is in trouble as well, and quotes nothing", async () => {
  const place = scene([{ of: "requests", limit: 5, onStoreTrouble: "closed" }]);
  place.trouble.error = new Error("SET limit:secret failed");
  const answer = await ask(place);
  assertEquals([answer.status, errorOf(answer).code], [503, "2142"]);
  assertMatch(errorOf(answer).message, /^The store \(handed in\) failed: SET, and the limit/);
});

test("when the store is back, everything is counted again from where it was", async () => {
  const place = scene([{ of: "requests", limit: 3 }, { of: "concurrency", limit: 1 }]);
  assertEquals((await ask(place)).status, 200);
  place.trouble.error = GONE;
  for (let i = 0; i < 5; i++) assertEquals((await ask(place)).status, 200);
  place.trouble.error = undefined;
  const all: number[] = [];
  for (let i = 0; i < 3; i++) all.push((await ask(place)).status);
  assertEquals(all, [200, 200, 429]);
});

test("a store that fails between a reservation and its settlement costs no answer", async () => {
  const { clock, store, trouble } = fickle();
  const limits: LimitOption[] = [{ of: "tokens", limit: 10_000 }, { of: "concurrency", limit: 2 }];
  const gateways = { default: { open: true, limits } };
  const fails = recorded({ clock, store, gateways }, () => {
    trouble.error = GONE;
    return Response.json({
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    });
  });
  assertEquals((await chat(fails.gateway)).status, 200);
  trouble.error = undefined;
  // The place that could not be given back is free when its terms are over.
  await clock.advance(120_000);
  const { text } = await send(fails.gateway, "/v1/key");
  const { limits: told } = JSON.parse(text) as { limits: { used: number }[] };
  assertEquals(told.map(({ used }) => used), [0, 0]);
});

test("a key is told what it is for also while the store is gone", async () => {
  const place = scene([{ of: "requests", limit: 1 }]);
  place.trouble.error = GONE;
  const { status, text } = await send(place.gateway, "/v1/key", { headers });
  assertEquals(status, 200);
  const { name, limits } = JSON.parse(text) as { name: string; limits: { used: unknown }[] };
  assertEquals([name, limits[0]!.used], ["ci", null]);
});

test("who can't do without the store says at /ready that his limits are closed, and nobody else", async () => {
  const readiness = async (limits: LimitOption[], spendLimits?: SpendLimitOption[]) => {
    const place = scene(limits, spendLimits);
    place.trouble.error = GONE;
    const { status, text } = await send(place.gateway, "/ready");
    return [status, (JSON.parse(text) as { troubled?: string[] }).troubled];
  };
  assertEquals(await readiness([{ of: "requests", limit: 1 }]), [200, undefined]);
  assertEquals(await readiness([], [{ limit: 1 }]), [503, ["limits"]]);
});

/** A route whose first element counts, before it asks a big model, or else goes on at another. */
function route(limitType: "count" | "cost", fallback: string) {
  const { clock, store, trouble } = fickle();
  const elements: RouteElement[] = [
    start("counts"),
    rate("counts", { limitType, limit: 1 }, "big", fallback),
    model("big", "openai/big"),
    ...(fallback === "end" ? [] : [model("small", "openai/small")]),
    end(),
  ];
  const options: GatewayOptions = {
    clock,
    store,
    prices: { "openai/big": { input: 1000, output: 1000 } },
    gateways: { default: { open: true, routes: { support: { elements } } } },
  };
  trouble.error = new Error("ECONNREFUSED 10.0.0.1");
  const place = recorded(options);
  return { ...place, ask: () => chat(place.gateway, { model: "dynamic/support" }) };
}

test("a route's rate is open without the store, with a warning", async () => {
  const { ask, sent } = route("count", "end");
  for (let i = 0; i < 3; i++) {
    const answer = await ask();
    assertEquals(answer.status, 200, answer.text);
    assertMatch(
      answer.headers.get("dragoman-warnings")!,
      /skipped;param="gateways\.default\.routes\.support";reason="element \\"counts\\" is not counted: /,
    );
  }
  assertEquals(sent.map(({ body }) => body.model), ["big", "big", "big"]);
});

test("a route's budget is closed without the store: the request goes on as if it were used up", async () => {
  const { ask, sent } = route("cost", "small");
  assertEquals((await ask()).status, 200);
  assertEquals(sent.map(({ body }) => body.model), ["small"]);
  const last = route("cost", "end");
  const answer = await last.ask();
  assertEquals([answer.status, errorOf(answer).code], [503, "2142"]);
  assertMatch(errorOf(answer).message, /element "counts" of route "support" lets nobody pass/);
  assertEquals(last.sent.length, 0);
});

test("a budget that ends requests without the store is told at /ready, one that leads on is not", async () => {
  for (
    const [type, fallback, status] of [
      ["cost", "end", 503],
      ["cost", "small", 200],
      ["count", "end", 200],
    ] as const
  ) {
    const { status: told } = await send(route(type, fallback).gateway, "/ready");
    assertEquals(told, status, `${type} ${fallback}`);
  }
});

test("nobody waits for ever for a store of one's own that never answers", async () => {
  const { clock, store } = fickle();
  const never = () => new Promise<never>(() => {});
  const hanging: Store = { ...store, add: never, get: never };
  const gateways = { default: { open: true, spendLimits: [{ limit: 10 }] } };
  const prices = { "openai/*": { input: 1, output: 1 } };
  const { gateway } = recorded({ clock, store: hanging, gateways, prices });
  const asked = chat(gateway);
  await clock.advance(1000);
  const answer = await asked;
  assertEquals([answer.status, errorOf(answer).code], [503, "2143"]);
});
