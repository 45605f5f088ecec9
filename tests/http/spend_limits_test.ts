/** Spend limits: money is set aside before a model is asked, and settled with what its answer cost. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { type FetchInit, type FetchLike, textBody } from "../../lib/fetch_like.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { GatewayEntry, GatewayOptions, SpendLimitOption } from "../../mod.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { end, model, rate, start } from "../support/graphs.ts";
import { chat, errorOf, recorded, send } from "../support/recorder.ts";
import { until } from "../support/waiting.ts";

/** A thousand tokens either way are a dollar. */
const PRICE = { input: 1000, output: 1000 };
const FREE = { input: 0, output: 0 };

function spending(
  spendLimits: SpendLimitOption[],
  more: GatewayOptions = {},
  own: GatewayEntry = {},
): GatewayOptions {
  return {
    clock: new FakeClock(),
    prices: { "openai/big": PRICE, "openai/other": PRICE, "openai/free": FREE },
    gateways: { default: { open: true, spendLimits, ...own } },
    ...more,
  };
}

const counts =
  (prompt_tokens: number, completion_tokens: number) => (init: Pick<FetchInit, "body">) => {
    const { stream } = JSON.parse(textBody(init)) as { stream?: boolean };
    const usage = { prompt_tokens, completion_tokens };
    const message = { role: "assistant", content: "Hi" };
    if (!stream) {
      return Response.json({ choices: [{ index: 0, message, finish_reason: "stop" }], usage });
    }
    const delta = { index: 0, delta: { content: "Hi" }, finish_reason: "stop" };
    const events = [{ choices: [delta] }, { choices: [], usage }];
    const text = events.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");
    return new Response(`${text}data: [DONE]\n\n`, {
      headers: { "content-type": "text/event-stream" },
    });
  };

interface Spent {
  used: number;
  left: number;
}

async function spent(gateway: Gateway): Promise<number[]> {
  const { text } = await send(gateway, "/v1/key");
  return (JSON.parse(text) as { spendLimits: Spent[] }).spendLimits.map(({ used }) => used);
}

const big = { model: "openai/big" };

test("a spend limit lets nothing through that may go beyond it", async () => {
  for (const stream of [false, true]) {
    // A request is reckoned at little more than a dollar, and costs a half.
    const { gateway } = recorded(spending([{ limit: 2 }]), counts(300, 200));
    const all: number[] = [];
    for (let i = 0; i < 4; i++) all.push((await chat(gateway, { ...big, stream })).status);
    assertEquals(all, [200, 200, 429, 429]);
    assertEquals(await spent(gateway), [1]);
  }
});

test("whoever would spend too much is told by which rule, and how much he may need", async () => {
  const { gateway } = recorded(spending([{ limit: 1.5, per: 3600 }]), counts(600, 400));
  await chat(gateway, big);
  const answer = await chat(gateway, big);
  assertEquals([answer.status, errorOf(answer).code], [429, "2041"]);
  assertMatch(
    errorOf(answer).message,
    /^Spend limit exceeded: the limit gateways\.default\.spendLimits\[0\] allows \$1\.50 in 3600 s by gateway, with \$1\.00 of it used by "default", and this one may need \$1\.0\d+; try again in 3600 s$/,
  );
  assertEquals(answer.headers.get("retry-after"), "3600");
  assertEquals(answer.headers.get("ratelimit-limit"), "1500000");
  assertEquals(answer.headers.get("ratelimit-remaining"), "500000");
  assertEquals(answer.headers.get("x-should-retry"), null);
});

test("what may cost more than there ever is, is not to be tried again", async () => {
  const { gateway } = recorded(spending([{ limit: 0.5 }]), counts(1, 1));
  const answer = await chat(gateway, big);
  assertEquals([answer.status, answer.headers.get("x-should-retry")], [429, "false"]);
  assertEquals(answer.headers.get("retry-after"), null);
  assertStringIncludes(errorOf(answer).message, "it never fits");
  assertEquals((await chat(gateway, { ...big, max_tokens: 100 })).status, 200);
});

