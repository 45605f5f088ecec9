/** Limits as callers meet them: who is let through, what the others are told, and what is left counted afterwards. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { systemClock } from "../../lib/clock.ts";
import { type FetchInit, type FetchLike, textBody } from "../../lib/fetch_like.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { GatewayEntry, GatewayOptions, LimitOption, Store } from "../../mod.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { CONTENT, counts, event, SSE } from "../support/counted_answer.ts";
import { end, model, rate, start } from "../support/graphs.ts";
import { chat, errorOf, goodAnswer, recorded, send } from "../support/recorder.ts";
import { silent } from "../support/silent.ts";
import { until } from "../support/waiting.ts";

const bearer = (key: string) => ({ "cf-aig-authorization": `Bearer ${key}` });
const says = (metadata: object) => ({ "cf-aig-metadata": JSON.stringify(metadata) });

function withLimits(limits: LimitOption[], more: GatewayOptions = {}, own: GatewayEntry = {}) {
  return {
    clock: new FakeClock(),
    gateways: { default: { open: true, limits, ...own } },
    ...more,
  } satisfies GatewayOptions;
}

async function statuses(gateway: Gateway, times: number, ...ask: [object?, HeadersInit?]) {
  const all: number[] = [];
  for (let i = 0; i < times; i++) all.push((await chat(gateway, { ...ask[0] }, ask[1])).status);
  return all;
}

interface KeyLimits {
  limits: { used: number | null; left: number | null; resets: string | null }[];
  spendLimits: { used: number | null; left: number | null }[];
}

async function used(gateway: Gateway, headers: HeadersInit = {}): Promise<(number | null)[]> {
  const { text } = await send(gateway, "/v1/key", { headers });
  const { limits, spendLimits } = JSON.parse(text) as KeyLimits;
  return [...limits, ...spendLimits].map(({ used }) => used);
}

/** A reader that has read the first piece of a streamed answer. */
async function readerOf(gateway: Gateway): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const messages = [{ role: "user", content: "Hi" }];
  const body = JSON.stringify({ model: "openai/m", stream: true, messages });
  const url = "http://localhost/v1/chat/completions";
  const answer = await gateway.fetch(new Request(url, { method: "POST", body }));
  const reader = answer.body!.getReader();
  await reader.read();
  return reader;
}

test("a limit of requests lets so many through in a window, and all of them in the next", async () => {
  const clock = new FakeClock();
  const { gateway, sent } = recorded(withLimits([{ of: "requests", limit: 2 }], { clock }));
  assertEquals(await statuses(gateway, 3), [200, 200, 429]);
  await clock.advance(59_999);
  assertEquals(await statuses(gateway, 1), [429]);
  await clock.advance(1);
  assertEquals(await statuses(gateway, 3), [200, 200, 429]);
  assertEquals(sent.length, 4);
});

test("whoever is refused is told by which rule, how much is used, and when to come back", async () => {
  const clock = new FakeClock();
  const limits: LimitOption[] = [{ of: "requests", limit: 1, per: 90, by: "metadata.team" }];
  const { gateway } = recorded(withLimits(limits, { clock }));
  await chat(gateway, {}, says({ team: "red" }));
  await clock.advance(30_500);
  const answer = await chat(gateway, {}, says({ team: "red" }));
  assertEquals(answer.status, 429);
  const { message, code, type } = errorOf(answer);
  assertEquals([code, type], ["2003", "rate_limit_error"]);
  assertEquals(
    message,
    "Rate limited: the limit gateways.default.limits[0] allows 1 request in 90 s by metadata.team, " +
      'with 1 request of it used by "red"; try again in 60 s',
  );
  const header = (name: string) => answer.headers.get(name);
  assertEquals(header("retry-after"), "60");
  assertEquals(header("ratelimit-limit"), "1");
  assertEquals(header("ratelimit-remaining"), "0");
  assertEquals(header("ratelimit-reset"), "60");
  assertEquals(header("x-should-retry"), null);
});

test("a good answer tells what the limit that leaves least has left", async () => {
  const limits: LimitOption[] = [
    { of: "requests", limit: 100 },
    { of: "requests", limit: 3, per: 10 },
    { of: "concurrency", limit: 1 },
  ];
  for (const stream of [false, true]) {
    const { gateway } = recorded(withLimits(limits));
    for (const left of ["2", "1", "0"]) {
      const { headers } = await chat(gateway, { stream });
      assertEquals(headers.get("ratelimit-limit"), "3");
      assertEquals(headers.get("ratelimit-remaining"), left);
      assertEquals(headers.get("ratelimit-reset"), "10");
    }
  }
  const { headers } = await chat(recorded().gateway);
  assertEquals([...headers.keys()].filter((name) => name.startsWith("ratelimit")), []);
});

test("every dialect says it in its own shape", async () => {
  const { gateway } = recorded(withLimits([{ of: "requests", limit: 1 }]));
  await chat(gateway);
  const message = { model: "openai/m", max_tokens: 5, messages: [{ role: "user", content: "Hi" }] };
  const anthropic = await send(gateway, "/v1/messages", {
    method: "POST",
    body: JSON.stringify(message),
  });
  assertEquals(anthropic.status, 429);
  const told = JSON.parse(anthropic.text) as { type: string; error: { type: string } };
  assertEquals([told.type, told.error.type], ["error", "rate_limit_error"]);
  const steps = ["a", "b"].map((name) => ({
    provider: "compat",
    endpoint: "chat/completions",
    query: { model: `openai/${name}`, messages: message.messages },
  }));
  const native = await send(gateway, "/v1/me/default/openai/chat/completions", {
    method: "POST",
    body: JSON.stringify(message),
  });
  const universal = await send(gateway, "/v1/me/default", {
    method: "POST",
    body: JSON.stringify(steps),
  });
  for (const answer of [native, universal]) {
    assertEquals(answer.status, 429);
    assertEquals((JSON.parse(answer.text) as { internalCode: number }).internalCode, 2003);
  }
  for (const answer of [anthropic, native, universal]) {
    assertEquals(answer.headers.get("retry-after"), "60");
    assertEquals(answer.headers.get("ratelimit-remaining"), "0");
  }
});

