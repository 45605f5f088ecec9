/** Answers that are given again: to whom, for how long, and what headers say of it. */
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { type ScriptedProvider, scriptedProvider, text } from "../../lib/exports/testing.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { Context } from "../../lib/http/http_call.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { end, model, rate, start } from "../support/graphs.ts";
import { chat, errorOf, type Got, send } from "../support/recorder.ts";

type Json = Record<string, unknown>;

const HOUR = { default: { cache: { ttl: 3600 } } };

/** A gateway whose providers number their answers. */
function scene(options: GatewayOptions = {}) {
  const provider: ScriptedProvider = scriptedProvider([], {
    otherwise: ({ number }) => text(`Answer ${number}.`),
  });
  const gateway = createGateway({
    providers: { openai: { apiKey: "sk-stored" }, groq: { apiKey: "gsk-stored" } },
    gateways: HOUR,
    fetch: provider.fetch,
    ...options,
  });
  return { gateway, provider };
}

const statusOf = ({ headers }: Got) => headers.get("cf-aig-cache-status");
const saidBy = ({ text }: Got) => JSON.parse(text).choices[0].message.content;

/** Which of the provider's answers each of several requests gets. */
async function answers(gateway: Gateway, requests: [Json, HeadersInit?][]): Promise<string> {
  const numbers: string[] = [];
  for (const [body, headers] of requests) {
    const got = await chat(gateway, body, headers);
    assertEquals(got.status, 200, got.text);
    const [, number] = /Answer (\d+)/.exec(saidBy(got))!;
    numbers.push(number!);
  }
  return numbers.join(" ");
}

test("nothing is kept unless the gateway or the request says so", async () => {
  const { gateway } = scene({ gateways: {} });
  assertEquals(await answers(gateway, [[{}], [{}]]), "1 2");
});

test("the same question is answered again without a call, byte for byte", async () => {
  const { gateway, provider } = scene();
  const first = await chat(gateway);
  const again = await chat(gateway);
  assertEquals([statusOf(first), statusOf(again)], ["MISS", "HIT"]);
  assertEquals(again.text, first.text);
  assertEquals(provider.requests.length, 1);
});

test("a hit has a log id of its own, and says who answered, at which step", async () => {
  const { gateway } = scene();
  const first = await chat(gateway);
  const { headers } = await chat(gateway, {}, { "cf-aig-event-id": "e-2" });
  assertNotEquals(headers.get("cf-aig-log-id"), first.headers.get("cf-aig-log-id"));
  assertEquals(headers.get("cf-aig-event-id"), "e-2");
  assertEquals(headers.get("cf-aig-provider"), "openai");
  assertEquals(headers.get("cf-aig-model"), "gpt-5-mini");
  assertEquals(headers.get("cf-aig-step"), "0");
  assertStringIncludes(headers.get("server-timing")!, "upstream;dur=0");
});

test("nothing that was said of the first call is said again: neither its id nor its limits", async () => {
  const provider = scriptedProvider([text("Hi.", {
    headers: { "x-request-id": "req-1", "x-ratelimit-remaining-requests": "7" },
  })]);
  const { gateway } = scene({ fetch: provider.fetch });
  const first = await chat(gateway);
  assertEquals(first.headers.get("dragoman-upstream-request-id"), "req-1");
  assertEquals(first.headers.get("x-ratelimit-remaining-requests"), "7");
  const again = await chat(gateway);
  assertEquals(statusOf(again), "HIT");
  assertEquals(again.headers.get("dragoman-upstream-request-id"), null);
  assertEquals(again.headers.get("x-ratelimit-remaining-requests"), null);
});