test("a cost among other limits is a rate limit by its number", async () => {
  const options = spending([], {}, {
    spendLimits: undefined,
    limits: [{ of: "cost", limit: 0.5 }],
  });
  const { gateway } = recorded(options, counts(1, 1));
  assertEquals(errorOf(await chat(gateway, big)).code, "2003");
});

test("64 requests at once never spend more than a limit, nor do those that cost more than reckoned by more than that", async () => {
  for (const [used, most] of [[500, 10], [1_200, 12]] as const) {
    const waiting: (() => void)[] = [];
    const fetch: FetchLike = async (_, init) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return counts(used / 2, used / 2)(init);
    };
    const providers = { openai: { apiKey: "sk-stored" } };
    const gateway = createGateway({ ...spending([{ limit: 10 }]), providers, fetch });
    const asked = Array.from({ length: 64 }, () => chat(gateway, big));
    // Each is reckoned at some $1.02, so nine fit.
    await until(() => waiting.length === 9, "nine are asked");
    const [reserved] = await spent(gateway);
    assert(reserved! > 9 && reserved! <= 10, String(reserved));
    for (const go of waiting) go();
    const all = await Promise.all(asked);
    assertEquals(all.filter(({ status }) => status === 200).length, 9);
    const [sum] = await spent(gateway);
    assertEquals(sum, 9 * used / 1_000);
    assert(sum! <= most);
  }
});

test("what costs nothing stays usable when everything is spent", async () => {
  const { gateway } = recorded(spending([{ limit: 1.1 }]), counts(900, 900));
  assertEquals((await chat(gateway, big)).status, 200);
  assertEquals(await spent(gateway), [1.8]);
  assertEquals((await chat(gateway, big)).status, 429);
  assertEquals((await chat(gateway, { model: "openai/free" })).status, 200);
  assertEquals(await spent(gateway), [1.8]);
});

test("a route goes on to what costs nothing, or less", async () => {
  const routes = { r: ["openai/big", "openai/free"] };
  const { gateway, sent } = recorded(spending([{ limit: 1.1 }], {}, { routes }), counts(900, 900));
  for (let i = 0; i < 3; i++) assertEquals((await chat(gateway, { model: "r" })).status, 200);
  assertEquals(sent.map(({ body }) => body.model), ["big", "free", "free"]);
});

test("a model without a price is refused, with the option and the model in the message", async () => {
  for (const list of ["limits", "spendLimits"] as const) {
    const limit = { of: "cost" as const, limit: 10 };
    const options = spending([], {}, { spendLimits: undefined, [list]: [limit] });
    const { gateway, sent } = recorded(options, counts(1, 1));
    const answer = await chat(gateway, { model: "openai/new" });
    assertEquals([answer.status, errorOf(answer).code, errorOf(answer).param], [
      400,
      "2128",
      "model",
    ]);
    assertEquals(
      errorOf(answer).message,
      `Nobody knows the price of "openai/new", and the limit gateways.default.${list}[0] is one of ` +
        'cost: give it a price under prices, or let it pass uncounted with unknownPrice: "allow"',
    );
    assertEquals(sent.length, 0);
  }
});

test("models that a request names to fall back to need a price, and the dearest is paid for", async () => {
  const providers = { openrouter: { apiKey: "sk-or" } };
  const prices = { "openrouter/cheap": FREE, "openrouter/dear": PRICE };
  const { gateway } = recorded(spending([{ limit: 10 }], { providers, prices }), counts(300, 200));
  const ask = (models: string[]) => chat(gateway, { model: "openrouter/cheap", models });
  assertEquals((await ask(["new"])).status, 400);
  assertEquals((await ask(["cheap"])).status, 200);
  assertEquals(await spent(gateway), [0]);
  assertEquals((await ask(["cheap", "dear"])).status, 200);
  assertEquals(await spent(gateway), [0.5]);
});

