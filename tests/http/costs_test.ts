/** `usage.cost` for callers who ask, and `cf-aig-custom-cost`: what is told, and what it changes. */
import { test } from "node:test";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { type FetchInit, textBody } from "../../lib/fetch_like.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { chat, errorOf, type Got, recorder, send, type Sent } from "../support/recorder.ts";

type Json = Record<string, unknown>;

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const named = (data: { type: string }) => `event: ${data.type}\n${event(data)}`;
const SSE = { headers: { "content-type": "text/event-stream" } };

/** 1000 tokens read, 400 of them from a cache; 200 written, 50 of them thought. */
const USAGE = {
  prompt_tokens: 1000,
  completion_tokens: 200,
  total_tokens: 1200,
  prompt_tokens_details: { cached_tokens: 400 },
  completion_tokens_details: { reasoning_tokens: 50 },
};
const PRICE = { input: 2, output: 8, cacheRead: 0.5, reasoning: 10 };
/** 600 × 2 + 400 × 0.5 + 150 × 8 + 50 × 10 micro-dollars. */
const COST = 0.0031;

function openai(usage: object) {
  const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "served" };
  const choice = (delta: object, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason, logprobs: null }],
    usage: null,
  });
  const message = { role: "assistant", content: "Hi", refusal: null };
  return (init: Pick<FetchInit, "body">) => {
    const { stream } = JSON.parse(textBody(init)) as { stream?: boolean };
    if (stream !== true) {
      const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
      return Response.json({ ...head, object: "chat.completion", choices, usage });
    }
    const chunks = [choice({ role: "assistant", content: "Hi" }), choice({}, "stop"), {
      ...head,
      choices: [],
      usage,
    }];
    return new Response(chunks.map(event).join("") + "data: [DONE]\n\n", SSE);
  };
}

/** The same counts in Anthropic's words; 100 more are written to a cache, 40 of them for an hour. */
const CLAUDE_USAGE = {
  input_tokens: 600,
  cache_read_input_tokens: 400,
  cache_creation_input_tokens: 100,
  cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
  output_tokens: 200,
};
const CLAUDE_PRICE = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 };
/** 600 × 3 + 400 × 0.3 + 60 × 3.75 + 40 × 6 + 200 × 15 micro-dollars. */
const CLAUDE_COST = 0.005385;

function claude(init: Pick<FetchInit, "body">): Response {
  const { stream } = JSON.parse(textBody(init)) as { stream?: boolean };
  const about = { id: "msg_1", type: "message", role: "assistant", model: "claude" };
  const end = { stop_reason: "end_turn", stop_sequence: null };
  if (stream !== true) {
    const content = [{ type: "text", text: "Hi" }];
    return Response.json({ ...about, content, ...end, usage: CLAUDE_USAGE });
  }
  const { output_tokens, ...read } = CLAUDE_USAGE;
  const open = { ...about, content: [], stop_reason: null, usage: { ...read, output_tokens: 1 } };
  const events = [
    { type: "message_start", message: open },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: end, usage: { output_tokens } },
    { type: "message_stop" },
  ];
  return new Response(events.map(named).join(""), SSE);
}

const PRICES = {
  "openai/priced": PRICE,
  "groq/priced": PRICE,
  "openrouter/priced": PRICE,
  "anthropic/priced": CLAUDE_PRICE,
};

function scene(answer: (init: FetchInit) => Response, options: GatewayOptions = {}) {
  const { fetch, sent } = recorder(answer);
  const slugs = ["openai", "groq", "openrouter", "anthropic", "perplexity-ai", "grok"];
  const providers = Object.fromEntries(slugs.map((slug) => [slug, { apiKey: `sk-${slug}-key` }]));
  return { gateway: createGateway({ prices: PRICES, fetch, providers, ...options }), sent };
}

const ASK = { usage: { include: true } };
const MESSAGES = { max_tokens: 10, messages: [{ role: "user", content: "Hello" }] };

const say = (gateway: ReturnType<typeof createGateway>, body: Json, headers: HeadersInit = {}) =>
  chat(gateway, { ...MESSAGES, ...body }, headers, "/v1/messages");