test("another question, model, or parameter is another answer; metadata and trace are not", async () => {
  const { gateway } = scene();
  const other = [{ role: "user", content: "Hello?" }];
  const same: [Json, HeadersInit?][] = [
    [{}],
    [{}, { "cf-aig-metadata": '{"user":"ada"}' }],
    [{}, { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" }],
    [{}, { "cf-aig-event-id": "e", "cf-aig-max-attempts": "2", "idempotency-key": "i" }],
    [{ stream: false }],
  ];
  assertEquals(await answers(gateway, same), "1 1 1 1 1");
  const others: [Json, HeadersInit?][] = [
    [{ messages: other }],
    [{ model: "openai/gpt-5" }],
    [{ model: "groq/gpt-5-mini" }],
    [{ seed: 1 }],
    [{}, { "openai-organization": "org-2" }],
  ];
  assertEquals(await answers(gateway, others), "2 3 4 5 6");
  assertEquals(await answers(gateway, others), "2 3 4 5 6");
});

test("an answer that another step had in the cache is kept for that step alone", async () => {
  for (const stream of [false, true]) {
    let down = true;
    const scripted = scriptedProvider([], {
      otherwise: ({ number }) => text([`Answer ${number}.`]),
    });
    const { gateway } = scene({
      fetch: (url, init) =>
        down && url.includes("groq")
          ? Promise.resolve(new Response("{}", { status: 500 }))
          : scripted.fetch(url, init),
      gateways: {
        default: {
          ...HOUR.default,
          retry: { attempts: 1 },
          routes: { both: ["groq/llama", "openai/gpt-5-mini"] },
        },
      },
    });
    const ask = async (model: string) => {
      const got = await chat(gateway, { model, stream });
      return [got.headers.get("cf-aig-provider"), statusOf(got), /Answer \d/.exec(got.text)?.[0]];
    };
    assertEquals(await ask("openai/gpt-5-mini"), ["openai", "MISS", "Answer 1"]);
    assertEquals(await ask("both"), ["openai", "HIT", "Answer 1"]);
    down = false;
    assertEquals(await ask("groq/llama"), ["groq", "MISS", "Answer 2"]);
    assertEquals(await ask("both"), ["groq", "HIT", "Answer 2"]);
  }
});

test("who leads to the same machine again, or says what program asks, asks the same question", async () => {
  const keyed = { apiKey: "k" };
  const { gateway } = scene({
    providers: { fireworks: keyed, grok: keyed, openrouter: keyed, cohere: keyed },
  });
  const cases = [
    ["fireworks", "x-session-affinity"],
    ["grok", "x-grok-conv-id"],
    ["openrouter", "http-referer"],
    ["openrouter", "x-title"],
  ] as const;
  for (const [at, [slug, header]] of cases.entries()) {
    const asked = { model: `${slug}/m`, seed: at };
    const both = await answers(gateway, [[asked, { [header]: "a" }], [asked, { [header]: "b" }]]);
    assertEquals(both, `${at + 1} ${at + 1}`, header);
  }
});

test("what a provider says that an answer cost comes again with it, and who asks is told that it costs nothing", async () => {
  const message = { role: "assistant", content: "Hi" };
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.0123 };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const { gateway } = scene({
    providers: { openrouter: { apiKey: "k" } },
    fetch: () =>
      Promise.resolve(Response.json({ id: "c", created: 1, model: "m", choices, usage })),
  });
  const costs: unknown[] = [];
  for (const more of [{}, {}, { usage: { include: true } }]) {
    const got = await chat(gateway, { model: "openrouter/m", ...more });
    costs.push([statusOf(got), JSON.parse(got.text).usage.cost]);
  }
  assertEquals(costs, [["MISS", 0.0123], ["HIT", 0.0123], ["HIT", 0]]);
});

test("an answer in one dialect is no answer in another", async () => {
  const { gateway, provider } = scene();
  const body = { model: "openai/gpt-5-mini", max_tokens: 50, messages: [ASKED] };
  const ask = (path: string) => chat(gateway, JSON.stringify(body), {}, path);
  for (const [path, type] of [["/v1/chat/completions"], ["/v1/messages", "message"]] as const) {
    const [first, again] = [await ask(path), await ask(path)];
    assertEquals([statusOf(first), statusOf(again)], ["MISS", "HIT"], path);
    assertEquals(JSON.parse(again.text).type, type);
  }
  assertEquals(provider.requests.length, 2);
});

const ASKED = { role: "user", content: "Hello" };

test("an answer is kept to the second for as long as the gateway says, or the request", async () => {
  const clock = new FakeClock();
  const { gateway } = scene({ clock });
  const short = { "cf-aig-cache-ttl": "60" };
  await chat(gateway);
  await chat(gateway, { seed: 1 }, short);
  await clock.advance(59_999);
  assertEquals(await answers(gateway, [[{}], [{ seed: 1 }, short]]), "1 2");
  await clock.advance(1);
  assertEquals(await answers(gateway, [[{ seed: 1 }, short]]), "3");
  await clock.advance(3_600_000 - 60_001);
  assertEquals(await answers(gateway, [[{}]]), "1");
  await clock.advance(1);
  assertEquals(await answers(gateway, [[{}]]), "4");
});

test("a request may do without: it is neither answered from the cache nor kept there", async () => {
  const off: Record<string, string>[] = [
    { "cf-aig-skip-cache": "true" },
    { "cf-skip-cache": "true" },
    { "cf-aig-cache-ttl": "0" },
    { "cf-cache-ttl": "0" },
    { "cf-aig-skip-cache": "true", "cf-aig-cache-ttl": "60", "cf-aig-cache-key": "k" },
    { "cf-aig-cache-ttl": "0", "cf-aig-cache-key": "k" },
  ];
  for (const headers of off) {
    const { gateway } = scene();
    const mixed: [Json, HeadersInit?][] = [[{}, headers], [{}], [{}, headers], [{}]];
    assertEquals(await answers(gateway, mixed), "1 2 3 2", JSON.stringify(headers));
  }
});

test("the newer name of a header wins over the older one", async () => {
  const { gateway } = scene();
  const both = { "cf-aig-skip-cache": "false", "cf-skip-cache": "true" };
  assertEquals(await answers(gateway, [[{}, both], [{}, both]]), "1 1");
  const ttls = { "cf-aig-cache-ttl": "60", "cf-cache-ttl": "0" };
  assertEquals(await answers(gateway, [[{ seed: 1 }, ttls], [{ seed: 1 }, ttls]]), "2 2");
});

test("a request may ask for it where the gateway keeps nothing of its own accord", async () => {
  for (const name of ["cf-aig-cache-ttl", "cf-cache-ttl"]) {
    const { gateway } = scene({ gateways: {} });
    const asking = { [name]: "60" };
    assertEquals(await answers(gateway, [[{}, asking], [{}, asking], [{}]]), "1 1 2", name);
  }
});

test("a name of the caller's own stands for the question, for five minutes unless he says how long", async () => {
  const clock = new FakeClock();
  const { gateway } = scene({ gateways: {}, clock });
  const named = { "cf-aig-cache-key": "greeting" };
  const other = { seed: 1, model: "openai/gpt-5" };
  assertEquals(await answers(gateway, [[{}, named], [other, named], [other]]), "1 1 2");
  assertEquals((await chat(gateway, other, named)).headers.get("cf-aig-model"), "gpt-5-mini");
  await clock.advance(300_000);
  const longer = { ...named, "cf-aig-cache-ttl": "600" };
  assertEquals(await answers(gateway, [[other, longer]]), "3");
  await clock.advance(599_999);
  assertEquals(await answers(gateway, [[{}, named]]), "3");
  await clock.advance(1);
  assertEquals(await answers(gateway, [[{}, named], [{}, { "cf-aig-cache-key": "bye" }]]), "4 5");
});

test("a name reaches nobody else's answers, and no other provider's", async () => {
  const gateways = {
    default: { accessKeys: [{ name: "a", key: "ak-1" }, { name: "b", key: "ak-2" }] },
    other: { accessKeys: [{ name: "a", key: "ak-3" }] },
  };
  const { gateway } = scene({ gateways });
  const ask = async (key: string, model = "openai/m", more: Record<string, string> = {}) => {
    const headers = { "cf-aig-authorization": `Bearer ${key}`, "cf-aig-cache-key": "k", ...more };
    return (await answers(gateway, [[{ model }, headers]]));
  };
  assertEquals(await ask("ak-1"), "1");
  assertEquals(await ask("ak-2"), "2");
  assertEquals(await ask("ak-3", "openai/m", { "cf-aig-gateway-id": "other" }), "3");
  assertEquals(await ask("ak-1", "groq/m"), "4");
  assertEquals(await ask("ak-1", "openai/m", { authorization: "Bearer sk-own" }), "5");
  assertEquals(await ask("ak-1"), "1");
});

test("access keys, principals, and strangers with keys of their own share nothing", async () => {
  const gateways = {
    default: { cache: { ttl: 60 }, accessKeys: [{ name: "a", key: "ak-1" }, "ak-2"] },
    open: { cache: { ttl: 60 }, open: true },
  };
  const { gateway } = scene({ gateways });
  const headersOf = (more: Record<string, string>) => ({ "cf-aig-gateway-id": "open", ...more });
  const ways: [Record<string, string>, Context?][] = [
    [{ "cf-aig-authorization": "Bearer ak-1" }],
    [{ "cf-aig-authorization": "Bearer ak-2" }],
    [{ authorization: "Bearer ak-2", "x-api-key": "sk-own-1" }],
    [{}, { principal: { name: "a" } }],
    [{}, { principal: { name: "b" } }],
    [headersOf({})],
    [headersOf({ authorization: "Bearer sk-own-1" })],
    [headersOf({ authorization: "Bearer sk-own-2" })],
    [headersOf({}), { principal: { name: "a" } }],
  ];
  const ask = async ([headers, context]: [Record<string, string>, Context?]) => {
    const answer = await gateway.handle(question(headers), context);
    return (await answer.json()).choices[0].message.content;
  };
  const first = [];
  for (const way of ways) first.push(await ask(way));
  assertEquals(new Set(first).size, ways.length);
  const again = [];
  for (const way of ways.toReversed()) again.unshift(await ask(way));
  assertEquals(again, first);
});

const question = (headers: Record<string, string>) =>
  new Request("http://gateway/v1/chat/completions", {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "openai/m", messages: [ASKED] }),
  });

