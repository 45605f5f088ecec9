/** Limits of requests that are passed on as they are: counted from what their answers say, whose bytes stay the same. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { FetchLike, GatewayOptions, LimitOption } from "../../mod.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { send } from "../support/recorder.ts";

const PRICE = { input: 1000, output: 1000 };

function native(
  answer: () => Response | Promise<Response>,
  limits: LimitOption[] = [{ of: "tokens", limit: 100_000 }, { of: "cost", limit: 100 }, {
    of: "concurrency",
    limit: 9,
  }],
): { gateway: Gateway; sent: string[] } {
  const sent: string[] = [];
  const fetch: FetchLike = async (url) => {
    sent.push(url);
    return await answer();
  };
  const key = { apiKey: "sk-stored" };
  const options: GatewayOptions = {
    clock: new FakeClock(),
    fetch,
    providers: {
      openai: key,
      anthropic: key,
      deepseek: key,
      "google-ai-studio": key,
      "azure-openai": { ...key, resource: "r" },
    },
    prices: {
      "openai/*": PRICE,
      "anthropic/claude": PRICE,
      "google-ai-studio/gemini": PRICE,
    },
    gateways: { default: { open: true, limits } },
  };
  return { gateway: createGateway(options), sent };
}

const ask = (gateway: Gateway, path: string, body: unknown, method = "POST") =>
  send(gateway, `/v1/me/default/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(method === "POST" && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

async function used(gateway: Gateway): Promise<(number | null)[]> {
  const { text } = await send(gateway, "/v1/key");
  return (JSON.parse(text) as { limits: { used: number | null }[] }).limits.map(({ used }) => used);
}

const MESSAGES = [{ role: "user", content: "Hi" }];
const sse = (...events: object[]) =>
  events.map((each) => {
    const { type } = each as { type?: string };
    return `${type === undefined ? "" : `event: ${type}\n`}data: ${JSON.stringify(each)}\n\n`;
  }).join("");
const SSE = { "content-type": "text/event-stream" };
const choice = { index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" };

const openaiWhole = JSON.stringify({
  id: "1",
  choices: [choice],
  usage: { prompt_tokens: 30, completion_tokens: 70, total_tokens: 100 },
});
const openaiStream = sse(
  { choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] },
  { choices: [], usage: { prompt_tokens: 30, completion_tokens: 70, total_tokens: 100 } },
) + "data: [DONE]\n\n";
const claudeWhole = JSON.stringify({
  id: "1",
  type: "message",
  role: "assistant",
  model: "claude",
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 30, output_tokens: 70 },
});
const claudeStream = sse(
  {
    type: "message_start",
    message: {
      id: "1",
      role: "assistant",
      model: "claude",
      content: [],
      usage: { input_tokens: 30, output_tokens: 1 },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 70 } },
  { type: "message_stop" },
);
const geminiWhole = JSON.stringify({
  candidates: [{ content: { role: "model", parts: [{ text: "Hi" }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 70, totalTokenCount: 100 },
});
const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
const vectors = JSON.stringify({
  data: [{ index: 0, embedding: [1, 2] }],
  usage: { prompt_tokens: 100 },
});

const KNOWN: [path: string, body: object, answer: string, headers: HeadersInit][] = [
  ["openai/chat/completions", { model: "m", messages: MESSAGES }, openaiWhole, {}],
  ["openai/chat/completions", { model: "m", stream: true, messages: MESSAGES }, openaiStream, SSE],
  ["openai/embeddings", { model: "m", input: "Hi" }, vectors, {}],
  [
    "anthropic/v1/messages",
    { model: "claude", max_tokens: 500, messages: MESSAGES },
    claudeWhole,
    {},
  ],
  [
    "anthropic/v1/messages",
    { model: "claude", max_tokens: 500, stream: true, messages: MESSAGES },
    claudeStream,
    SSE,
  ],
  ["google-ai-studio/v1beta/models/gemini:generateContent", { contents }, geminiWhole, {}],
  [
    "google-ai-studio/v1beta/models/gemini:streamGenerateContent",
    { contents },
    `[{"candidates":[{"content":{"role":"model","parts":[{"text":"H"}]}}]},${geminiWhole}]`,
    {},
  ],
];

test("native answers are counted as their providers count them, whole and streamed, byte for byte the same", async () => {
  for (const [path, body, text, headers] of KNOWN) {
    const { gateway } = native(() =>
      new Response(text, { headers: { "content-type": "application/json", ...headers } })
    );
    const answer = await ask(gateway, path, body);
    assertEquals([answer.status, answer.text], [200, text], path);
    assertEquals(await used(gateway), [100, 0.1, 0], path);
  }
});

test("the same holds for native steps of the universal endpoint", async () => {
  const { gateway } = native(() => Response.json(JSON.parse(openaiWhole)));
  const step = {
    provider: "openai",
    endpoint: "chat/completions",
    query: { model: "m", messages: MESSAGES },
  };
  const answer = await send(gateway, "/v1/me/default", {
    method: "POST",
    body: JSON.stringify([step]),
  });
  assertEquals(answer.status, 200, answer.text);
  assertEquals(await used(gateway), [100, 0.1, 0]);
});

test("a native answer that nobody can count costs what was set aside", async () => {
  const { gateway } = native(() => Response.json({ object: "something", usage: "much" }));
  assertEquals((await ask(gateway, "openai/responses", { model: "m", input: "Hi" })).status, 200);
  const [tokens, cost, running] = await used(gateway);
  assert(tokens! > 1_000 && tokens! < 1_100, String(tokens));
  assert(cost! > 1 && cost! < 1.1, String(cost));
  assertEquals(running, 0);
});

/** Answers of interfaces that no codec speaks, or that leave their counts out; tokens, or how many at least. */
const OTHERS: [name: string, path: string, answer: string, headers: HeadersInit, used: number][] = [
  [
    "a response",
    "openai/responses",
    JSON.stringify({ output: [], usage: { input_tokens: 30, output_tokens: 150_000 } }),
    {},
    150_030,
  ],
  [
    "a response, streamed",
    "openai/responses",
    sse({ type: "response.output_text.delta", delta: "Hi" }, {
      type: "response.completed",
      response: { usage: { input_tokens: 30, output_tokens: 150_000 } },
    }),
    SSE,
    150_030,
  ],
  [
    "Anthropic's interface at a provider that speaks OpenAI's",
    "deepseek/anthropic/v1/messages",
    claudeStream,
    SSE,
    100,
  ],
  [
    "the same, whole and with a cache",
    "deepseek/anthropic/v1/messages",
    JSON.stringify({
      content: [],
      usage: { input_tokens: 10, cache_read_input_tokens: 20, output_tokens: 70 },
    }),
    {},
    100,
  ],
];