/** The counts of an answer, whole or streamed, in either dialect; the last there are. */
function usageOf({ text }: Got): Json {
  if (text.startsWith("{")) return (JSON.parse(text) as { usage: Json }).usage;
  const data = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as Json);
  const counts = data.filter(({ usage }) => usage).map(({ usage }) => usage as Json);
  assertEquals(counts.length, 1, text);
  return counts[0]!;
}

const SOURCES = { openai: openai(USAGE), groq: openai(USAGE), anthropic: claude };
const COSTS: Record<string, number> = { openai: COST, groq: COST, anthropic: CLAUDE_COST };

for (const [slug, answer] of Object.entries(SOURCES)) {
  test(`${slug}'s answer costs what it cost, whole and streamed, in both dialects`, async () => {
    for (const ask of [chat, say]) {
      for (const stream of [false, true]) {
        const { gateway, sent } = scene(answer);
        const got = await ask(gateway, { model: `${slug}/priced`, stream, ...ASK });
        assertEquals(got.status, 200, got.text);
        assertEquals(usageOf(got).cost, COSTS[slug], got.text);
        assertEquals(sent[0]!.body.usage, undefined, "asked the provider");
        assertEquals(got.headers.get("dragoman-warnings")?.includes("usage") ?? false, false);
      }
    }
  });

  test(`${slug}'s answer is told without its cost to whoever doesn't ask`, async () => {
    for (const ask of [chat, say]) {
      for (const usage of [undefined, null, {}, { include: false }]) {
        for (const stream of [false, true]) {
          const { gateway, sent } = scene(answer);
          const got = await ask(gateway, { model: `${slug}/priced`, stream, usage });
          assertFalse(got.text.includes('"cost"'), got.text);
          assertFalse("usage" in sent[0]!.body);
        }
      }
    }
  });
}

test("who doesn't ask gets the very bytes of a provider that speaks his dialect", async () => {
  const spaced =
    '{"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": ' +
    '[{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]}';
  const { gateway } = scene(() => new Response(spaced));
  assertEquals((await chat(gateway, { model: "openai/priced" })).text, spaced);
});

test("all but the cost of a stream stays as it was", async () => {
  const options = { stream_options: { include_usage: true }, stream: true };
  for (const [slug, answer] of Object.entries(SOURCES)) {
    for (const ask of [chat, say]) {
      const plain = await ask(scene(answer).gateway, { model: `${slug}/priced`, ...options });
      const told = await ask(scene(answer).gateway, {
        model: `${slug}/priced`,
        ...options,
        ...ASK,
      });
      assertEquals(told.text.replace(`,"cost":${COSTS[slug]}`, ""), plain.text);
    }
  }
});

test("what nobody knows the price of costs null, and what is free costs 0", async () => {
  for (const stream of [false, true]) {
    const { gateway } = scene(openai(USAGE), {
      prices: { "groq/*": { input: 0, output: 0 }, "anthropic/*": { input: 0, output: 0 } },
    });
    for (const ask of [chat, say]) {
      const unknown = await ask(gateway, { model: "openai/unknown", stream, ...ASK });
      assertEquals(usageOf(unknown).cost, null);
      assertEquals(usageOf(await ask(gateway, { model: "groq/x", stream, ...ASK })).cost, 0);
    }
  }
});

test("a provider's own sum is told as it stands, unless somebody has written a price", async () => {
  const cases: [model: string, stated: Json, told: number | Json | null][] = [
    ["openrouter/x", { cost: 0.0000123 }, 0.0000123],
    ["openrouter/x", { cost: 0 }, 0],
    ["openrouter/priced", { cost: 0.0000123 }, COST],
    [
      "openrouter/x",
      { cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } },
      0.021,
    ],
    ["perplexity-ai/x", { cost: { input_tokens_cost: 0.1, total_cost: 0.105359 } }, 0.105359],
    ["grok/x", { cost_in_usd_ticks: 10112000 }, 0.0010112],
    ["openrouter/x", { cost: -1 }, null],
    ["openrouter/x", { cost: 1e308 }, null],
    ["openrouter/x", { cost: "free" }, null],
  ];
  for (const [model, stated, told] of cases) {
    for (const ask of [chat, say]) {
      for (const stream of [false, true]) {
        const { gateway } = scene(openai({ ...USAGE, ...stated }));
        const got = await ask(gateway, { model, stream, ...ASK });
        assertEquals(usageOf(got).cost, told, `${model} ${JSON.stringify(stated)}`);
        assertEquals(got.text.split('"cost":').length, 2, got.text);
      }
    }
  }
});

