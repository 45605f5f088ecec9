/** What `gateway.explain` says of a request, and that the request then does it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { textBody } from "../../lib/fetch_like.ts";
import type { RouteElement } from "../../lib/options/graph/elements.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import { isGatewayError } from "../../lib/errors.ts";
import type { Context } from "../../lib/http/http_call.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { claudeAnswer } from "../support/claude_answer.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { end, model, rate, split, start, when } from "../support/graphs.ts";
import { chat, errorOf, goodAnswer, recorded } from "../support/recorder.ts";

const MESSAGES = [{ role: "user", content: "Hello" }];

function request(
  model: string,
  headers: Record<string, string> = {},
  path = "/v1/chat/completions",
): Request {
  const body = JSON.stringify({ model, messages: MESSAGES });
  return new Request(`http://localhost${path}`, { method: "POST", headers, body });
}

const asUser = (user: unknown, plan?: string) => ({
  "cf-aig-metadata": JSON.stringify({ user, plan }),
});

async function refusalOf(gateway: Gateway, asked: Request, context?: Context) {
  const error: unknown = await gateway.explain(asked, context).catch((error) => error);
  assert(isGatewayError(error), String(error));
  return error;
}

const ALL_KINDS: RouteElement[] = [
  start("plan"),
  when("plan", { "metadata.plan": "paid" }, "budget", "rate"),
  rate("budget", { limitType: "cost", limit: 0.01, key: "metadata.user" }, "big", "rate"),
  model("big", "openai/big", "ab"),
  rate("rate", { limitType: "count", limit: 3, key: "metadata.user" }, "ab", "small"),
  split("ab", { "50%": "a", else: "b" }),
  model("a", "openai/a", "small"),
  model("b", "anthropic/b", "small"),
  model("small", "ollama/small"),
  end(),
];

const OPTIONS: GatewayOptions = {
  providers: { anthropic: { apiKey: "sk-ant" } },
  prices: {
    "openai/big": { input: 1, output: 500 },
    "openai/a": { input: 1, output: 2 },
    "anthropic/b": { input: 1, output: 2 },
    "ollama/small": { input: 0, output: 0 },
  },
  gateways: { default: { open: true, routes: { all: { elements: ALL_KINDS } } } },
};

test("a route is explained element by element, with its models and their keys", async () => {
  const random = (size: number) => new Uint8Array(size).fill(200);
  const { gateway, sent } = recorded({ ...OPTIONS, random });
  const asked = request("dynamic/all", asUser("u1", "paid"));
  assertEquals(await gateway.explain(asked), {
    gateway: "default",
    model: "dynamic/all",
    route: "all",
    why: 'the route "all" is a graph of 10 elements',
    path: [
      { id: "start", type: "start", output: "next", why: "every request begins here" },
      {
        id: "plan",
        type: "conditional",
        output: "true",
        why: 'the condition holds: metadata.plan is "paid"',
      },
      {
        id: "budget",
        type: "rate",
        output: "success",
        why: '$0.00 of $0.01 in 60 s used up where metadata.user is "u1"',
      },
      { id: "big", type: "model", output: "success", why: "openai/big is asked, and answers" },
      { id: "end", type: "end", why: "the caller gets the answer" },
    ],
    steps: [
      {
        provider: "openai",
        model: "big",
        element: "big",
        attempts: 1,
        key: "stored",
        why: "is asked first",
      },
      {
        provider: "anthropic",
        model: "b",
        element: "b",
        attempts: 1,
        key: "stored",
        why: "is asked if those before it fail",
      },
      {
        provider: "ollama",
        model: "small",
        element: "small",
        attempts: 1,
        key: "not needed",
        why: "is asked if those before it fail",
      },
    ],
    fallback: [
      { id: "big", type: "model", output: "fallback", why: "openai/big has failed" },
      {
        id: "ab",
        type: "percentage",
        output: "else",
        why: "drawn by chance: 78.43 of 100 falls into else",
      },
      { id: "b", type: "model", output: "fallback", why: "anthropic/b has failed" },
      { id: "small", type: "model", why: "ollama/small has failed" },
    ],
  });
  assertEquals(sent.length, 0);
});

test("what is explained is what then happens, whoever asks, however often, whatever fails", async () => {
  let byte = 0;
  const broken = new Set<string>();
  const clock = new FakeClock();
  const random = (size: number) => new Uint8Array(size).fill(byte);
  const { gateway, sent } = recorded({ ...OPTIONS, clock, random }, (init) => {
    const { model } = JSON.parse(textBody(init)) as { model: string };
    if (broken.has(model)) return new Response("no", { status: 500 });
    return model === "b" ? claudeAnswer("b") : goodAnswer(init);
  });
  let fallbacks = 0;
  for (let i = 0; i < 600; i++) {
    // Numbers without a pattern, the same every time.
    const dice = (i * 2_654_435_761) >>> 0;
    byte = dice >>> 24;
    broken.clear();
    for (const [at, name] of ["big", "a", "b"].entries()) {
      if ((dice >>> (8 + 2 * at)) % 3 === 0) broken.add(name);
    }
    const headers = asUser(dice % 7, dice % 2 === 0 ? "paid" : "free");
    if (i % 50 === 0) await clock.advance(30_000);
    const said = await gateway.explain(request("dynamic/all", headers));
    const order = said.steps.map(({ model }) => model);
    const answering = order.findIndex((model) => !broken.has(model));
    const answer = await chat(gateway, { model: "dynamic/all" }, headers);
    assertEquals(answer.status, 200, answer.text);
    assertEquals(sent.splice(0).map(({ body }) => body.model), order.slice(0, answering + 1));
    assertEquals(answer.headers.get("cf-aig-step"), String(answering));
    assertEquals(answer.headers.get("cf-aig-model"), order[answering]);
    if (said.path.some(({ type, output }) => type === "rate" && output === "fallback")) fallbacks++;
  }
  assert(fallbacks > 50, `limits were reached ${fallbacks} times`);
});

test("where the caller would get a refusal, it is the same one", async () => {
  const elements = [
    start("stop"),
    when("stop", { "metadata.plan": "none" }, "end", "r"),
    rate("r", { limitType: "count", limit: 1 }, "m"),
    model("m", "ollama/m"),
    end(),
  ];
  const gateways = { default: { open: true, routes: { r: { elements } } } };
  const { gateway } = recorded({ gateways });
  await chat(gateway, { model: "r" });
  for (const [plan, code, last] of [["none", 2005, "end"], ["paid", 2003, "r"]] as const) {
    const { refusal, steps, path } = await gateway.explain(request("r", asUser(1, plan)));
    const answer = await chat(gateway, { model: "r" }, asUser(1, plan));
    assertEquals(steps, []);
    assertEquals(path.at(-1)!.id, last);
    assertEquals([refusal!.code, refusal!.status], [code, answer.status]);
    assertEquals(refusal!.message, errorOf(answer).message);
  }
});

test("models, aliases and lists are explained too", async () => {
  const routes = { fast: "ollama/llama", both: ["google/gemini", "openai/gpt"] };
  const retry = { attempts: 3 };
  const { gateway } = recorded({ gateways: { default: { open: true, routes, retry } } });
  const plain = await gateway.explain(request("openai/gpt", { "cf-aig-max-attempts": "2" }));
  assertEquals([plain.route, plain.why], [undefined, "it names a provider and its model"]);
  assertEquals(plain.steps, [
    { provider: "openai", model: "gpt", attempts: 2, key: "stored", why: "is asked first" },
  ]);
  const alias = await gateway.explain(request("dynamic/fast"));
  assertEquals([alias.route, alias.why], ["fast", 'the route "fast" names one model']);
  assertEquals(alias.steps[0]!.key, "not needed");
  const list = await gateway.explain(request("both"));
  assertEquals(list.why, 'the route "both" lists 2 models');
  assertEquals(list.steps.map(({ key }) => key), ["missing", "stored"]);
  assertStringIncludes(list.steps[0]!.why, "cannot be asked: No key for google-ai-studio");
  assertEquals([list.steps[1]!.why, list.refusal], ["is asked first", undefined]);
});

test("the request's own key counts where it may be used, and is never shown", async () => {
  const { gateway } = recorded({
    providers: { anthropic: { apiKey: "sk-ant" } },
    gateways: { default: { open: true, routes: { both: ["openai/a", "anthropic/b"] } } },
  });
  const headers = { authorization: "Bearer sk-very-own" };
  const one = await gateway.explain(request("openai/a", headers));
  const two = await gateway.explain(request("both", headers));
  assertEquals(one.steps[0]!.key, "request");
  assertEquals(two.steps.map(({ key }) => key), ["stored", "stored"]);
  for (const said of [one, two]) assert(!JSON.stringify(said).includes("sk-"));
});

test("a model nobody has a key for is refused as the request would be", async () => {
  const gateway = createGateway({ gateways: { default: { open: true } } });
  const { refusal } = await gateway.explain(request("openai/a"));
  const answer = await chat(gateway, { model: "openai/a" });
  assertEquals([refusal!.status, String(refusal!.code)], [answer.status, errorOf(answer).code!]);
  assertEquals(refusal!.message, errorOf(answer).message);
});

test("only those are told who may ask", async () => {
  const { gateway } = recorded({
    gateways: { default: { accessKeys: ["key-one"] }, other: { accessKeys: ["key-two"] } },
  });
  const bearer = (key: string) => ({ "cf-aig-authorization": `Bearer ${key}` });
  assertEquals((await refusalOf(gateway, request("openai/a"))).code, 2009);
  assertEquals((await refusalOf(gateway, request("openai/a", bearer("key-two")))).code, 2114);
  assertEquals((await gateway.explain(request("openai/a", bearer("key-one")))).steps.length, 1);
  const path = "/v1/account/other/compat/chat/completions";
  const other = await gateway.explain(request("openai/a", bearer("key-two"), path));
  assertEquals(other.gateway, "other");
  const vouched = { principal: { name: "host" } };
  assertEquals((await gateway.explain(request("openai/a"), vouched)).steps.length, 1);
});

test("what can't be explained is refused in words", async () => {
  const { gateway } = recorded();
  const cases: [Request, number][] = [
    [request("nope"), 2019],
    [request("opnai/x"), 2008],
    [request("dynamic/x"), 2005],
    [new Request("http://localhost/v1/models"), 2103],
    [request("openai/a", {}, "/v1/nothing/here"), 2103],
    [request("openai/a", {}, "/v1/account/nope/compat/chat/completions"), 2001],
    [new Request("http://localhost/v1/chat/completions", { method: "POST", body: "{" }), 2100],
    [new Request("http://localhost/v1/chat/completions", { method: "POST", body: "{}" }), 2019],
    [request("openai/a", { "cf-aig-max-attempts": "99" }), 2107],
  ];
  for (const [asked, code] of cases) {
    assertEquals((await refusalOf(gateway, asked)).code, code, asked.url);
  }
});
