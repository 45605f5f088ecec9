/** Steps of the universal endpoint at providers' own interfaces. */
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { type FetchInit, type FetchLike, textBody } from "../../lib/fetch_like.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { claudeAnswer } from "../support/claude_answer.ts";
import { send } from "../support/recorder.ts";

interface Call {
  url: string;
  init: FetchInit;
}

/** A gateway whose providers answer by host. */
function scene(
  answers: Readonly<Record<string, (call: Call) => Response>>,
  options: GatewayOptions = {},
) {
  const calls: Call[] = [];
  const fetch: FetchLike = (url, init) => {
    const call = { url, init };
    calls.push(call);
    const answer = Object.entries(answers).find(([host]) => url.includes(host))?.[1];
    return answer === undefined
      ? Promise.reject(new TypeError(`nobody at ${url}`))
      : Promise.resolve(answer(call));
  };
  const providers = {
    openai: { apiKey: "sk-openai" },
    anthropic: { apiKey: "sk-ant" },
    "google-ai-studio": { apiKey: "gk" },
  };
  return { gateway: createGateway({ providers, ...options, fetch }), calls };
}

const OPENAI = {
  provider: "openai",
  endpoint: "chat/completions",
  headers: {},
  query: { model: "m" },
};
const CLAUDE = {
  provider: "anthropic",
  endpoint: "v1/messages?beta=true",
  headers: { "anthropic-version": "2023-06-01", "Content-Length": "3" },
  query: { model: "c", max_tokens: 12345678901234567890 },
};

function ask(gateway: Gateway, body: unknown, headers: HeadersInit = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return send(gateway, "/v1/a/default", { method: "POST", headers, body: text });
}

test("an entry's body goes as it is written, to the provider's own path, with its headers", async () => {
  const own = '{"type":"message", "content":[]}';
  const { gateway, calls } = scene({
    anthropic: () =>
      new Response(own, { headers: { "content-type": "application/json", "request-id": "r-1" } }),
  });
  const query = '{"model" : "c","max_tokens":12345678901234567890,"x":1.0}';
  const answer = await ask(
    gateway,
    `[{"provider":"anthropic","endpoint":"/v1/messages?beta=true","query": ${query} ,"headers":{"anthropic-version":"2023-06-01","content-length":"3","cf-aig-metadata":{"a":1},"cookie":"c=1"}}]`,
    { "anthropic-version": "1999", "x-forwarded-for": "1.2.3.4" },
  );
  assertEquals([answer.status, answer.text], [200, own]);
  assertEquals(answer.headers.get("cf-aig-step"), "0");
  assertEquals(answer.headers.get("cf-aig-provider"), "anthropic");
  const [{ url, init }] = calls as [Call];
  assertEquals(url, "https://api.anthropic.com/v1/messages?beta=true");
  assertEquals([init.method, textBody(init)], ["POST", query]);
  const { via, ...headers } = init.headers;
  assertStringIncludes(via ?? "", "1.1 dragoman-");
  assertEquals(headers, {
    "anthropic-version": "2023-06-01",
    "content-type": "application/json",
    "x-api-key": "sk-ant",
  });
});

test("a list goes on after an error, a redirect and a dead connection; streams come as they are", async () => {
  const stream = 'event: message_start\ndata: {"x":"é"}\n\n';
  const answers = [
    () => new Response('{"error":{}}', { status: 503 }),
    () => new Response(null, { status: 302, headers: { location: "https://evil.test" } }),
    undefined,
  ];
  for (const openai of answers) {
    const { gateway, calls } = scene({
      ...(openai && { openai }),
      anthropic: () => new Response(stream, { headers: { "content-type": "text/event-stream" } }),
    });
    const answer = await ask(gateway, [OPENAI, CLAUDE]);
    assertEquals([answer.status, answer.headers.get("cf-aig-step"), answer.text], [
      200,
      "1",
      stream,
    ]);
    assertEquals(answer.headers.get("cache-control"), "no-cache, no-transform");
    assertEquals(calls.length, 2);
  }
});

test("native and compat steps stand in one list", async () => {
  const { gateway } = scene({
    openai: () => new Response("no", { status: 500 }),
    anthropic: () => claudeAnswer("c"),
  });
  const query = { model: "anthropic/c", messages: [{ role: "user", content: "Hello" }] };
  const answer = await ask(gateway, [OPENAI, {
    provider: "compat",
    endpoint: "chat/completions",
    query,
  }]);
  assertEquals([answer.status, answer.headers.get("cf-aig-step")], [200, "1"]);
  assertEquals(JSON.parse(answer.text).choices[0].message.content, "Hi");
});