test("counts that stand in an answer are read also where nobody speaks its interface", async () => {
  for (const [name, path, text, headers, tokens] of OTHERS) {
    const limits: LimitOption[] = [{ of: "tokens", limit: 1_000_000 }];
    const { gateway } = native(
      () => new Response(text, { headers: { "content-type": "application/json", ...headers } }),
      limits,
    );
    const answer = await ask(gateway, path, { model: "m", input: "Hi" });
    assertEquals([answer.status, answer.text], [200, text], name);
    assertEquals(await used(gateway), [tokens], name);
  }
});

test("an answer without counts costs what its length makes likely, where that is more than was set aside", async () => {
  const long = "word ".repeat(8_000);
  const cases: [name: string, path: string, answer: string, headers: HeadersInit][] = [
    [
      "a stream",
      "openai/chat/completions",
      sse({ choices: [{ index: 0, delta: { content: long }, finish_reason: "stop" }] }) +
      "data: [DONE]\n\n",
      SSE,
    ],
    [
      "a whole answer",
      "openai/chat/completions",
      JSON.stringify({ choices: [{ ...choice, message: { role: "assistant", content: long } }] }),
      {},
    ],
    [
      "a stream of another interface that breaks off",
      "openai/responses",
      sse({ type: "response.output_text.delta", delta: long }),
      SSE,
    ],
    [
      "a stream of completions",
      "openai/completions",
      sse({ choices: [{ index: 0, text: long }] }) + "data: [DONE]\n\n",
      SSE,
    ],
  ];
  for (const [name, path, text, headers] of cases) {
    const limits: LimitOption[] = [{ of: "tokens", limit: 1_000_000 }];
    const { gateway } = native(
      () => new Response(text, { headers: { "content-type": "application/json", ...headers } }),
      limits,
    );
    const body = { model: "m", messages: MESSAGES, stream: true };
    assertEquals((await ask(gateway, path, body)).text, text, name);
    const input = Math.ceil(JSON.stringify(body).length / 4);
    assertEquals(await used(gateway), [input + 10_000], name);
  }
});

test("a native stream that is left behind its end costs what its provider has counted", async () => {
  const streams: [path: string, body: object, text: string][] = [
    ["openai/chat/completions", { model: "m", stream: true, messages: MESSAGES }, openaiStream],
    ["anthropic/v1/messages", { model: "claude", max_tokens: 500, stream: true }, claudeStream],
  ];
  for (const [path, question, text] of streams) {
    const { gateway } = native(() => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
      });
      return new Response(body, { headers: SSE });
    });
    const url = `http://localhost/v1/me/default/${path}`;
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(question);
    const answer = await gateway.fetch(new Request(url, { method: "POST", headers, body }));
    const reader = answer.body!.getReader();
    await reader.read();
    await reader.cancel();
    assertEquals(await used(gateway), [100, 0.1, 0], path);
  }
});

test("a native answer that is nothing at all costs nothing", async () => {
  const { gateway } = native(() => new Response(null, { status: 204 }));
  const { status } = await ask(gateway, "openai/chat/completions", { model: "m" });
  assertEquals([status, await used(gateway)], [204, [0, 0, 0]]);
});