test("requests are told apart by key, provider, model and metadata", async () => {
  const accessKeys = [{ name: "one", key: "ak-one" }, { name: "two", key: "ak-two" }];
  const by = (divider: LimitOption["by"]) =>
    recorded({
      gateways: {
        default: { accessKeys, limits: [{ of: "requests", limit: 1, by: divider }] },
      },
      providers: { groq: { apiKey: "sk-groq" } },
    }).gateway;
  const ask = async (gateway: Gateway, key: string, model: string, team?: string) => {
    const headers = { ...bearer(`ak-${key}`), ...(team !== undefined && says({ team })) };
    return (await chat(gateway, { model }, headers)).status;
  };
  const key = by("key");
  assertEquals(await ask(key, "one", "openai/a"), 200);
  assertEquals(await ask(key, "one", "groq/b"), 429);
  assertEquals(await ask(key, "two", "openai/a"), 200);
  const provider = by("provider");
  assertEquals(await ask(provider, "one", "openai/a"), 200);
  assertEquals(await ask(provider, "two", "openai/b"), 429);
  assertEquals(await ask(provider, "two", "groq/b"), 200);
  const model = by("model");
  assertEquals(await ask(model, "one", "openai/a"), 200);
  assertEquals(await ask(model, "two", "openai/a"), 429);
  assertEquals(await ask(model, "one", "openai/b"), 200);
  const team = by("metadata.team");
  assertEquals(await ask(team, "one", "openai/a", "red"), 200);
  assertEquals(await ask(team, "two", "openai/a", "red"), 429);
  assertEquals(await ask(team, "two", "openai/a", "blue"), 200);
});

test("who leaves out what requests are told apart by is counted with everybody else who does", async () => {
  const limits: LimitOption[] = [{ of: "requests", limit: 1, by: "metadata.team" }];
  const { gateway } = recorded(withLimits(limits));
  assertEquals(await statuses(gateway, 1), [200]);
  const answer = await chat(gateway, {}, says({ other: 1 }));
  assertEquals(answer.status, 429);
  assertStringIncludes(errorOf(answer).message, "used where there is no metadata.team");
  const open = recorded(withLimits([{ of: "requests", limit: 1, by: "key" }])).gateway;
  assertEquals(await statuses(open, 2), [200, 429]);
});

test("what the host application says of a request is what it is counted by", async () => {
  const { gateway } = recorded(withLimits([{ of: "requests", limit: 1, by: "metadata.team" }]));
  const ask = async (team: string) => {
    const body = JSON.stringify({ model: "openai/m", messages: [{ role: "user", content: "Hi" }] });
    const headers = says({ team: String(Math.random()) });
    const url = "http://localhost/v1/chat/completions";
    const request = new Request(url, { method: "POST", headers, body });
    return (await gateway.handle(request, { metadata: { team } })).status;
  };
  assertEquals([await ask("red"), await ask("red"), await ask("blue")], [200, 429, 200]);
});

test("a limit holds for the requests that it matches, and for no other", async () => {
  const limited = async (
    match: LimitOption["match"],
    model: string,
    metadata: object = {},
  ) => {
    const providers = { groq: { apiKey: "sk-groq" } };
    const { gateway } = recorded(withLimits([{ of: "requests", limit: 1, match }], { providers }));
    return (await statuses(gateway, 2, { model }, says(metadata)))[1] === 429;
  };
  assert(await limited({}, "openai/gpt-5"));
  assert(await limited({ provider: "openai" }, "openai/gpt-5"));
  assert(!await limited({ provider: "groq" }, "openai/gpt-5"));
  assert(await limited({ model: "openai/gpt-5*" }, "openai/gpt-5-mini"));
  assert(!await limited({ model: "openai/gpt-5" }, "openai/gpt-5-mini"));
  assert(await limited({ model: "*mini*" }, "groq/a-mini-b"));
  assert(!await limited({ model: "openai/*" }, "groq/openai/gpt-oss"));
  assert(await limited({ provider: "groq", model: "groq/openai/*" }, "groq/openai/gpt-oss"));
  assert(await limited({ metadata: { plan: "free", n: 1 } }, "openai/m", { plan: "free", n: 1 }));
  assert(!await limited({ metadata: { plan: "free" } }, "openai/m", { plan: "paid" }));
  assert(!await limited({ metadata: { plan: "free" } }, "openai/m"));
});

test("a request is one request, however many targets and tries it takes", async () => {
  let calls = 0;
  const { gateway } = recorded(
    withLimits(
      [{ of: "requests", limit: 2 }],
      { clock: systemClock },
      { retry: { attempts: 2, delay: 0 }, routes: { r: ["openai/a", "openai/b", "openai/c"] } },
    ),
    (init) => ++calls % 6 === 0 ? goodAnswer(init) : new Response("no", { status: 503 }),
  );
  assertEquals(await statuses(gateway, 3, { model: "r" }), [200, 200, 429]);
  assertEquals(calls, 12);
});

