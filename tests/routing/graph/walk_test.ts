/** Dynamic routes as requests meet them: which models are asked, and what the caller gets. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { FetchInit, FetchLike } from "../../../lib/fetch_like.ts";
import { createGateway } from "../../support/gateway.ts";
import type { GatewayOptions } from "../../../lib/options/mod.ts";
import type { RouteElement } from "../../../lib/options/graph/elements.ts";
import { claudeAnswer } from "../../support/claude_answer.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { end, model, rate, split, start, to, when } from "../../support/graphs.ts";
import { chat, errorOf, goodAnswer, recorded, send, type Sent } from "../../support/recorder.ts";

const ANTHROPIC = { anthropic: { apiKey: "sk-ant-stored" } };

function withRoute(elements: RouteElement[], more: GatewayOptions = {}) {
  const gateways = { default: { open: true, routes: { support: { elements } } } };
  return { gateways, ...more };
}

const ask = { model: "dynamic/support" };
const asked = (sent: Sent[]) => sent.splice(0).map(({ body }) => body.model);
const metadata = (value: unknown) => ({ "cf-aig-metadata": JSON.stringify(value) });

/** Answers in order, 200 or an error's status each. */
function statuses(...list: number[]) {
  return (init: Pick<FetchInit, "body">) => {
    const status = list.shift() ?? 200;
    return status === 200 ? goodAnswer(init) : new Response("no", { status });
  };
}

test("a condition sends requests one way or the other, by metadata, body and headers", async () => {
  const elements = [
    start("plan"),
    when("plan", { "metadata.plan": { $eq: "paid" } }, "big", "long"),
    when("long", { "body.max_tokens": { $gt: 1000 } }, "big", "tier"),
    when("tier", { "headers.x-tier": "gold" }, "big", "small"),
    model("big", "openai/gpt-5"),
    model("small", "openai/gpt-5-mini"),
    end(),
  ];
  const { gateway, sent } = recorded(withRoute(elements));
  const cases: [body: object, headers: Record<string, string>, model: string][] = [
    [{}, metadata({ plan: "paid" }), "gpt-5"],
    [{}, metadata({ plan: "free" }), "gpt-5-mini"],
    [{ max_tokens: 2000 }, metadata({ plan: "free" }), "gpt-5"],
    [{}, { "x-tier": "gold" }, "gpt-5"],
    [{}, {}, "gpt-5-mini"],
    // One value that is no scalar spoils all metadata.
    [{}, metadata({ plan: "paid", user: null }), "gpt-5-mini"],
  ];
  for (const [body, headers, model] of cases) {
    const answer = await chat(gateway, { ...ask, ...body }, headers);
    assertEquals(answer.status, 200, answer.text);
    assertEquals(asked(sent), [model]);
    assertEquals(answer.headers.get("cf-aig-model"), model);
    assertEquals(answer.headers.get("cf-aig-provider"), "openai");
    assertEquals(answer.headers.get("cf-aig-step"), "0");
  }
});

test("what the host application says of a request wins over the caller's header", async () => {
  const elements = [
    start("plan"),
    when("plan", { "metadata.plan": "paid" }, "big", "small"),
    model("big", "openai/gpt-5"),
    model("small", "openai/gpt-5-mini"),
    end(),
  ];
  const { gateway, sent } = recorded(withRoute(elements));
  const request = new Request("http://localhost/v1/chat/completions", {
    method: "POST",
    headers: metadata({ plan: "paid" }),
    body: JSON.stringify({ ...ask, messages: [{ role: "user", content: "Hi" }] }),
  });
  const answer = await gateway.handle(request, { metadata: { plan: "free" } });
  assertEquals([answer.status, asked(sent)], [200, ["gpt-5-mini"]]);
});

test("a model that fails is followed by its fallback, whatever protocol that speaks", async () => {
  const elements = [
    start("first"),
    model("first", "anthropic/claude", "second"),
    model("second", "openai/gpt-5", "third"),
    model("third", "openai/gpt-5-mini"),
    end(),
  ];
  for (const failing of [0, 1, 2]) {
    const answers = statuses(...Array(failing).fill(500));
    const options = withRoute(elements, { providers: ANTHROPIC });
    const { gateway, sent } = recorded(
      options,
      (init) =>
        init.headers["anthropic-version"] && failing === 0 ? claudeAnswer("claude") : answers(init),
    );
    const answer = await chat(gateway, ask);
    assertEquals(answer.status, 200, answer.text);
    const models = ["claude", "gpt-5", "gpt-5-mini"];
    assertEquals(asked(sent), models.slice(0, failing + 1));
    assertEquals(answer.headers.get("cf-aig-step"), String(failing));
    assertEquals(answer.headers.get("cf-aig-model"), models[failing]);
  }
});