test("the error of one native step is passed on as it came, with its headers", async () => {
  const own = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}';
  const { gateway } = scene({
    anthropic: () =>
      new Response(own, {
        status: 529,
        headers: { "retry-after": "3", "content-type": "application/json" },
      }),
  });
  for (const body of [CLAUDE, [CLAUDE]]) {
    const answer = await ask(gateway, body);
    assertEquals([answer.status, answer.text], [529, own]);
    assertEquals(answer.headers.get("retry-after"), "3");
    assertEquals(answer.headers.get("dragoman-error-source"), "provider");
  }
});

test("where no native step answers, the last one's words are told with every attempt", async () => {
  const refused = (message: string, status: number) => () =>
    Response.json({ type: "error", error: { type: "api_error", message } }, { status });
  const { gateway, calls } = scene({
    openai: refused("first", 500),
    anthropic: refused("second sk-ant", 503),
  }, {
    providers: { openai: { apiKey: "sk-openai" }, anthropic: { apiKey: "sk-ant" } },
  });
  const steps = [
    OPENAI,
    { provider: "google-ai-studio", endpoint: "v1beta/models", query: {} },
    { ...CLAUDE, config: { maxAttempts: 2, retryDelay: 0 } },
  ];
  const answer = await ask(gateway, steps);
  const { error: [error], name } = JSON.parse(answer.text) as {
    error: [{ message: string }];
    name: string;
  };
  assertEquals([answer.status, name, answer.headers.get("cf-aig-step")], [
    503,
    "AiGatewayError",
    "2",
  ]);
  const list =
    "[0] openai chat/completions: 500; [1] google-ai-studio v1beta/models: not called (2040); " +
    "[2] anthropic v1/messages: 503, anthropic v1/messages: 503";
  assertEquals(error.message, `second [redacted] (every step failed: ${list})`);
  assertEquals(calls.length, 3);
});

test("keys stay with their entry, and access keys and placeholders with nobody", async () => {
  const gateways = { default: { accessKeys: ["ak-1"] }, other: { accessKeys: ["ak-2"] } };
  const refused = () => new Response("{}", { status: 401 });
  const { gateway, calls } = scene({ openai: refused, anthropic: refused, google: refused }, {
    gateways,
  });
  const headers = { "cf-aig-authorization": "Bearer ak-1", authorization: "Bearer sk-request" };
  const google = {
    provider: "google-ai-studio",
    endpoint: "v1beta/models/m:generateContent?key=ak-2&alt=sse",
    query: {},
  };
  const steps = [
    {
      ...OPENAI,
      headers: { authorization: "Bearer sk-own", "cf-aig-authorization": "Bearer ak-1" },
    },
    { ...CLAUDE, headers: { "x-api-key": "CF_TEMP_TOKEN", authorization: "Bearer ak-1" } },
    google,
  ];
  await ask(gateway, steps, headers);
  assertEquals(calls.map(({ init }) => init.headers.authorization), [
    "Bearer sk-own",
    undefined,
    undefined,
  ]);
  assertEquals(calls.map(({ init }) => init.headers["x-api-key"]), [
    undefined,
    "sk-ant",
    undefined,
  ]);
  assertEquals(calls[2]?.init.headers["x-goog-api-key"], "gk");
  assertStringIncludes(calls[2]?.url ?? "", ":generateContent?alt=sse");
  for (const call of calls) assertFalse(JSON.stringify(call).includes("ak-"), JSON.stringify(call));
  await ask(gateway, OPENAI, headers);
  assertEquals(calls[3]?.init.headers.authorization, "Bearer sk-request");
});

test("an endpoint can't leave its provider", async () => {
  const { gateway, calls } = scene({ openai: () => new Response("{}") });
  for (const endpoint of ["../secret", "v1/../../x", "v1/%2e%2e/%2e%2e/x", "v1\\..\\x", "x#y"]) {
    const answer = await ask(gateway, { ...OPENAI, endpoint });
    assertEquals(answer.status, 400, endpoint);
  }
  assertEquals(calls.length, 0);
});