test("a universal request is one request, whatever its steps are", async () => {
  const { gateway, sent } = recorded(
    withLimits([{ of: "requests", limit: 2 }, { of: "concurrency", limit: 1 }]),
    (init) => {
      const { model } = JSON.parse(textBody(init)) as { model: string };
      return model === "good" ? goodAnswer(init) : new Response("no", { status: 503 });
    },
  );
  const query = (model: string) => ({ model, messages: [{ role: "user", content: "Hi" }] });
  const body = JSON.stringify([
    { provider: "compat", endpoint: "chat/completions", query: query("openai/bad") },
    { provider: "openai", endpoint: "chat/completions", query: query("bad") },
    { provider: "openai", endpoint: "chat/completions", query: query("good") },
  ]);
  const all: number[] = [];
  for (let i = 0; i < 3; i++) {
    all.push((await send(gateway, "/v1/me/default", { method: "POST", body })).status);
  }
  assertEquals(all, [200, 200, 429]);
  assertEquals(sent.length, 6);
});

test("a limit of a model or provider leads on to the next target, one of the gateway ends the request", async () => {
  const routes = { r: ["openai/a", "openai/b"] };
  const asked = async (limits: LimitOption[]) => {
    const { gateway, sent } = recorded(withLimits(limits, {}, { routes }));
    const all = await statuses(gateway, 3, { model: "r" });
    return [all, sent.map(({ body }) => body.model)];
  };
  assertEquals(await asked([{ of: "requests", limit: 1, by: "model" }]), [
    [200, 200, 429],
    ["a", "b"],
  ]);
  assertEquals(await asked([{ of: "requests", limit: 1, match: { model: "openai/a" } }]), [
    [200, 200, 200],
    ["a", "b", "b"],
  ]);
  assertEquals(await asked([{ of: "requests", limit: 1 }]), [[200, 429, 429], ["a"]]);
  assertEquals(await asked([{ of: "requests", limit: 1, by: "provider" }]), [[200, 429, 429], [
    "a",
  ]]);
});

test("whoever asks for more than his gateway or key has left is not sent on to whom it would do", async () => {
  const routes = { r: ["openai/big", "openai/small"] };
  const modelRules = { openai: [{ match: "^big", usualOutput: 4_000 }] };
  const asked = async (more: Partial<LimitOption>) => {
    const limits: LimitOption[] = [{ of: "tokens", limit: 3_000, ...more }];
    const { gateway, sent } = recorded(withLimits(limits, { modelRules }, { routes }));
    const { status } = await chat(gateway, { model: "r" });
    return [status, sent.map(({ body }) => body.model)];
  };
  assertEquals(await asked({}), [429, []]);
  assertEquals(await asked({ by: "metadata.team" }), [429, []]);
  assertEquals(await asked({ by: "model" }), [200, ["small"]]);
});

test("a route's rate counts a universal request once, however many of its steps come by", async () => {
  const routes = {
    r: {
      elements: [
        start("rate"),
        rate("rate", { limitType: "count", limit: 2 }, "model"),
        model("model", "openai/m"),
        end(),
      ],
    },
  };
  let asked = 0;
  const { gateway } = recorded(
    { gateways: { default: { open: true, routes } } },
    (init) => asked++ % 2 === 0 ? new Response("{}", { status: 400 }) : goodAnswer(init),
  );
  const step = {
    provider: "compat",
    endpoint: "chat/completions",
    query: { model: "dynamic/r", messages: [{ role: "user", content: "Hi" }] },
  };
  const all: number[] = [];
  for (let i = 0; i < 3; i++) {
    const body = JSON.stringify([step, step]);
    all.push((await send(gateway, "/v1/me/default", { method: "POST", body })).status);
  }
  assertEquals(all, [200, 200, 429]);
});

test("a limit that ends a request ends it for all steps of the universal endpoint", async () => {
  const modelRules = { openai: [{ match: "^big", usualOutput: 4_000 }] };
  const step = (model: string) => ({
    provider: "compat",
    endpoint: "chat/completions",
    query: { model: `openai/${model}`, messages: [{ role: "user", content: "Hi" }] },
  });
  const body = JSON.stringify([step("big"), step("small")]);
  const asked = async (more: Partial<LimitOption>) => {
    const limits: LimitOption[] = [{ of: "tokens", limit: 3_000, ...more }];
    const { gateway } = recorded(withLimits(limits, { modelRules }));
    const { status, headers } = await send(gateway, "/v1/me/default", { method: "POST", body });
    return [status, headers.get("cf-aig-step")];
  };
  assertEquals(await asked({}), [429, "0"]);
  assertEquals(await asked({ by: "model" }), [200, "1"]);
});

test("whoever is refused by one limit has used nothing of the others", async () => {
  const limits: LimitOption[] = [
    { of: "requests", limit: 100, per: 3600 },
    { of: "tokens", limit: 100_000, per: 3600 },
    { of: "concurrency", limit: 5 },
    { of: "requests", limit: 1 },
  ];
  const { gateway } = recorded(withLimits(limits), counts(3, 4));
  assertEquals(await statuses(gateway, 5), [200, 429, 429, 429, 429]);
  assertEquals(await used(gateway), [1, 7, 0, 1]);
});

test("whoever is over his own limit takes nothing, even for a moment, of what others share", async () => {
  const clock = new FakeClock();
  const inner = createMemoryStore({ clock });
  const added: string[] = [];
  const store: Store = {
    ...inner,
    add(key, amount, ttl) {
      added.push(key.split(":").slice(1, 4).join(" "));
      return inner.add(key, amount, ttl);
    },
  };
  const own: LimitOption[] = [{ of: "requests", limit: 1, by: "gateway" }];
  const accessKeys = [{ name: "a", key: "ak-a", limits: own }, { name: "b", key: "ak-b" }];
  const limits: LimitOption[] = [
    { of: "concurrency", limit: 1 },
    { of: "requests", limit: 2 },
    { of: "requests", limit: 5, by: "metadata.team" },
  ];
  const { gateway } = recorded({ clock, store, gateways: { default: { accessKeys, limits } } });
  const ask = async (key: string) => {
    added.length = 0;
    const { status } = await chat(gateway, {}, bearer(key));
    return [status, [...new Set(added)]];
  };
  const OWN = "default/a requests gateway";
  const TEAM = "default requests metadata.team";
  const SHARED = "default requests gateway";
  const PLACES = "default concurrency gateway";
  assertEquals(await ask("ak-a"), [200, [TEAM, OWN, SHARED, PLACES]]);
  assertEquals(await ask("ak-a"), [429, [TEAM, OWN]]);
  // Nor does whoever finds no request left take a place.
  assertEquals(await ask("ak-b"), [200, [TEAM, SHARED, PLACES]]);
  assertEquals(await ask("ak-b"), [429, [TEAM, SHARED]]);
});