test("without a fallback, or where it leads to an end, the caller gets the model's error", async () => {
  for (const fallback of [undefined, "end"]) {
    const elements = [start("m"), model("m", "openai/gpt-5", fallback), end()];
    const { gateway, sent } = recorded(withRoute(elements), statuses(500));
    const answer = await chat(gateway, ask);
    assertEquals([answer.status, asked(sent)], [500, ["gpt-5"]]);
  }
});

test("when all fail, every attempt is named", async () => {
  const elements = [
    start("a"),
    model("a", "openai/a", "b"),
    model("b", "openai/b", "c"),
    model("c", "openai/c"),
    end(),
  ];
  const { gateway } = recorded(withRoute(elements), statuses(500, 429, 503));
  const answer = await chat(gateway, ask);
  assertEquals(answer.status, 503);
  const tried = "openai/a: 500; openai/b: 429; openai/c: 503";
  assertStringIncludes(errorOf(answer).message, tried);
});

test("retries are a model's own, and precede its fallback", async () => {
  const elements = [
    start("a"),
    model("a", "openai/a", "b", { retries: 2 }),
    model("b", "openai/b", undefined, { retries: 0 }),
    end(),
  ];
  const options = withRoute(elements);
  Object.assign(options.gateways.default, { retry: { attempts: 5, delay: 0 } });
  const { gateway, sent } = recorded(options, statuses(500, 500, 500, 500));
  const answer = await chat(gateway, ask);
  assertEquals(answer.status, 500);
  assertEquals(asked(sent), ["a", "a", "a", "b"]);
});

test("a timeout is a model's own, holds for its last try too, and is named by its path", async () => {
  const elements = [
    start("a"),
    model("a", "openai/a", "b", { retries: 1, timeout: 2000 }),
    model("b", "openai/b", undefined, { timeout: 3000 }),
    end(),
  ];
  for (const stream of [false, true]) {
    const clock = new FakeClock();
    const options = withRoute(elements, { clock });
    Object.assign(options.gateways.default, { retry: { delay: 0 }, timeouts: { commit: 0 } });
    let calls = 0;
    const silent: FetchLike = (_, { signal }) => {
      calls++;
      return new Promise((_, reject) => signal.onabort = () => reject(signal.reason));
    };
    const providers = { openai: { apiKey: "sk-stored-openai" } };
    const gateway = createGateway({ ...options, providers, fetch: silent });
    const answering = chat(gateway, { ...ask, stream });
    for (const passed of [2000, 2000, 3000]) await clock.advance(passed);
    const answer = await answering;
    assertEquals([answer.status, calls], [504, 3]);
    const option = "gateways.default.routes.support.elements[2].properties.timeout";
    assertStringIncludes(errorOf(answer).message, `within 3000 ms (option \`${option}\`)`);
  }
});

test("percentages fall as they are written, by the gateway's own randomness", async () => {
  const elements = [
    start("p"),
    split("p", { "10%": "a", "50%": "b", else: "c" }),
    model("a", "openai/a"),
    model("b", "openai/b"),
    model("c", "openai/c"),
    end(),
  ];
  const cases: [byte: number, model: string][] = [[0, "a"], [25, "a"], [26, "b"], [153, "b"], [
    154,
    "c",
  ], [255, "c"]];
  for (const [byte, model] of cases) {
    const random = (size: number) => new Uint8Array(size).fill(byte);
    const { gateway, sent } = recorded(withRoute(elements, { random }));
    await chat(gateway, ask);
    assertEquals(asked(sent), [model], String(byte));
  }
});

test("a rate node counts by key, and sends what is too much to its fallback", async () => {
  const clock = new FakeClock();
  const elements = [
    start("r"),
    rate("r", { limitType: "count", key: "metadata.user", limit: 2, window: 60 }, "big", "small"),
    model("big", "openai/big"),
    model("small", "openai/small"),
    end(),
  ];
  const { gateway, sent } = recorded(withRoute(elements, { clock }));
  const asUser = (user: unknown) => chat(gateway, ask, metadata({ user }));
  for (let i = 0; i < 4; i++) await asUser("u1");
  assertEquals(asked(sent), ["big", "big", "small", "small"]);
  await asUser("u2");
  await chat(gateway, ask);
  await chat(gateway, ask);
  await chat(gateway, ask);
  // Who names no user is counted with others who don't.
  assertEquals(asked(sent), ["big", "big", "big", "small"]);
  await clock.advance(60_000);
  await asUser("u1");
  assertEquals(asked(sent), ["big"]);
});