test("native errors, and answers that never come, cost nothing and hold nothing", async () => {
  const failures = [
    () => Response.json({ error: { message: "no" } }, { status: 400 }),
    () => Response.json({ error: { message: "no" } }, { status: 503 }),
    () => new Response("elsewhere", { status: 307, headers: { location: "https://else.where/" } }),
    () => Promise.reject(new TypeError("fetch failed")),
  ];
  for (const answer of failures) {
    const { gateway } = native(answer);
    const got = await ask(gateway, "openai/chat/completions", { model: "m", messages: MESSAGES });
    assert(got.status >= 300);
    assertEquals(await used(gateway), [0, 0, 0]);
  }
});

test("a native stream that is left, or breaks off, costs at least what was set aside", async () => {
  const beginning = claudeStream.slice(0, claudeStream.indexOf("event: message_delta"));
  for (const how of ["leaves", "breaks"] as const) {
    const { gateway } = native(() => {
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (pulls++ === 0) controller.enqueue(new TextEncoder().encode(beginning));
          else if (how === "breaks") controller.error(new Error("gone"));
        },
      }, { highWaterMark: 0 });
      return new Response(body, { headers: SSE });
    });
    const question = { model: "claude", max_tokens: 500, messages: MESSAGES, stream: true };
    const url = "http://localhost/v1/me/default/anthropic/v1/messages";
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(question);
    const answer = await gateway.fetch(new Request(url, { method: "POST", headers, body }));
    const reader = answer.body!.getReader();
    await reader.read();
    if (how === "leaves") await reader.cancel();
    else await reader.read().then(() => {}, () => {});
    const [tokens, , running] = await used(gateway);
    assert(tokens! > 500 && tokens! < 600, `${how}: ${tokens}`);
    assertEquals(running, 0);
  }
});

test("what has been read of a native stream that is left counts, where that is more than was set aside", async () => {
  const delta = { type: "text_delta", text: "word ".repeat(8_000) };
  const text = claudeStream.slice(0, claudeStream.indexOf("event: content_block_delta")) +
    sse({ type: "content_block_delta", index: 0, delta });
  const { gateway } = native(() => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    });
    return new Response(body, { headers: SSE });
  });
  const body = JSON.stringify({ model: "claude", max_tokens: 500, stream: true });
  const url = "http://localhost/v1/me/default/anthropic/v1/messages";
  const headers = { "content-type": "application/json" };
  const answer = await gateway.fetch(new Request(url, { method: "POST", headers, body }));
  const reader = answer.body!.getReader();
  await reader.read();
  await reader.cancel();
  const [tokens] = await used(gateway);
  assertEquals(tokens, 10_000 + Math.ceil(body.length / 4));
});

test("lists and files that are asked for natively use no tokens, but are requests", async () => {
  const limits: LimitOption[] = [
    { of: "requests", limit: 2 },
    { of: "tokens", limit: 10 },
    { of: "cost", limit: 0.01 },
  ];
  const { gateway } = native(() => Response.json({ data: [] }), limits);
  const all: number[] = [];
  for (let i = 0; i < 3; i++) all.push((await ask(gateway, "openai/models", "", "GET")).status);
  assertEquals(all, [200, 200, 429]);
  assertEquals(await used(gateway), [2, 0, 0]);
});

test("where nobody knows the model, every limit on a model of that provider holds", async () => {
  const body = { model: "cheap", messages: MESSAGES };
  const twice = '{"model":"cheap","model":"dear","messages":[]}';
  const cases: [path: string, body: unknown, status: number][] = [
    ["openai/chat/completions", body, 200],
    ["openai/chat/completions", { ...body, model: "dear" }, 429],
    ["openai/chat/completions", { messages: MESSAGES }, 429],
    ["openai/chat/completions", twice, 429],
    ["openai/chat/completions", "no JSON", 429],
    // What stands in the path is the model that is asked, whatever the body says.
    ["openai/deployments/dear/chat/completions", body, 429],
    ["anthropic/v1/messages", "no JSON", 200],
  ];
  for (const [path, sentBody, status] of cases) {
    const limits: LimitOption[] = [{ of: "requests", limit: 1, match: { model: "openai/dear*" } }];
    const { gateway } = native(() => Response.json({}), limits);
    await ask(gateway, "openai/chat/completions", { ...body, model: "dear" });
    assertEquals((await ask(gateway, path, sentBody)).status, status, JSON.stringify(sentBody));
  }
});

test("under a limit of cost, a native request whose price nobody knows is refused", async () => {
  const { gateway, sent } = native(() => Response.json({}));
  for (
    const [path, body] of [
      ["anthropic/v1/messages", { model: "new", messages: MESSAGES }],
      ["anthropic/v1/messages", "no JSON"],
    ] as const
  ) {
    const answer = await ask(gateway, path, body);
    assertEquals(answer.status, 400, path);
    assertEquals((JSON.parse(answer.text) as { internalCode: number }).internalCode, 2128);
  }
  assertEquals(sent, []);
});