test("an access key's limits are its own, at every gateway that it opens together", async () => {
  const options: GatewayOptions = {
    gateways: {
      default: {
        accessKeys: [
          {
            name: "a",
            key: "ak-a",
            gateways: ["default", "lab"],
            limits: [{ of: "requests", limit: 2 }],
          },
          { name: "b", key: "ak-b" },
        ],
        limits: [{ of: "requests", limit: 4 }],
      },
      lab: {},
    },
  };
  const { gateway } = recorded(options);
  const ask = async (key: string, id: string) => {
    const path = `/v1/me/${id}/compat/chat/completions`;
    return (await chat(gateway, {}, bearer(key), path)).status;
  };
  assertEquals(await ask("ak-a", "default"), 200);
  assertEquals(await ask("ak-a", "lab"), 200);
  assertEquals(await ask("ak-a", "default"), 429);
  assertEquals(await ask("ak-a", "lab"), 429);
  assertEquals(await used(gateway, bearer("ak-a")), [1, 2]);
  for (const status of [200, 200, 200, 429]) assertEquals(await ask("ak-b", "default"), status);
});

test("64 requests at once never get more than a limit allows", async () => {
  const limits: LimitOption[] = [
    { of: "requests", limit: 10 },
    { of: "requests", limit: 20, per: 10, technique: "sliding" },
  ];
  const { gateway, sent } = recorded(withLimits(limits));
  const all = await Promise.all(Array.from({ length: 64 }, () => chat(gateway)));
  assertEquals(all.filter(({ status }) => status === 200).length, 10);
  assertEquals(all.filter(({ status }) => status === 429).length, 54);
  assertEquals(sent.length, 10);
  assertEquals(await used(gateway), [10, 10]);
});

test("no more requests run at a time than a limit of them allows", async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const fetch: FetchLike = async (_, init) => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => waiting.push(resolve));
    running--;
    return goodAnswer(init);
  };
  const providers = { openai: { apiKey: "sk-stored" } };
  const options = { ...withLimits([{ of: "concurrency", limit: 5 }]), providers, fetch };
  const gateway = createGateway(options);
  const asked = Array.from({ length: 64 }, () => chat(gateway));
  await until(() => waiting.length === 5, "five are asked");
  const refused = Promise.race(asked);
  const first = await refused;
  assertEquals([first.status, first.headers.get("retry-after")], [429, "1"]);
  assertMatch(errorOf(first).message, /allows 5 requests at a time by gateway, with 5 requests/);
  for (const go of waiting) go();
  const all = await Promise.all(asked);
  assertEquals(all.filter(({ status }) => status === 200).length, 5);
  assertEquals(most, 5);
  assertEquals(await used(gateway), [0]);
});

test("a place is held to the end of a stream, and free again however that ends", async () => {
  for (const how of ["ends", "leaves", "breaks", "fails"] as const) {
    const clock = new FakeClock();
    const fetch: FetchLike = (_, init) => {
      if (how === "ends") return Promise.resolve(goodAnswer(init));
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (pulls++ === 0) controller.enqueue(new TextEncoder().encode(CONTENT));
          else if (how === "breaks") controller.close();
          else if (how === "fails") controller.error(new Error("gone"));
        },
      }, { highWaterMark: 0 });
      return Promise.resolve(new Response(body, { headers: SSE }));
    };
    const providers = { openai: { apiKey: "sk-stored" } };
    const limits: LimitOption[] = [{ of: "concurrency", limit: 1 }];
    const gateway = createGateway({ ...withLimits(limits, { clock }), providers, fetch });
    const reader = await readerOf(gateway);
    assertEquals(await used(gateway), [1], how);
    assertEquals((await chat(gateway)).status, 429, how);
    if (how === "leaves") await reader.cancel();
    else while (!(await reader.read()).done);
    assertEquals(await used(gateway), [0], how);
    assertEquals(clock.waiting, 0, how);
  }
});

test("a stream may take longer than any term without losing its place", async () => {
  const clock = new FakeClock();
  const fetch: FetchLike = () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(new TextEncoder().encode(CONTENT));
      },
    }, { highWaterMark: 0 });
    return Promise.resolve(new Response(body, { headers: SSE }));
  };
  const providers = { openai: { apiKey: "sk-stored" } };
  const options = withLimits([{ of: "concurrency", limit: 1 }], { clock }, {
    timeouts: { idle: 0 },
  });
  const gateway = createGateway({ ...options, providers, fetch });
  const reader = await readerOf(gateway);
  for (let minute = 0; minute < 60; minute++) await clock.advance(60_000);
  assertEquals(await used(gateway), [1]);
  await reader.cancel();
  assertEquals(await used(gateway), [0]);
});