test("of many at once no more than the limit pass", async () => {
  const elements = [
    start("r"),
    rate("r", { limitType: "count", limit: 10 }, "big", "small"),
    model("big", "openai/big"),
    model("small", "openai/small"),
    end(),
  ];
  const { gateway, sent } = recorded(withRoute(elements));
  await Promise.all(Array.from({ length: 50 }, () => chat(gateway, ask)));
  assertEquals(asked(sent).filter((name) => name === "big").length, 10);
});

test("a rate node without a fallback ends the route with 429, and says when to come back", async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 1, 12, 0, 15));
  for (const fallback of [undefined, "end"]) {
    const elements = [
      start("r"),
      rate("r", { limitType: "count", limit: 1, window: 60 }, "m", fallback),
      model("m", "openai/m"),
      end(),
    ];
    const { gateway, sent } = recorded(withRoute(elements, { clock }));
    assertEquals((await chat(gateway, ask)).status, 200);
    const answer = await chat(gateway, ask);
    assertEquals([answer.status, errorOf(answer).code], [429, "2003"]);
    assertEquals(answer.headers.get("retry-after"), "45");
    assertMatch(
      errorOf(answer).message,
      /element "r" of route "support" allows 1 request in 60 s/,
    );
    assertEquals(asked(sent), ["m"]);
  }
});

test("both spellings of every element mean the same", async () => {
  const elements: RouteElement[] = [
    start("if"),
    {
      id: "if",
      type: "conditional",
      properties: { condition: { "metadata.plan": { $eq: "paid" } } },
      outputs: { true: to("r"), false: to("small") },
    },
    {
      id: "r",
      type: "rate_limit",
      properties: { limitType: "count", limit: 1, interval: 60, technique: "sliding" },
      outputs: { success: to("big"), fallback: to("small") },
    },
    model("big", "openai/big"),
    model("small", "openai/small"),
    end(),
  ];
  const { gateway, sent } = recorded(withRoute(elements));
  for (const plan of ["free", "paid", "paid"]) await chat(gateway, ask, metadata({ plan }));
  assertEquals(asked(sent), ["small", "big", "small"]);
});

test("a route may end before any model is asked", async () => {
  const elements = [
    start("if"),
    when("if", { "metadata.plan": "none" }, "stop", "m"),
    model("m", "openai/m"),
    end(),
    end("stop"),
  ];
  const { gateway, sent } = recorded(withRoute(elements));
  const answer = await chat(gateway, ask, metadata({ plan: "none" }));
  assertEquals([answer.status, errorOf(answer).code, sent.length], [400, "2005", 0]);
  assertStringIncludes(errorOf(answer).message, 'ends for this request at element "stop"');
});

test("a request's key reaches a route at one provider, and no route with several", async () => {
  const one = [start("a"), model("a", "openai/a", "b"), model("b", "openai/b"), end()];
  const two = [start("a"), model("a", "openai/a", "b"), model("b", "anthropic/b"), end()];
  const headers = { authorization: "Bearer sk-own" };
  for (const [elements, key] of [[one, "sk-own"], [two, "sk-stored-openai"]] as const) {
    const { gateway, sent } = recorded(withRoute(elements, { providers: ANTHROPIC }));
    await chat(gateway, ask, headers);
    assertEquals(sent[0]!.headers.authorization, `Bearer ${key}`);
  }
});

test("embeddings walk graphs too", async () => {
  const elements = [start("a"), model("a", "anthropic/none", "b"), model("b", "openai/e"), end()];
  const vectors = { data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 1 } };
  const options = withRoute(elements, { providers: ANTHROPIC });
  const { gateway, sent } = recorded(options, () => Response.json(vectors));
  const body = JSON.stringify({ ...ask, input: "Hello" });
  const answer = await send(gateway, "/v1/embeddings", { method: "POST", body });
  assertEquals(answer.status, 200, answer.text);
  assertEquals([asked(sent), answer.headers.get("cf-aig-step")], [["e"], "1"]);
});

test("Anthropic's dialect is routed by graphs as OpenAI's is", async () => {
  const elements = [
    start("if"),
    when("if", { "body.messages.content": "Hello" }, "m", "end"),
    model("m", "openai/m"),
    end(),
  ];
  const { gateway, sent } = recorded(withRoute(elements));
  const messages = [{ role: "user", content: "Hello" }];
  const body = JSON.stringify({ ...ask, max_tokens: 5, messages });
  const answer = await send(gateway, "/v1/messages", { method: "POST", body });
  assertEquals([answer.status, asked(sent)], [200, ["m"]]);
});