test("stored keys of one alias share answers, other aliases have their own", async () => {
  const keys = { default: ["sk-1", "sk-2", "sk-3"], team: "sk-4" };
  const { gateway } = scene({ providers: { openai: { keys } } });
  const asking = Array.from({ length: 12 }, (): [Json] => [{}]);
  assertEquals(await answers(gateway, asking), Array(12).fill("1").join(" "));
  const team = { "cf-aig-byok-alias": "team" };
  assertEquals(await answers(gateway, [[{}, team], [{}, team], [{}]]), "2 2 1");
});

test("who may not ask for a model does not get its answer from the cache either", async () => {
  const accessKeys = [{ name: "a", key: "ak-1", models: ["openai/gpt-5-mini"] }];
  const { gateway } = scene({ gateways: { default: { accessKeys, cache: { ttl: 60 } } } });
  const headers = { authorization: "Bearer ak-1", "cf-aig-cache-key": "k" };
  assertEquals((await chat(gateway, {}, headers)).status, 200);
  const other = await chat(gateway, { model: "openai/gpt-5" }, headers);
  assertEquals([other.status, errorOf(other).code], [403, "2114"]);
});

test("a gateway that keeps nothing says so to whoever asks for it", async () => {
  const { gateway } = scene({ gateways: { default: { cache: false } } });
  const asking = { "cf-aig-cache-ttl": "60", "cf-aig-cache-key": "k" };
  assertEquals(await answers(gateway, [[{}, asking], [{}, asking], [{}]]), "1 2 3");
  const { headers } = await chat(gateway, {}, asking);
  const reason = 'reason="this gateway caches nothing"';
  assertEquals(
    headers.get("dragoman-warnings"),
    `dropped;param="cf-aig-cache-ttl";${reason}, dropped;param="cf-aig-cache-key";${reason}`,
  );
  const strict = await chat(gateway, {}, { ...asking, "dragoman-strict": "true" });
  assertEquals([strict.status, errorOf(strict).param], [400, "cf-aig-cache-ttl"]);
  const plain = await chat(gateway, {}, { "cf-aig-skip-cache": "true" });
  assertEquals(plain.headers.get("dragoman-warnings"), null);
});