test("tokens are set aside before a model is asked, and settled with what it counted", async () => {
  for (const stream of [false, true]) {
    const { gateway } = recorded(withLimits([{ of: "tokens", limit: 5_000 }]), counts(100, 200));
    const first = await chat(gateway, { stream, max_tokens: 500 });
    // The body is some 100 characters, a fourth of them tokens.
    const left = Number(first.headers.get("ratelimit-remaining"));
    assert(left > 4_440 && left < 4_500, String(left));
    assertEquals(await used(gateway), [300]);
  }
});

test("the model's usual output is set aside where a request allows more, or says nothing", async () => {
  const left = async (body: object, path?: string, model = "openai/m") => {
    const modelRules = { openai: [{ match: "^big", usualOutput: 4_000 }] };
    const { gateway } = recorded(withLimits([{ of: "tokens", limit: 100_000 }], { modelRules }));
    const { headers } = await chat(gateway, { model, ...body }, {}, path);
    return Math.round((100_000 - Number(headers.get("ratelimit-remaining"))) / 100) * 100;
  };
  assertEquals(await left({}), 1_000);
  assertEquals(await left({ max_tokens: 100_000 }), 1_000);
  assertEquals(await left({ max_completion_tokens: 200 }), 200);
  assertEquals(await left({ max_tokens: 200, n: 3 }), 600);
  for (const max_tokens of [0, -1, "200", 1e308, null]) {
    assertEquals(await left({ max_tokens }), 1_000, String(max_tokens));
  }
  assertEquals(await left({ model: "openai/big" }), 4_000);
  assertEquals(await left({ model: "openai/big", max_tokens: 2_000 }), 2_000);
  assertEquals(await left({ max_tokens: 300 }, "/v1/messages"), 300);
});

test("what a caller writes can't make a counter anything but a count", async () => {
  const { gateway } = recorded(withLimits([{ of: "tokens", limit: 100_000 }]), counts(1, 1));
  for (const n of [1e308, 1e999, -1, 1.5, "1"]) {
    const text = JSON.stringify({
      model: "openai/m",
      messages: [{ role: "user", content: "Hi" }],
      n,
    });
    const answer = await chat(gateway, text.replace("null", "1e999"));
    assertEquals(answer.status === 200 || answer.status === 429 || answer.status === 400, true);
    const [tokens] = await used(gateway);
    assert(tokens! >= 0 && tokens! < 100, `${n}: ${tokens}`);
  }
  assertEquals((await chat(gateway)).status, 200);
});

test("models that a request names to fall back to are limited like the one it asks for", async () => {
  const limits: LimitOption[] = [{ of: "requests", limit: 1, match: { model: "openrouter/dear" } }];
  const providers = { openrouter: { apiKey: "sk-or" } };
  const { gateway } = recorded(withLimits(limits, { providers }));
  const cheap = { model: "openrouter/cheap" };
  assertEquals(await statuses(gateway, 2, cheap), [200, 200]);
  assertEquals(await statuses(gateway, 2, { ...cheap, models: ["dear"] }), [200, 429]);
});

test("models to fall back to are counted each where models are told apart, and none twice", async () => {
  const limit: LimitOption = { of: "requests", limit: 1, by: "model" };
  const providers = { openrouter: { apiKey: "sk-or" } };
  const asked = async (more: Partial<LimitOption>) => {
    const { gateway } = recorded(withLimits([{ ...limit, ...more }], { providers }));
    const ask = async (model: string, models?: string[]) =>
      (await chat(gateway, { model: `openrouter/${model}`, models })).status;
    return [await ask("a", ["a", "b", "b"]), await ask("b"), await ask("c", ["a"]), await ask("c")];
  };
  assertEquals(await asked({}), [200, 429, 429, 200]);
  assertEquals(await asked({ match: { model: "openrouter/a" } }), [200, 200, 429, 200]);
});

test("more models to fall back to than anybody needs are refused, for vectors too", async () => {
  const providers = { openrouter: { apiKey: "sk-or" }, openai: { apiKey: "sk-stored" } };
  const limits: LimitOption[] = [{ of: "tokens", limit: 100_000 }];
  const { gateway, sent } = recorded(withLimits(limits, { providers }));
  const models = Array<string>(33).fill("a");
  const told = [await chat(gateway, { model: "openrouter/a", models })];
  const body = JSON.stringify({ model: "openai/v", input: "Hi", models });
  told.push(await send(gateway, "/v1/embeddings", { method: "POST", body }));
  for (const answer of told) {
    assertEquals([answer.status, errorOf(answer).param], [400, "models"]);
    assertMatch(errorOf(answer).message, /models must be a list of 32 names at most/);
  }
  assertEquals(sent.length, 0);
  assertEquals(
    (await chat(gateway, { model: "openrouter/a", models: models.slice(1) })).status,
    200,
  );
});

test("tokens that were set aside are given back by every failure", async () => {
  const limits: LimitOption[] = [{ of: "tokens", limit: 100_000 }, { of: "concurrency", limit: 9 }];
  const failures: [string, (init: FetchInit) => Response, number][] = [
    ["an error", () => new Response("no", { status: 500 }), 500],
    ["a refusal", () => new Response("no", { status: 401 }), 401],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "/x" } }), 502],
    ["nonsense", () => new Response("<html>", { headers: { "content-type": "text/html" } }), 502],
    ["an error inside a 200", () => Response.json({ error: { message: "no" } }), 502],
    ["a lost connection", () => {
      throw new TypeError("fetch failed");
    }, 502],
  ];
  for (const [what, answer, status] of failures) {
    for (const stream of [false, true]) {
      const { gateway } = recorded(withLimits(limits), answer);
      const got = await chat(gateway, { stream });
      assert(got.status >= 400, `${what}: ${got.status}, expected about ${status}`);
      assertEquals(await used(gateway), [0, 0], what);
    }
  }
});

