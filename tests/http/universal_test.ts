/** The universal endpoint: what a list of steps may say, who of them answers, and what is told where none does. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { FetchInit, FetchLike } from "../../lib/fetch_like.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { goodAnswer, type Got, recorded, send } from "../support/recorder.ts";
import { end, model as modelNode, start } from "../support/graphs.ts";
import { toy } from "../support/toy_codec.ts";
import { toyTongue } from "../support/tongues.ts";

const MESSAGES = [{ role: "user", content: "Hello" }];

/** A compat step. */
function step(model: string, rest: object = {}, query: object = {}) {
  return {
    provider: "compat",
    endpoint: "chat/completions",
    headers: { "content-type": "application/json" },
    query: { model, messages: MESSAGES, ...query },
    ...rest,
  };
}

function ask(gateway: Gateway, body: unknown, headers: HeadersInit = {}, path = "/v1/a/default") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return send(gateway, path, { method: "POST", headers, body: text });
}

interface Envelope {
  success: boolean;
  result: unknown[];
  messages: unknown[];
  error: { code: number; message: string }[];
  name: string;
  httpCode: number;
  internalCode: number;
  message: string;
  description: string;
}

function envelopeOf({ text }: Got): Envelope {
  const envelope = JSON.parse(text) as Envelope;
  const { message, internalCode, httpCode } = envelope;
  assertEquals(envelope, {
    success: false,
    result: [],
    messages: [],
    error: [{ code: internalCode, message }],
    name: "AiGatewayError",
    httpCode,
    internalCode,
    message,
    description: envelope.description,
  });
  return envelope;
}

/** OpenAI's provider and Groq's, each answering as it is told. */
function two(
  openai: (init: FetchInit) => Response,
  groq: (init: FetchInit) => Response = goodAnswer,
  options: GatewayOptions = {},
) {
  const calls: { url: string; init: FetchInit }[] = [];
  const fetch: FetchLike = (url, init) => {
    calls.push({ url, init });
    return Promise.resolve(url.includes("groq") ? groq(init) : openai(init));
  };
  const providers = { openai: { apiKey: "sk-openai" }, groq: { apiKey: "gsk-groq" } };
  const gateway = createGateway({
    ...options,
    fetch,
    providers: { ...providers, ...options.providers },
  });
  return { gateway, calls };
}

function failing(status: number, headers: HeadersInit = {}) {
  return () =>
    new Response(
      JSON.stringify({ error: { message: `failed with ${status}`, type: "x", code: "y" } }),
      {
        status,
        headers: { "content-type": "application/json", ...headers },
      },
    );
}

test("the first step that works answers, in its own form, and cf-aig-step says which it was", async () => {
  for (const stream of [false, true]) {
    const { gateway, calls } = two(failing(500));
    const steps = [step("openai/gpt-5-mini", {}, { stream }), step("groq/llama", {}, { stream })];
    const answer = await ask(gateway, steps);
    assertEquals([answer.status, answer.headers.get("cf-aig-step")], [200, "1"]);
    assertEquals(answer.headers.get("cf-aig-provider"), "groq");
    assertEquals(answer.headers.get("cf-aig-model"), "llama");
    assertStringIncludes(answer.text, stream ? "data: [DONE]" : '"chat.completion"');
    assertEquals(calls.length, 2);
    const first = await ask(two(goodAnswer, failing(500)).gateway, steps);
    assertEquals([first.status, first.headers.get("cf-aig-step")], [200, "0"]);
  }
});

test("one step may stand without a list, with or without a slash, and with the documented typo", async () => {
  for (
    const endpoint of [
      "chat/completions",
      "/chat/completions",
      "v1/chat/completions",
      "chat/completion",
    ]
  ) {
    for (const path of ["/v1/a/default", "/v1/a/default/"]) {
      const { gateway, sent } = recorded();
      const answer = await ask(gateway, step("openai/m", { endpoint }), {}, path);
      assertEquals([answer.status, answer.headers.get("cf-aig-step")], [200, "0"], endpoint);
      assertEquals(sent[0]?.url, "https://api.openai.com/v1/chat/completions");
    }
  }
});