test("what is kept is served while its provider is down, and before a fallback that is up", async () => {
  const provider = scriptedProvider([text("From the first.")], {
    otherwise: ({ url }) =>
      url.includes("groq") ? text("From the second.") : new Response("no", { status: 503 }),
  });
  const { gateway } = scene({
    fetch: provider.fetch,
    gateways: {
      default: { cache: { ttl: 60 }, routes: { both: ["openai/gpt-5-mini", "groq/llama"] } },
    },
  });
  assertEquals(saidBy(await chat(gateway, { model: "both" })), "From the first.");
  for (const model of ["both", "openai/gpt-5-mini"]) {
    assertEquals(saidBy(await chat(gateway, { model })), "From the first.");
  }
  assertEquals(provider.requests.length, 1);
  const fresh = await chat(gateway, { model: "both", seed: 1 });
  const again = await chat(gateway, { model: "both", seed: 1 });
  for (const got of [fresh, again]) {
    assertEquals([saidBy(got), got.headers.get("cf-aig-step")], ["From the second.", "1"]);
  }
  assertEquals([statusOf(fresh), statusOf(again)], ["MISS", "HIT"]);
  assertEquals(again.headers.get("cf-aig-provider"), "groq");
});

test("rates and budgets of a route count no hit", async () => {
  const each = { technique: "fixed" as const, key: "metadata.user" };
  const elements = [
    start("rate"),
    rate("rate", { limitType: "count", limit: 2, ...each }, "budget", "end"),
    rate("budget", { limitType: "cost", limit: 0.000_04, ...each }, "model", "end"),
    model("model", "openai/m"),
    end(),
  ];
  const { gateway, provider } = scene({
    // 10 tokens in and 5 out, as the provider counts: 20 millionths of a dollar.
    prices: { "openai/m": { input: 1, output: 2 } },
    gateways: { default: { cache: { ttl: 60 }, routes: { metered: { elements } } } },
  });
  const user = { "cf-aig-metadata": '{"user":"ada"}' };
  const ask = (seed: number) => chat(gateway, { model: "dynamic/metered", seed }, user);
  assertEquals((await ask(1)).status, 200);
  for (let i = 0; i < 5; i++) assertEquals(statusOf(await ask(1)), "HIT");
  assertEquals(statusOf(await ask(2)), "MISS");
  assertEquals((await ask(3)).status, 429);
  assertEquals(provider.requests.length, 2);
});

