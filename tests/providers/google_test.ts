/** Google's two platforms, through a gateway: addresses, keys, and which protocol is spoken. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { textBody } from "../../lib/fetch_like.ts";
import { createGateway } from "../support/gateway.ts";
import type { ProviderSettings } from "../../lib/options/mod.ts";
import { geminiGenerate } from "../../lib/codecs/gemini_generate/mod.ts";
import type { ProviderPlace } from "../../lib/providers/provider.ts";
import { googleVertexAi } from "../../lib/providers/google_vertex_ai.ts";
import { rateLimited, scriptedProvider, text, toolCall } from "../../lib/exports/testing.ts";

type Json = Record<string, unknown>;

interface Sent {
  url: string;
  headers: Headers;
  body: Json;
}

const MESSAGES = [{ role: "user", content: "Hi" }];
const GEMINI = {
  candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
};
const CLAUDE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 2 },
};

/** Asks once; gives what was sent and what came back. */
async function ask(
  slug: string,
  settings: ProviderSettings,
  body: Json,
  answer: BodyInit = JSON.stringify(GEMINI),
  init: ResponseInit = { headers: { "content-type": "application/json" } },
): Promise<{ sent: Sent; status: number; text: string }> {
  let sent: Sent | undefined;
  const gateway = createGateway({
    providers: { [slug]: settings },
    fetch: (url, asked) => {
      const body = JSON.parse(textBody(asked));
      sent = { url, headers: new Headers(asked.headers), body };
      return Promise.resolve(new Response(answer, init));
    },
  });
  const response = await gateway.fetch(
    new Request("http://test/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ messages: MESSAGES, ...body }),
    }),
  );
  const text = await response.text();
  assert(sent !== undefined, text);
  return { sent, status: response.status, text };
}

test("AI Studio gets its key in its header, never in the address", async () => {
  const { sent, text } = await ask("google-ai-studio", { apiKey: "AIza-key" }, {
    model: "gemini/gemini-2.5-flash",
  });
  assertEquals(
    sent.url,
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
  );
  assertEquals(sent.headers.get("x-goog-api-key"), "AIza-key");
  assertEquals(sent.headers.get("authorization"), null);
  assertEquals(JSON.parse(text).choices[0].message.content, "Hello");
});

test("a base without its version gets one, a base with another keeps it", async () => {
  const url = async (baseUrl: string) => {
    const { sent } = await ask(
      "google-ai-studio",
      { apiKey: "k", baseUrl },
      {
        model: "google/gemini-3-pro",
        stream: true,
      },
      `data: ${JSON.stringify(GEMINI)}\r\n\r\n`,
      { headers: { "content-type": "text/event-stream" } },
    );
    return sent.url.replace("/models/gemini-3-pro:streamGenerateContent?alt=sse", "");
  };
  assertEquals(
    await url("https://generativelanguage.googleapis.com"),
    "https://generativelanguage.googleapis.com/v1beta",
  );
  assertEquals(await url("https://proxy.test/google"), "https://proxy.test/google/v1beta");
  assertEquals(await url("https://proxy.test/v1alpha"), "https://proxy.test/v1alpha");
});

test("a stream that Google sends as a list becomes a stream", async () => {
  const { text } = await ask(
    "google-ai-studio",
    { apiKey: "k" },
    { model: "gemini/gemini-3-pro", stream: true },
    JSON.stringify([GEMINI]),
    { headers: { "content-type": "application/json; charset=UTF-8" } },
  );
  assert(text.includes('"content":"Hello"') && text.endsWith("data: [DONE]\n\n"), text);
});