test("a route goes on from a model without a price to one that has one", async () => {
  const routes = { r: ["openai/new", "openai/big"] };
  const { gateway, sent } = recorded(spending([{ limit: 10 }], {}, { routes }), counts(1, 1));
  assertEquals((await chat(gateway, { model: "r" })).status, 200);
  assertEquals(sent.map(({ body }) => body.model), ["big"]);
});

test("a model without a price passes where the limit says so", async () => {
  const limit: SpendLimitOption = { limit: 1.1, unknownPrice: "allow" };
  const { gateway } = recorded(spending([limit]), counts(900, 900));
  for (let i = 0; i < 3; i++) {
    assertEquals((await chat(gateway, { model: "openai/new" })).status, 200);
  }
  assertEquals(await spent(gateway), [0]);
  assertEquals((await chat(gateway, big)).status, 200);
  assertEquals((await chat(gateway, big)).status, 429);
  assertEquals((await chat(gateway, { model: "openai/new" })).status, 200);
});

test("what its provider says an answer cost counts, also where nobody knew the price before", async () => {
  const limit: SpendLimitOption = { limit: 1.1, unknownPrice: "allow" };
  const providers = { openrouter: { apiKey: "sk-or" } };
  const { gateway } = recorded(spending([limit], { providers }), () => {
    const message = { role: "assistant", content: "Hi" };
    const usage = { prompt_tokens: 10, completion_tokens: 10, cost: 0.75 };
    return Response.json({ choices: [{ index: 0, message, finish_reason: "stop" }], usage });
  });
  assertEquals((await chat(gateway, { model: "openrouter/new" })).status, 200);
  assertEquals(await spent(gateway), [0.75]);
  assertEquals((await chat(gateway, big)).status, 429);
});

test("what a caller says his tokens cost can raise what is spent, and never lowers it", async () => {
  const custom = async (total_cost: number) => {
    const { gateway } = recorded(spending([{ limit: 10 }]), counts(300, 200));
    const headers = { "cf-aig-custom-cost": JSON.stringify({ total_cost }) };
    assertEquals((await chat(gateway, big, headers)).status, 200);
    return await spent(gateway);
  };
  assertEquals([await custom(0), await custom(2)], [[0.5], [2]]);
});

test("budgets of a route and spend limits settle the same answer, each once", async () => {
  const elements = [
    start("budget"),
    rate("budget", { limitType: "cost", limit: 2.2, window: 3600 }, "big", "free"),
    model("big", "openai/big", "other"),
    model("other", "openai/other"),
    model("free", "openai/free"),
    end(),
  ];
  let fails = true;
  const answer = counts(600, 500);
  const options = spending([{ limit: 100 }], {}, { routes: { r: { elements } } });
  const { gateway, sent } = recorded(options, (init) => {
    const { model } = JSON.parse(textBody(init)) as { model: string };
    return fails && model === "big" ? new Response("no", { status: 500 }) : answer(init);
  });
  const ask = async () => (await chat(gateway, { model: "r" })).status;
  assertEquals([await ask(), await spent(gateway)], [200, [1.1]]);
  fails = false;
  assertEquals([await ask(), await spent(gateway)], [200, [2.2]]);
  assertEquals([await ask(), await spent(gateway)], [200, [2.2]]);
  assertEquals(sent.map(({ body }) => body.model), ["big", "other", "big", "free"]);
});

test("a free model behind a budget that is used up may still be asked", async () => {
  const elements = [
    start("dear"),
    rate(
      "dear",
      { limitType: "cost", limit: 0.5, window: 3600, key: "metadata.none" },
      "big",
      "none",
    ),
    model("big", "openai/big"),
    rate("none", { limitType: "cost", limit: 0.5, window: 3600 }, "free"),
    model("free", "openai/free"),
    end(),
  ];
  const options = spending([], {}, { spendLimits: undefined, routes: { r: { elements } } });
  const { gateway, sent } = recorded(options, counts(600, 500));
  for (let i = 0; i < 3; i++) assertEquals((await chat(gateway, { model: "r" })).status, 200);
  assertEquals(sent.map(({ body }) => body.model), ["big", "free", "free"]);
});