test("a stream again is a stream, and whole what was asked for whole", async () => {
  const { gateway, provider } = scene();
  const streamed = await chat(gateway, { stream: true });
  assertEquals(statusOf(streamed), "MISS");
  const again = await chat(gateway, { stream: true });
  assertEquals([again.text, statusOf(again)], [streamed.text, "HIT"]);
  assertEquals(again.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const whole = await chat(gateway);
  assertEquals([saidBy(whole), statusOf(whole)], ["Answer 1.", "HIT"]);
  const counted = await chat(gateway, { stream: true, stream_options: { include_usage: true } });
  assertEquals(statusOf(counted), "HIT");
  const usage = /"usage":(\{[^}]*\})/.exec(counted.text)?.[1];
  assertEquals(JSON.parse(usage!).total_tokens, JSON.parse(whole.text).usage.total_tokens);
  assert(counted.text.endsWith("data: [DONE]\n\n"));
  assertEquals(provider.requests.length, 1);
});

test("what a whole answer holds that nobody knows comes again whole", async () => {
  const { gateway } = scene();
  const own = await chat(gateway, { seed: 5 });
  const answer = { ...JSON.parse(own.text), x_new: { deep: [1.50, "é"] }, service_tier: "flex" };
  const odd = JSON.stringify(answer, null, 1);
  const strange = scene({
    fetch: () =>
      Promise.resolve(new Response(odd, { headers: { "content-type": "application/json" } })),
  });
  assertEquals((await chat(strange.gateway)).text, odd);
  const again = await chat(strange.gateway);
  assertEquals([again.text, statusOf(again)], [odd, "HIT"]);
});

test("every entry of the universal endpoint says for itself what is kept", async () => {
  const { gateway, provider } = scene({ gateways: {} });
  const query = { model: "openai/gpt-5-mini", messages: [ASKED] };
  const entry = (more: object) => ({
    provider: "compat",
    endpoint: "chat/completions",
    query,
    ...more,
  });
  const ask = async (more: object, headers: HeadersInit = {}) => {
    const body = JSON.stringify([entry(more)]);
    const got = await send(gateway, "/v1/a/default", { method: "POST", headers, body });
    assertEquals(got.status, 200, got.text);
    return statusOf(got);
  };
  const hour = { "cf-aig-cache-ttl": "3600" };
  assertEquals(await ask({}), "MISS");
  assertEquals(await ask({ config: { cacheTtl: 60 } }), "MISS");
  assertEquals(await ask({ headers: { "cf-aig-cache-ttl": 60 } }), "HIT");
  assertEquals(await ask({}, hour), "HIT");
  assertEquals(await ask({ config: { skipCache: true } }, hour), "MISS");
  assertEquals(await ask({ headers: { "cf-aig-cache-ttl": "0" } }, hour), "MISS");
  assertEquals(await ask({ headers: { "cf-aig-cache-key": "own" } }), "MISS");
  assertEquals(await ask({}, { "cf-aig-cache-key": "own" }), "HIT");
  assertEquals(provider.requests.length, 5);
});