test("a bad key is a 401 and the wait that Google asks for is told", async () => {
  const error = (code: number, status: string, detail: Json) =>
    JSON.stringify({ error: { code, status, message: "No", details: [detail] } });
  const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" };
  const body = { model: "gemini/gemini-3-pro" };
  const bad = await ask(
    "google-ai-studio",
    { apiKey: "k" },
    body,
    error(400, "INVALID_ARGUMENT", info),
    { status: 400 },
  );
  assertEquals([bad.status, JSON.parse(bad.text).error.code], [401, "INVALID_ARGUMENT"]);
  const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3s" };
  const limited = await ask(
    "google-ai-studio",
    { apiKey: "k" },
    body,
    error(429, "RESOURCE_EXHAUSTED", retry),
    { status: 429 },
  );
  assertEquals(limited.status, 429);
});

test("a scripted provider can speak Google's protocol", async () => {
  const provider = scriptedProvider([
    rateLimited({ retryAfter: 0 }),
    toolCall("get_weather", { city: "Paris" }),
    text(["Sun", "ny"], { reasoning: "Hm" }),
  ], { codec: geminiGenerate() });
  const gateway = createGateway({
    providers: { "google-ai-studio": { apiKey: "k" } },
    gateways: { default: { retry: { attempts: 2, delay: 0 } } },
    fetch: provider.fetch,
  });
  const say = async (stream: boolean) => {
    const body = JSON.stringify({ model: "gemini/gemini-3-pro", messages: MESSAGES, stream });
    return await (await gateway.fetch(
      new Request("http://test/v1/chat/completions", { method: "POST", body }),
    )).text();
  };
  const [choice] = JSON.parse(await say(false)).choices;
  assertEquals(choice.finish_reason, "tool_calls");
  assertEquals(choice.message.tool_calls[0].function, {
    name: "get_weather",
    arguments: '{"city":"Paris"}',
  });
  const stream = await say(true);
  assert(
    stream.includes('"reasoning_content":"Hm"') && stream.endsWith("data: [DONE]\n\n"),
    stream,
  );
});

const LOCATION =
  "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1";

test("Vertex's address follows from project and region", () => {
  const address = (settings: ProviderPlace) => googleVertexAi.baseUrlFor!(settings);
  assertEquals(address({ project: "p", region: "us-central1" }), LOCATION);
  assertEquals(
    address({ project: "p" }),
    "https://aiplatform.googleapis.com/v1/projects/p/locations/global",
  );
  assertEquals(
    address({ project: "p", region: "eu" }),
    "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu",
  );
  assertEquals(address({ region: "us-central1" }), undefined);
  for (const region of ["a.test/", "us-central1.evil.test", "US-EAST1", ""]) {
    assertEquals(address({ project: "p", region }), undefined, region);
  }
  assertEquals(address({ project: "p/../q", region: "us-central1" }), undefined);
  assertEquals(
    googleVertexAi.baseUrlFor!({}, "AQ.express"),
    "https://aiplatform.googleapis.com/v1",
  );
});

test("Vertex gets access tokens as they are and API keys in their own header", async () => {
  const auth = async (apiKey: string) => {
    const { sent } = await ask("google-vertex-ai", { apiKey, baseUrl: LOCATION }, {
      model: "vertex/google/gemini-2.5-flash",
    });
    return [sent.headers.get("authorization"), sent.headers.get("x-goog-api-key")];
  };
  assertEquals(await auth("ya29.token"), ["Bearer ya29.token", null]);
  assertEquals(await auth("AIzaKey"), [null, "AIzaKey"]);
  assertEquals(await auth("AQ.Key"), [null, "AQ.Key"]);
});

test("Gemini on Vertex is asked at its publisher's path, with or without the publisher's name", async () => {
  for (const model of ["google/gemini-2.5-flash", "gemini-2.5-flash"]) {
    const { sent, text } = await ask("google-vertex-ai", { apiKey: "t", baseUrl: LOCATION }, {
      model: `google-vertex-ai/${model}`,
    });
    assertEquals(sent.url, `${LOCATION}/publishers/google/models/gemini-2.5-flash:generateContent`);
    assertEquals(JSON.parse(text).choices[0].message.content, "Hello");
  }
});