/** Whether somebody was charged what is set aside for a short question, and holds no place. */
function assertReserved([tokens, places]: (number | null)[], times: number): void {
  assert(tokens! >= times * 1_000 && tokens! <= times * 1_100, `${tokens} of ${times}`);
  assertEquals(places, 0);
}

test("a caller who leaves before the answer is charged what was set aside, since its provider goes on, and holds no place", async () => {
  const clock = new FakeClock();
  let asked = 0;
  const fetch: FetchLike = (_, init) => {
    asked++;
    return init.signal.aborted ? Promise.reject(init.signal.reason) : silent(init);
  };
  const limits: LimitOption[] = [{ of: "tokens", limit: 100_000 }, { of: "concurrency", limit: 9 }];
  const providers = { openai: { apiKey: "sk-stored" } };
  const gateway = createGateway({ ...withLimits(limits, { clock }), providers, fetch });
  const messages = [{ role: "user", content: "Hi" }];
  // Who has left before anybody was asked has used nothing.
  const gone = AbortSignal.abort();
  await gateway.fetch(
    new Request("http://localhost/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model: "openai/m", messages }),
      signal: gone,
    }),
  );
  assertEquals(await used(gateway), [0, 0]);
  let charged = 0;
  asked = 0;
  for (const stream of [false, true]) {
    const leave = new AbortController();
    const body = JSON.stringify({ model: "openai/m", stream, messages });
    const url = "http://localhost/v1/chat/completions";
    const before = asked;
    const running = gateway.fetch(new Request(url, { method: "POST", body, signal: leave.signal }));
    await until(() => asked > before, "the provider is asked");
    assert((await used(gateway)).every((amount) => amount! > 0));
    leave.abort();
    await running;
    assertReserved(await used(gateway), ++charged);
  }
  // The same after the headers are out, while nobody has shown content.
  const body = JSON.stringify({ model: "openai/m", stream: true, messages });
  const url = "http://localhost/v1/chat/completions";
  const running = gateway.fetch(new Request(url, { method: "POST", body }));
  await until(() => asked === 3, "the provider is asked");
  await clock.advance(10_000);
  const answer = await running;
  await answer.body!.cancel();
  await until(() => clock.waiting === 0, "everything is over");
  assertReserved(await used(gateway), 3);
});

test("timeouts cost what was set aside, before and after the headers, and hold no place", async () => {
  const clock = new FakeClock();
  const fetch: FetchLike = (_, init) => silent(init);
  const limits: LimitOption[] = [
    { of: "tokens", limit: 100_000, per: 3600 },
    { of: "concurrency", limit: 9 },
  ];
  const providers = { openai: { apiKey: "sk-stored" } };
  const gateway = createGateway({ ...withLimits(limits, { clock }), providers, fetch });
  const whole = chat(gateway);
  const stream = chat(gateway, { stream: true });
  await clock.advance(600_000);
  assertEquals((await whole).status, 504);
  assertMatch((await stream).text, /no first byte/);
  assertReserved(await used(gateway), 2);
});

test("a provider that was too slow is charged beside the one that answers in its place", async () => {
  const clock = new FakeClock();
  const answer = counts(3, 4);
  const fetch: FetchLike = (_, init) => {
    const { model } = JSON.parse(textBody(init)) as { model: string };
    return model === "b" ? Promise.resolve(answer(init)) : silent(init);
  };
  const limits: LimitOption[] = [
    { of: "tokens", limit: 100_000, per: 3600 },
    { of: "concurrency", limit: 9 },
  ];
  const providers = { openai: { apiKey: "sk-stored" } };
  const own = { routes: { r: ["openai/a", "openai/b"] } };
  const gateway = createGateway({ ...withLimits(limits, { clock }, own), providers, fetch });
  const asking = chat(gateway, { model: "r" });
  await clock.advance(600_000);
  assertEquals((await asking).status, 200);
  const [tokens, places] = await used(gateway);
  assertReserved([tokens! - 7, places!], 1);
});

test("a try that was too slow is charged beside the one that is made again, with its share of the request", async () => {
  const limits: LimitOption[] = [
    { of: "tokens", limit: 100_000_000, per: 3600 },
    { of: "concurrency", limit: 9 },
  ];
  const chosen = { retry: { attempts: 3, delay: 0 } };
  /** The first answers are not waited for, those after them are there at once; others fail in time. */
  const asking = async (slow: number, path: string, question: object, failing = 0) => {
    const clock = new FakeClock();
    let asked = 0;
    const fetch: FetchLike = (_, init) => {
      const number = ++asked;
      if (number <= slow) return silent(init);
      if (number <= slow + failing) return Promise.resolve(new Response(null, { status: 503 }));
      if (path === "/v1/chat/completions") return Promise.resolve(counts(3, 4)(init));
      const { texts } = JSON.parse(textBody(init)) as { texts: string[] };
      const meta = { billed_units: { input_tokens: 10 } };
      return Promise.resolve(
        Response.json({ embeddings: { float: texts.map(() => [1]) }, meta }),
      );
    };
    const providers = { openai: { apiKey: "sk-stored" }, cohere: { apiKey: "sk-c" } };
    const gateway = createGateway({ ...withLimits(limits, { clock }, chosen), providers, fetch });
    const body = JSON.stringify(question);
    const headers = { "cf-aig-request-timeout": "1000" };
    const answering = send(gateway, path, { method: "POST", headers, body });
    for (let second = 0; second < 5; second++) await clock.advance(1000);
    const { status } = await answering;
    return [status, ...await used(gateway)] as const;
  };
  const messages = [{ role: "user", content: "Hi" }];
  const words = { model: "openai/m", messages };
  for (const [slow, failing, status, last] of [[1, 0, 200, 7], [2, 0, 200, 7], [1, 2, 503, 0]]) {
    const got = await asking(slow!, "/v1/chat/completions", words, failing);
    assertEquals(got[0], status);
    assertReserved([got[1]! - last!, got[2]!], slow!);
  }
  // One of four calls for vectors.
  const input = Array.from({ length: 4 * 96 }, () => "Hi");
  const vectors = { model: "cohere/e", input };
  const [status, tokens] = await asking(1, "/v1/embeddings", vectors);
  assertEquals(status, 200);
  assertEquals(tokens, 4 * 10 + Math.ceil(Math.ceil(JSON.stringify(vectors).length / 4) / 4));
});