test("a step may be a dynamic route, a custom provider, or one that is translated", async () => {
  const fetch: FetchLike = (url, init) =>
    Promise.resolve(
      url.includes("down")
        ? failing(500)()
        : url.includes("toy")
        ? new Response(toyTongue.whole, { headers: { "content-type": "application/json" } })
        : goodAnswer(init),
    );
  const gateway = createGateway({
    fetch,
    providers: {
      openai: { apiKey: "sk" },
      "custom-down": { baseUrl: "https://down.test", apiKey: "k" },
      "custom-mine": { baseUrl: "https://mine.test", apiKey: "k" },
      toy: { definition: toy, baseUrl: "https://toy.test", apiKey: "t" },
    },
    gateways: {
      default: {
        routes: {
          list: ["groq/x", "openai/y"],
          graph: {
            elements: [
              start("a"),
              modelNode("a", "custom-down/x", "b"),
              modelNode("b", "openai/y"),
              end(),
            ],
          },
        },
      },
    },
  });
  const expected = [
    ["dynamic/list", "openai"],
    ["dynamic/graph", "openai"],
    ["list", "openai"],
    ["custom-mine/m", "custom-mine"],
    ["toy/m", "toy"],
  ] as const;
  for (const [name, provider] of expected) {
    const answer = await ask(gateway, [step("groq/no-key"), step(name)]);
    assertEquals(
      [answer.status, answer.headers.get("cf-aig-provider")],
      [200, provider],
      answer.text,
    );
    assertEquals(answer.headers.get("cf-aig-step"), "1");
  }
});

test("embeddings and Anthropic's dialect are steps, too", async () => {
  const vectors = () =>
    Response.json({ data: [{ index: 0, embedding: [0.5, 1] }], usage: { prompt_tokens: 1 } });
  const { gateway } = recorded({}, vectors);
  const query = { model: "openai/text-embedding-3-small", input: "Hello" };
  const answer = await ask(gateway, { provider: "compat", endpoint: "embeddings", query });
  assertEquals(answer.status, 200, answer.text);
  assertEquals(JSON.parse(answer.text).data[0].embedding, [0.5, 1]);
  const said = await ask(
    recorded().gateway,
    step("openai/m", { endpoint: "v1/messages" }, { max_tokens: 9 }),
  );
  assertEquals([said.status, JSON.parse(said.text).type], [200, "message"]);
});

test("where no step answers, the last error is told with every attempt", async () => {
  const gateways = { default: { retry: { attempts: 2, delay: 0 } } };
  const { gateway, calls } = two(failing(500), failing(429, { "retry-after": "7" }), { gateways });
  const answer = await ask(gateway, [
    step("openai/a"),
    step("mistral/no-key"),
    step("groq/b", { config: { maxAttempts: 1 } }),
  ]);
  const { internalCode, message } = envelopeOf(answer);
  assertEquals([answer.status, internalCode], [429, 2120]);
  assertStringIncludes(message, "failed with 429");
  assertStringIncludes(message, "[0] openai/a: 500, openai/a: 500; ");
  assertStringIncludes(message, "[1] compat chat/completions: not called (2040); ");
  assertStringIncludes(message, "[2] groq/b: 429)");
  assertEquals(answer.headers.get("cf-aig-step"), "2");
  assertEquals(answer.headers.get("retry-after"), "7");
  assertEquals(answer.headers.get("dragoman-error-source"), "provider");
  assertEquals(calls.length, 3);
});

test("the error of a single step has the form that its client reads", async () => {
  const { gateway } = two(failing(429));
  for (const body of [step("openai/m"), [step("openai/m")]]) {
    const answer = await ask(gateway, body);
    assertEquals([answer.status, answer.headers.get("cf-aig-step")], [429, "0"]);
    assertEquals(JSON.parse(answer.text).error.message, "failed with 429");
  }
  const anthropic = await ask(
    gateway,
    step("openai/m", { endpoint: "messages" }, { max_tokens: 9 }),
  );
  assertEquals([anthropic.status, JSON.parse(anthropic.text).type], [429, "error"]);
});