test("Claude on Vertex is spoken to in Anthropic's protocol, whole and streamed", async () => {
  const settings = { apiKey: "t", baseUrl: LOCATION };
  const model = "google-vertex-ai/anthropic/claude-sonnet-4-5@20250929";
  const whole = await ask("google-vertex-ai", settings, { model }, JSON.stringify(CLAUDE));
  assertEquals(
    decodeURIComponent(whole.sent.url),
    `${LOCATION}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`,
  );
  assertEquals([whole.sent.body.anthropic_version, whole.sent.body.model], [
    "vertex-2023-10-16",
    undefined,
  ]);
  assertEquals(JSON.parse(whole.text).choices[0].message.content, "Hello");
  const { content, stop_reason, ...head } = CLAUDE;
  const events = [
    { type: "message_start", message: { ...head, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    {
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: content[0]!.text },
    },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: 2 },
    },
    { type: "message_stop" },
  ];
  const sse = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join("");
  const streamed = await ask("google-vertex-ai", settings, { model, stream: true }, sse, {
    headers: { "content-type": "text/event-stream" },
  });
  assert(streamed.sent.url.endsWith(":streamRawPredict"));
  assertEquals(streamed.sent.body.stream, true);
  assert(streamed.text.includes('"content":"Hello"') && streamed.text.endsWith("data: [DONE]\n\n"));
});