test("of vectors that take several calls those that came are paid for, also where one fails", async () => {
  const limits: LimitOption[] = [{ of: "tokens", limit: 10_000_000 }, { of: "cost", limit: 1_000 }];
  const prices = { "cohere/*": { input: 10_000, output: 0 } };
  const providers = { cohere: { apiKey: "sk-c" } };
  const ask = async (inputs: number, failing: number, status = 400) => {
    let asked = 0;
    const fetch: FetchLike = async (_, init) => {
      const { texts } = JSON.parse(textBody(init)) as { texts: string[] };
      const isBad = ++asked === failing;
      await new Promise((resolve) => setTimeout(resolve, isBad ? 20 : 0));
      if (isBad) return Response.json({ message: "no" }, { status });
      const meta = { billed_units: { input_tokens: 10 } };
      return Response.json({ embeddings: { float: texts.map(() => [1]) }, meta });
    };
    const options = withLimits(limits, { prices });
    const gateway = createGateway({ ...options, clock: systemClock, providers, fetch });
    const input = Array.from({ length: inputs }, () => "Hi");
    const body = JSON.stringify({ model: "cohere/e", input });
    const { status: told } = await send(gateway, "/v1/embeddings", { method: "POST", body });
    return [told, ...await used(gateway)];
  };
  assertEquals(await ask(8 * 96, 0), [200, 80, 0.8]);
  assertEquals(await ask(8 * 96, 8), [400, 70, 0.7]);
  assertEquals(await ask(96, 1), [400, 0, 0]);
});

test("a stream that breaks off, or is left, costs at least what was set aside", async () => {
  const usage = (prompt_tokens: number) =>
    event({ choices: [], usage: { prompt_tokens, completion_tokens: 1 } });
  for (const how of ["leaves", "breaks"] as const) {
    for (
      const [counted, least, most] of [["", 1_000, 1_100], [
        usage(10),
        1_000,
        1_100,
      ], [usage(5_000), 5_001, 5_001]] as const
    ) {
      const fetch: FetchLike = () => {
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(new TextEncoder().encode(CONTENT + counted));
            if (how === "breaks") controller.close();
          },
        });
        return Promise.resolve(new Response(body, { headers: SSE }));
      };
      const providers = { openai: { apiKey: "sk-stored" } };
      const options = withLimits([{ of: "tokens", limit: 100_000 }]);
      const gateway = createGateway({ ...options, providers, fetch });
      const reader = await readerOf(gateway);
      if (how === "leaves") await reader.cancel();
      else while (!(await reader.read()).done);
      const [tokens] = await used(gateway);
      assert(tokens! >= least && tokens! <= most, `${how}: ${tokens}`);
    }
  }
});

test("counts that can't be true are neither free nor ruinous", async () => {
  const wrong = [[-1, 5], [5, -1], [1e308, 1], ["1e999", 1], [0, 0], ["7", 1], [null, null]];
  for (const [input, output] of wrong) {
    for (const stream of [false, true]) {
      const raw = (init: Pick<FetchInit, "body">) => {
        const answer = counts(input, output)(init);
        // A number beyond all numbers can't be written by `JSON.stringify`.
        return input === "1e999"
          ? new Response(answer.body!.pipeThrough(replaced('"1e999"', "1e999")), answer)
          : answer;
      };
      const { gateway } = recorded(withLimits([{ of: "tokens", limit: 100_000 }]), raw);
      assertEquals((await chat(gateway, { stream })).status, 200);
      const [tokens] = await used(gateway);
      assert(tokens! > 0 && tokens! < 1_100, `${input}, ${output}, ${stream}: ${tokens}`);
    }
  }
});

function replaced(what: string, by: string): TransformStream<Uint8Array, Uint8Array> {
  const utf8 = new TextDecoder();
  return new TransformStream({
    transform: (bytes, controller) =>
      controller.enqueue(new TextEncoder().encode(utf8.decode(bytes).replace(what, by))),
  });
}

test("an answer that ends after its window settles in the window that it began in", async () => {
  const clock = new FakeClock();
  const waiting: (() => void)[] = [];
  const fetch: FetchLike = async (_, init) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return counts(1_000, 1_500)(init);
  };
  const providers = { openai: { apiKey: "sk-stored" } };
  const options = withLimits([{ of: "tokens", limit: 100_000 }], { clock });
  const gateway = createGateway({ ...options, providers, fetch });
  const early = chat(gateway);
  await until(() => waiting.length === 1, "it is asked");
  await clock.advance(60_000);
  const late = chat(gateway);
  await until(() => waiting.length === 2, "the other is asked");
  waiting[0]!();
  await early;
  const [reserved] = await used(gateway);
  assert(reserved! > 1_000 && reserved! < 1_100, String(reserved));
  waiting[1]!();
  await late;
  assertEquals(await used(gateway), [2_500]);
});