test("a provider's own sum reaches whoever doesn't ask in its dialect", async () => {
  const { gateway } = scene(openai({ ...USAGE, cost: 0.0000123 }));
  const got = await chat(gateway, { model: "openrouter/x" });
  assertEquals(usageOf(got).cost, 0.0000123);
});

test("no claim of a provider makes a cost that is none", async () => {
  for (const wild of [-1, 1e308, null, "many", 0.5]) {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: wild,
      prompt_tokens_details: { cached_tokens: wild },
      completion_tokens_details: { reasoning_tokens: wild, audio_tokens: wild },
    };
    for (const stream of [false, true]) {
      const { gateway } = scene(openai(usage));
      for (const ask of [chat, say]) {
        for (const model of ["openai/priced", "groq/priced"]) {
          const { cost } = usageOf(await ask(gateway, { model, stream, ...ASK }));
          const micro = Math.round(Number(cost) * 1e6);
          assert(Number.isSafeInteger(micro) && micro >= 0, `${wild}: ${cost}`);
        }
      }
    }
  }
});

test("a wish that can't be read is 400 and names what would be right", async () => {
  const { gateway, sent } = scene(openai(USAGE));
  for (const usage of [true, "include", { include: 1 }, []]) {
    for (const ask of [chat, say]) {
      const got = await ask(gateway, { model: "openai/priced", usage });
      assertEquals(got.status, 400);
      assert(got.text.includes('usage must be an object such as {\\"include\\": true}'), got.text);
    }
    const body = JSON.stringify({ model: "openai/priced", input: "a", usage });
    const got = await send(gateway, "/v1/embeddings", { method: "POST", body });
    assertEquals([got.status, errorOf(got).param], [400, "usage"]);
  }
  assertEquals(sent.length, 0);
});

test("vectors cost what was read for them, or what their provider says", async () => {
  const cases: [model: string, usage: object, told: number | null][] = [
    ["openai/priced", { prompt_tokens: 1000, total_tokens: 1000 }, 0.002],
    ["openai/unknown", { prompt_tokens: 1000 }, null],
    ["openrouter/x", { prompt_tokens: 1000, cost: 0.0000007 }, 0.0000007],
  ];
  for (const [model, usage, told] of cases) {
    const { gateway, sent } = scene(() =>
      Response.json({ data: [{ index: 0, embedding: [1] }], model: "m", usage })
    );
    const body = JSON.stringify({ model, input: "Hello", ...ASK });
    const got = await send(gateway, "/v1/embeddings", { method: "POST", body });
    assertEquals(usageOf(got).cost, told, got.text);
    assertFalse("usage" in sent[0]!.body);
  }
});

test("the price of the model that answered counts, not of the one that was asked first", async () => {
  const { gateway } = scene((init) => {
    const { model } = JSON.parse(textBody(init)) as { model: string };
    return model === "dear" ? new Response("no", { status: 500 }) : openai(USAGE)(init);
  }, {
    prices: { "openai/dear": { input: 1000, output: 1000 }, "groq/priced": PRICE },
    gateways: { default: { routes: { both: ["openai/dear", "groq/priced"] } } },
  });
  for (const stream of [false, true]) {
    assertEquals(usageOf(await chat(gateway, { model: "both", stream, ...ASK })).cost, COST);
  }
});

const CUSTOM: [header: Json, openai: number][] = [
  [{ per_token_in: 1e-5, per_token_out: 2e-5 }, 0.01 + 0.004],
  [{ per_token_in: 1e-5, per_token_out: 2e-5, per_cache_read_token: 1e-6 }, 0.0064 + 0.004],
  [{ per_token_in: 0, per_token_out: 0 }, 0],
  [{ total_cost: 0.0125 }, 0.0125],
];

test("a caller's own prices are what he is told, whoever knows others", async () => {
  for (const [header, told] of CUSTOM) {
    const headers = { "cf-aig-custom-cost": JSON.stringify(header) };
    for (const model of ["openai/priced", "openai/unknown", "groq/priced"]) {
      for (const stream of [false, true]) {
        for (const ask of [chat, say]) {
          const { gateway, sent } = scene(openai(USAGE));
          const got = await ask(gateway, { model, stream, ...ASK }, headers);
          assertEquals(usageOf(got).cost, told, `${model} ${JSON.stringify(header)}`);
          assertEquals(got.headers.get("dragoman-warnings"), null);
          assertFalse("cf-aig-custom-cost" in sent[0]!.headers);
        }
      }
    }
  }
});