const BAD:
  readonly (readonly [body: unknown, code: number, param: string | undefined, said: string])[] = [
    ["", 2100, undefined, "expected a JSON object"],
    ["nonsense", 2100, undefined, "expected a JSON object"],
    ["[{]", 2100, undefined, 'expected "," or "]"'],
    ['[{"query":{a}}]', 2100, undefined, "[0]: Cannot read the body as JSON"],
    ["[1", 2100, undefined, 'expected "," or "]"'],
    ["[{}] x", 2100, undefined, "text after the end"],
    ["[{},]", 2100, undefined, "expected a JSON value"],
    [
      '[{"provider":"compat","provider":"openai"}]',
      2100,
      "",
      '[0]: Cannot read the body as JSON: the key "provider" appears twice',
    ],
    [[], 2019, undefined, "1 to 50 steps, not 0"],
    [Array.from({ length: 51 }, () => step("openai/m")), 2019, undefined, "1 to 50 steps, not 51"],
    [[step("openai/m"), 7], 2019, "[1]", "[1] must be an object"],
    [
      [step("openai/m"), step("x", { provider: undefined })],
      2019,
      "[1].provider",
      "[1].provider must be",
    ],
    [[step("openai/m"), step("x", { provider: 1 })], 2019, "[1].provider", "[1].provider must be"],
    [step("x", { provider: "" }), 2019, "provider", "provider must be"],
    [
      [step("openai/m"), step("x", { provider: "nonesuch" })],
      2008,
      "[1].provider",
      "[1]: Invalid provider",
    ],
    [[step("x", { endpoint: undefined })], 2019, "[0].endpoint", "[0].endpoint must be"],
    [[step("x", { endpoint: "//" })], 2019, "[0].endpoint", "[0].endpoint must be"],
    [[step("x", { endpoint: "a b" })], 2019, "[0].endpoint", "[0].endpoint must be"],
    [[step("x", { endpoint: "images/generations" })], 2103, "[0].endpoint", "chat/completions"],
    [[step("x", { query: undefined })], 2019, "[0].query", "[0].query must be"],
    [[step("x", { headers: [] })], 2019, "[0].headers", "[0].headers must be an object"],
    [[step("x", { headers: { "a b": "c" } })], 2019, "[0].headers.a b", "what a header can hold"],
    [[step("x", { headers: { a: "b\nc" } })], 2019, "[0].headers.a", "what a header can hold"],
    [[step("x", { config: "fast" })], 2019, "[0].config", "[0].config must be an object"],
    [[step("x", { config: { maxAttemps: 2 } })], 2019, "[0].config", "is maxAttempts meant?"],
    [
      [step("x", { config: { maxAttempts: {} } })],
      2019,
      "[0].config.maxAttempts",
      "a number or a word",
    ],
    [
      [step("openai/m"), step("x", { config: { maxAttempts: 9 } })],
      2107,
      "[1].cf-aig-max-attempts",
      "1 to 5",
    ],
    [
      [step("openai/m"), step("x", { headers: { "cf-aig-backoff": "none" } })],
      2107,
      "[1].cf-aig-backoff",
      "one of",
    ],
  ];

test("what is wrong with an entry is said with its place, and nobody is asked", async () => {
  for (const [body, code, param, said] of BAD) {
    const { gateway, sent } = recorded();
    const answer = await ask(gateway, body);
    const { internalCode, message } = envelopeOf(answer);
    assertEquals(internalCode, code, JSON.stringify(body));
    assertStringIncludes(message, said);
    assertEquals(sent.length, 0);
    if (param) assert(message.includes(param.split(".")[0]!), message);
  }
});

test("an unknown gateway and a stranger get what ai-gateway-provider parses", async () => {
  const { gateway } = recorded({ gateways: { closed: { accessKeys: ["ak-1"] } } });
  const unknown = await ask(gateway, "[]", {}, "/v1/a/nope");
  assertEquals([unknown.status, envelopeOf(unknown).error[0]?.code], [400, 2001]);
  const stranger = await ask(
    gateway,
    "[]",
    { "cf-aig-authorization": "Bearer undefined" },
    "/v1/a/closed",
  );
  assertEquals([stranger.status, envelopeOf(stranger).error[0]?.code], [401, 2009]);
});