const OPENAI = {
  id: "c1",
  object: "chat.completion",
  created: 1,
  model: "publisher's own",
  choices: [{
    index: 0,
    message: { role: "assistant", content: "Hello", reasoning_content: "Hm" },
    finish_reason: "stop",
  }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};

/** Asks a model of Vertex, in a project of its own. */
const askVertex = (model: string, body: Json = {}, answer: unknown = OPENAI, init?: ResponseInit) =>
  ask(
    "google-vertex-ai",
    { apiKey: "t", baseUrl: LOCATION },
    { model: `google-vertex-ai/${model}`, ...body },
    typeof answer === "string" ? answer : JSON.stringify(answer),
    init,
  );

test("other publishers' models are spoken to as OpenAI's, by their whole names", async () => {
  const names = [
    "meta/llama-3.3-70b-instruct-maas",
    "deepseek-ai/deepseek-v3.2-maas",
    "qwen/qwen3-235b-a22b-instruct-2507-maas",
    "openai/gpt-oss-120b-maas",
    "moonshotai/kimi-k2-thinking-maas",
    "xai/grok-4.1",
  ];
  for (const model of names) {
    const { sent, text } = await askVertex(model, { max_completion_tokens: 9, store: true });
    assertEquals(sent.url, `${LOCATION}/endpoints/openapi/chat/completions`);
    assertEquals([sent.body.model, sent.body.max_tokens], [model, 9]);
    assertEquals([sent.body.max_completion_tokens, sent.body.store], [undefined, undefined]);
    const { choices: [choice], model: served } = JSON.parse(text);
    assertEquals([choice.message, served], [
      { ...OPENAI.choices[0]!.message, refusal: null },
      "publisher's own",
    ]);
  }
});

test("their streams and errors are read as theirs", async () => {
  const chunk = (delta: Json, finish_reason: string | null = null) =>
    `data: ${
      JSON.stringify({
        id: "c1",
        object: "chat.completion.chunk",
        created: 1,
        model: "m",
        choices: [{ index: 0, delta, finish_reason }],
      })
    }\n\n`;
  const stream = chunk({ role: "assistant", content: "Hel" }) + chunk({ content: "lo" }) +
    chunk({}, "stop") + "data: [DONE]\n\n";
  const init = { headers: { "content-type": "text/event-stream" } };
  const streamed = await askVertex("meta/llama-x", { stream: true }, stream, init);
  assert(streamed.text.includes('"content":"Hel"') && streamed.text.endsWith("data: [DONE]\n\n"));
  assertEquals(streamed.sent.body.stream, true);
  const error = [{ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Quota" } }];
  for (const asStream of [false, true]) {
    const busy = await askVertex("meta/llama-x", { stream: asStream }, error, { status: 429 });
    assertEquals([busy.status, JSON.parse(busy.text).error.message], [429, "Quota"]);
  }
});

test("Mistral's models on Vertex are asked at their publisher's path, in Mistral's words", async () => {
  for (const [stream, verb] of [[false, "rawPredict"], [true, "streamRawPredict"]] as const) {
    const { sent } = await askVertex("mistralai/mistral-medium-3", { stream, seed: 7 });
    assertEquals(sent.url, `${LOCATION}/publishers/mistralai/models/mistral-medium-3:${verb}`);
    assertEquals([sent.body.model, sent.body.random_seed], ["mistral-medium-3", 7]);
  }
});

test("a tuned model's endpoint is Gemini's", async () => {
  const { sent } = await askVertex("endpoints/123456", {}, GEMINI);
  assertEquals(sent.url, `${LOCATION}/endpoints/123456:generateContent`);
});

test("a route may give a model of any publisher any name", async () => {
  const gateway = createGateway({
    providers: { "google-vertex-ai": { apiKey: "t", baseUrl: LOCATION } },
    gateways: {
      default: { routes: { best: "vertex/meta/llama-x", other: "vertex/anthropic/claude-x" } },
    },
    fetch: (url) => Promise.resolve(Response.json(url.includes("openapi") ? OPENAI : CLAUDE)),
  });
  for (const model of ["best", "other"]) {
    const response = await gateway.fetch("http://test/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model, messages: MESSAGES }),
    });
    const { choices } = await response.json() as typeof OPENAI;
    assertEquals(choices[0]?.message.content, "Hello");
  }
});

test("a caller of Anthropic's dialect reaches Claude with what he wrote", async () => {
  let sent: Json = {};
  let path = "";
  const gateway = createGateway({
    providers: { "google-vertex-ai": { apiKey: "t", baseUrl: LOCATION } },
    fetch: (url, init) => {
      path = decodeURIComponent(url.slice(LOCATION.length));
      sent = JSON.parse(textBody(init));
      return Promise.resolve(Response.json(CLAUDE));
    },
  });
  const own = { max_tokens: 5, messages: MESSAGES, metadata: { user_id: "u" }, unheard_of: 1 };
  const response = await gateway.fetch("http://test/v1/messages", {
    method: "POST",
    body: JSON.stringify({ model: "vertex/anthropic/claude-sonnet-4-5@20250929", ...own }),
  });
  assertEquals(await response.json(), CLAUDE);
  assertEquals(sent, { ...own, anthropic_version: "vertex-2023-10-16" });
  assertEquals(path, "/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict");
});

test("errors on Vertex are read whichever publisher they come from", async () => {
  const message = async (model: string, body: unknown) => {
    const { text, status } = await ask(
      "google-vertex-ai",
      { apiKey: "t", baseUrl: LOCATION },
      { model },
      JSON.stringify(body),
      { status: 429 },
    );
    return [status, JSON.parse(text).error.message];
  };
  const google = [{ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Google's" } }];
  const claude = { type: "error", error: { type: "rate_limit_error", message: "Claude's" } };
  assertEquals(await message("vertex/google/gemini-3-pro", google), [429, "Google's"]);
  assertEquals(await message("vertex/anthropic/claude-x", google), [429, "Google's"]);
  assertEquals(await message("vertex/anthropic/claude-x", claude), [429, "Claude's"]);
});

test("Vertex without an address says what to set", async () => {
  const gateway = createGateway({ providers: { "google-vertex-ai": { apiKey: "ya29.t" } } });
  const response = await gateway.fetch(
    new Request("http://test/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model: "vertex/google/gemini-3-pro", messages: MESSAGES }),
    }),
  );
  const { error } = await response.json() as { error: { message: string } };
  assert(/project/.test(error.message) && /region/.test(error.message), error.message);
});