test("writing to a cache has a price of its own there too", async () => {
  const header = { per_token_in: 1e-5, per_token_out: 2e-5, per_cache_write_token: 3e-5 };
  const { gateway } = scene(claude);
  const got = await chat(gateway, { model: "anthropic/x", ...ASK }, {
    "cf-aig-custom-cost": JSON.stringify(header),
  });
  // Reading from one costs as any input, since nothing else is said.
  assertEquals(usageOf(got).cost, 0.01 + 0.003 + 0.004);
});

const step = (more: Json) => ({
  provider: "compat",
  endpoint: "chat/completions",
  query: { model: "openai/priced", messages: MESSAGES.messages, ...ASK },
  ...more,
});

test("steps of the universal endpoint have prices of their own, by header or config", async () => {
  const { gateway } = scene(openai(USAGE));
  const cases: [entry: Json, told: number][] = [
    [step({}), 0.5],
    [step({ headers: { "cf-aig-custom-cost": { total_cost: 0.25 } } }), 0.25],
    [step({ headers: { "cf-aig-custom-cost": '{"total_cost":0.125}' } }), 0.125],
    [step({ config: { customCost: { total_cost: 0.75 } } }), 0.75],
  ];
  for (const [entry, told] of cases) {
    const got = await send(gateway, "/v1/acme/default", {
      method: "POST",
      headers: { "cf-aig-custom-cost": '{"total_cost":0.5}' },
      body: JSON.stringify([entry]),
    });
    assertEquals(got.status, 200, got.text);
    assertEquals(usageOf(got).cost, told);
  }
});

const asked = (sent: Sent[]) => sent.splice(0).map(({ body }) => body.model);

test("a caller can raise what a budget is charged, and never lower it", async () => {
  const elements = [
    { id: "s", type: "start", outputs: { next: { elementId: "b" } } },
    {
      id: "b",
      type: "rate",
      properties: { limitType: "cost", limit: 0.02, window: 3600 },
      outputs: { success: { elementId: "m" }, fallback: { elementId: "o" } },
    },
    ...["m", "o"].map((id) => ({
      id,
      type: "model",
      properties: { provider: "openai", model: id === "m" ? "priced" : "other" },
      outputs: { success: { elementId: "e" } },
    })),
    { id: "e", type: "end", outputs: {} },
  ];
  const gateways = { default: { routes: { r: { elements } } } } as GatewayOptions["gateways"];
  for (const [total_cost, charged] of [[0, 7], [0.02, 1], [0.01, 2]] as const) {
    const { gateway, sent } = scene(openai(USAGE), { gateways });
    const headers = { "cf-aig-custom-cost": JSON.stringify({ total_cost }) };
    for (let at = 0; at < 9; at++) {
      const got = await chat(gateway, { model: "dynamic/r", ...ASK }, headers);
      assertEquals(usageOf(got).cost, total_cost);
    }
    // $0.0031 each: six are below $0.02, the seventh goes beyond.
    const inside = asked(sent).filter((model) => model === "priced").length;
    assertEquals(inside, charged, `${total_cost}`);
  }
});

test("on a provider's own path nobody counts, and that is said", async () => {
  let sent = 0;
  const fetch = () => Promise.resolve(Response.json({ sent: ++sent }));
  const { gateway } = scene(openai(USAGE), { fetch });
  const path = "/v1/acme/default/openai/chat/completions";
  const ask = (headers: HeadersInit) =>
    chat(gateway, { model: "gpt" }, { "cf-aig-custom-cost": '{"total_cost":1}', ...headers }, path);
  const { status, headers } = await ask({});
  assertEquals(status, 200);
  const warnings = headers.get("dragoman-warnings") ?? "";
  assert(warnings.startsWith('dropped;param="cf-aig-custom-cost"'), warnings);
  const strict = await ask({ "dragoman-strict": "true" });
  assertEquals([strict.status, sent], [400, 1]);
});