test("vectors count what is read", async () => {
  const vectors = { data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 77 } };
  const limits: LimitOption[] = [{ of: "tokens", limit: 1_000 }, { of: "requests", limit: 2 }];
  const { gateway } = recorded(withLimits(limits), () => Response.json(vectors));
  const body = JSON.stringify({ model: "openai/m", input: "Hello" });
  const ask = () => send(gateway, "/v1/embeddings", { method: "POST", body });
  const first = await ask();
  assertEquals([first.status, first.headers.get("ratelimit-remaining")], [200, "1"]);
  assertEquals(await used(gateway), [77, 1]);
  await ask();
  assertEquals((await ask()).status, 429);
});

test("an answer from the cache counts against no limit, on any road, nor against the nodes of a route", async () => {
  const limits: LimitOption[] = [
    { of: "requests", limit: 2 },
    { of: "tokens", limit: 100_000 },
    { of: "concurrency", limit: 1 },
  ];
  const elements = [
    start("rate"),
    rate("rate", { limitType: "count", limit: 2 }, "m"),
    model("m", "openai/m"),
    end(),
  ];
  const own = { cache: { ttl: 600 }, routes: { r: { elements } } };
  const { gateway, sent } = recorded(withLimits(limits, {}, own), counts(3, 4));
  const query = { model: "n", messages: [{ role: "user", content: "Hi" }] };
  const step = { provider: "openai", endpoint: "chat/completions", query };
  const native = { method: "POST", body: JSON.stringify([step]) };
  for (let i = 0; i < 4; i++) {
    assertEquals((await chat(gateway, { model: "r" })).status, 200, `chat ${i}`);
    assertEquals((await send(gateway, "/v1/me/default", native)).status, 200, `native ${i}`);
  }
  assertEquals(sent.length, 2);
  assertEquals(await used(gateway), [2, 14, 0]);
});

test("a request that is answered from the cache counts if a provider was called before", async () => {
  const limits: LimitOption[] = [
    { of: "requests", limit: 3 },
    { of: "tokens", limit: 100_000 },
    { of: "concurrency", limit: 1 },
  ];
  const own = { cache: { ttl: 600 }, retry: { attempts: 1 } };
  const { gateway, sent } = recorded(withLimits(limits, {}, own), (init) => {
    const fails = textBody(init).includes("unheard");
    return fails ? new Response("{}", { status: 404 }) : counts(3, 4)(init);
  });
  const ask = (content: string, headers = {}) => ({
    provider: "compat",
    endpoint: "chat/completions",
    headers,
    query: { model: "openai/m", messages: [{ role: "user", content }] },
  });
  const steps = [ask("unheard", { "cf-aig-skip-cache": "true" }), ask("Hi")];
  const init = { method: "POST", body: JSON.stringify(steps) };
  const statuses: string[] = [];
  for (let i = 0; i < 4; i++) {
    const { status, headers } = await send(gateway, "/v1/me/default", init);
    statuses.push(`${status} ${headers.get("cf-aig-cache-status")}`);
  }
  assertEquals(statuses.slice(0, 3), ["200 MISS", "200 HIT", "200 HIT"]);
  assertEquals(statuses[3]?.slice(0, 3), "429");
  assertEquals(sent.length, 4);
  assertEquals(await used(gateway), [3, 7, 0]);
});

test("dry runs and explanations count nothing", async () => {
  const limits: LimitOption[] = [{ of: "requests", limit: 1 }, { of: "tokens", limit: 10_000 }];
  const { gateway } = recorded(withLimits(limits));
  for (let i = 0; i < 3; i++) {
    assertEquals((await chat(gateway, {}, { "dragoman-dry-run": "true" })).status, 200);
  }
  assertEquals(await used(gateway), [0, 0]);
});

test("a key is told its limits, what is used and left, and when each window ends", async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 1, 12, 0, 30));
  const { gateway } = recorded({
    clock,
    prices: { "openai/*": { input: 1000, output: 1000 } },
    gateways: {
      default: {
        accessKeys: [{
          name: "ci",
          key: "ak-ci",
          limits: [{ of: "requests", limit: 10, per: 3600 }],
          spendLimits: [{ limit: 5 }],
        }],
        limits: [
          { of: "tokens", limit: 9_000, by: "metadata.team", technique: "sliding" },
          { of: "requests", limit: 7, by: "model", match: { model: "openai/*" } },
          { of: "concurrency", limit: 3, match: { metadata: { plan: "free" } } },
        ],
      },
    },
  }, counts(600, 400));
  const headers = { ...bearer("ak-ci"), ...says({ team: "red", plan: "free" }) };
  await chat(gateway, {}, headers);
  const { text } = await send(gateway, "/v1/key", { headers });
  const { limits, spendLimits } = JSON.parse(text) as KeyLimits;
  assertEquals<unknown>(limits, [
    {
      of: "tokens",
      limit: 9000,
      per: 60,
      technique: "sliding",
      by: "metadata.team",
      match: null,
      used: 1000,
      left: 8000,
      resets: "2026-01-01T12:01:00.000Z",
    },
    {
      of: "requests",
      limit: 7,
      per: 60,
      technique: "fixed",
      by: "model",
      match: { model: "openai/*" },
      used: null,
      left: null,
      resets: "2026-01-01T12:01:00.000Z",
    },
    {
      of: "concurrency",
      limit: 3,
      per: null,
      technique: null,
      by: "gateway",
      match: { metadata: { plan: "free" } },
      used: 0,
      left: 3,
      resets: null,
    },
    {
      of: "requests",
      limit: 10,
      per: 3600,
      technique: "fixed",
      by: "key",
      match: null,
      used: 1,
      left: 9,
      resets: "2026-01-01T13:00:00.000Z",
    },
  ]);
  assertEquals<unknown>(spendLimits, [{
    of: "cost",
    limit: 5,
    per: 86400,
    technique: "fixed",
    by: "key",
    match: null,
    used: 1,
    left: 4,
    resets: "2026-01-02T00:00:00.000Z",
  }]);
});