test("config is a word for the headers; an entry's header wins over it, and over the request's", async () => {
  const tries = async (entry: object, headers: HeadersInit = {}) => {
    const { gateway, calls } = two(failing(500), undefined, {
      gateways: { default: { retry: { delay: 0 } } },
    });
    await ask(gateway, step("openai/m", entry), { "cf-aig-retry-delay": "0", ...headers });
    return calls.length;
  };
  const three = { config: { maxAttempts: 3, retryDelay: 0, backoff: "constant" } };
  assertEquals(await tries({}), 1);
  assertEquals(await tries(three), 3);
  assertEquals(await tries({}, { "cf-aig-max-attempts": "2" }), 2);
  assertEquals(await tries(three, { "cf-aig-max-attempts": "2" }), 3);
  assertEquals(
    await tries({ ...three, headers: { "CF-AIG-Max-Attempts": 4 } }, {
      "cf-aig-max-attempts": "2",
    }),
    4,
  );
});

test("what nothing is done for yet is said, and refused by the strict", async () => {
  const { gateway, sent } = recorded();
  const entry = {
    headers: { "cf-aig-metadata": { team: "a" }, "cf-aig-collect-log": true },
    quary: 1,
  };
  const answer = await ask(gateway, [step("openai/m", entry)]);
  assertEquals(answer.status, 200);
  const warnings = answer.headers.get("dragoman-warnings") ?? "";
  assertStringIncludes(warnings, 'dropped;param="cf-aig-collect-log"');
  assertStringIncludes(warnings, 'dropped;param="[0].quary";reason="unknown; is query meant?"');
  const strict = await ask(gateway, [step("openai/m", entry)], { "dragoman-strict": "true" });
  assertEquals(envelopeOf(strict).internalCode, 2108);
  assertEquals(sent.length, 1);
});

test("a key in an entry is for that entry; an access key there is nobody's", async () => {
  const options = {
    gateways: { default: { accessKeys: ["ak-1"] }, other: { accessKeys: ["ak-2"] } },
  };
  const { gateway, calls } = two(failing(401), goodAnswer, options);
  const headers = { "cf-aig-authorization": "Bearer ak-1", authorization: "Bearer sk-request" };
  const keyOf = (index: number) => calls[index]?.init.headers.authorization;
  await ask(gateway, [
    step("openai/a", { headers: { Authorization: "Bearer sk-entry" } }),
    step("groq/b"),
  ], headers);
  assertEquals([keyOf(0), keyOf(1)], ["Bearer sk-entry", "Bearer gsk-groq"]);
  const foreign = {
    "x-api-key": "ak-2",
    authorization: "Bearer ak-1",
    "cf-aig-authorization": "ak-2",
  };
  await ask(gateway, [
    step("openai/a", { headers: foreign }),
    step("groq/b", { authorization: "Bearer gsk-own" }),
  ], headers);
  assertEquals([keyOf(2), keyOf(3)], ["Bearer sk-openai", "Bearer gsk-own"]);
  await ask(gateway, [step("openai/a"), step("openai/b")], headers);
  assertEquals([keyOf(4), keyOf(5)], ["Bearer sk-request", "Bearer sk-request"]);
  await ask(gateway, step("groq/b"), headers);
  assertEquals(keyOf(6), "Bearer sk-request");
  for (const { init } of calls) {
    assertFalse(JSON.stringify(init).includes("ak-"), "an access key was sent");
  }
});

test("an entry's event id is echoed", async () => {
  const { gateway } = recorded();
  const answer = await ask(gateway, step("openai/m", { headers: { "cf-aig-event-id": "mine" } }), {
    "cf-aig-event-id": "other",
  });
  assertEquals(answer.headers.get("cf-aig-event-id"), "mine");
});
