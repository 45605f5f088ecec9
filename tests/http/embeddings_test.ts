/** `POST /v1/embeddings` as callers see it. */
import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type FetchInit, textBody } from "../../lib/fetch_like.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { errorOf, type Got, recorder, send } from "../support/recorder.ts";

const PREFIXES = ["/v1", "/v1/v1", "/v1/acme/default/compat", "/v1/acme/default/compat/v1"];

/** OpenAI's answer: one vector an input, in the encoding asked for. */
function vectors(init: Pick<FetchInit, "body">): Response {
  const { input } = JSON.parse(textBody(init));
  const count = Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
  const data = Array.from({ length: count }, (_, index) => ({
    object: "embedding",
    index,
    embedding: [0.25, index],
  }));
  const usage = { prompt_tokens: count, total_tokens: count };
  return Response.json({ object: "list", data, model: "embed-served", usage });
}

function scene(options: GatewayOptions = {}, answer: (init: FetchInit) => Response = vectors) {
  const { fetch, sent } = recorder(answer);
  const providers = { openai: { apiKey: "sk-stored-openai" }, ...options.providers };
  return { gateway: createGateway({ ...options, fetch, providers }), sent };
}

function embed(
  gateway: Gateway,
  body: object | string = {},
  headers: HeadersInit = {},
  path = "/v1/embeddings",
): Promise<Got> {
  const whole = { model: "openai/embed-1", input: "Hello", ...(body as object) };
  const text = typeof body === "string" ? body : JSON.stringify(whole);
  return send(gateway, path, { method: "POST", headers, body: text });
}

test("vectors are served below every prefix, and by no other method", async () => {
  const { gateway, sent } = scene();
  for (const prefix of PREFIXES) {
    const answer = await embed(gateway, {}, {}, `${prefix}/embeddings`);
    assertEquals(answer.status, 200, prefix);
    const got = await send(gateway, `${prefix}/embeddings`);
    assertEquals([got.status, got.headers.get("allow")], [405, "POST, OPTIONS"]);
  }
  assertEquals(
    sent.map(({ url }) => url),
    PREFIXES.map(() => "https://api.openai.com/v1/embeddings"),
  );
});

test("an answer is OpenAI's, and says who served it", async () => {
  const { gateway, sent } = scene();
  const { headers, text } = await embed(gateway, { input: ["a", "b"] }, {
    "cf-aig-event-id": "e1",
  });
  assertEquals(JSON.parse(text), {
    object: "list",
    data: [
      { object: "embedding", index: 0, embedding: [0.25, 0] },
      { object: "embedding", index: 1, embedding: [0.25, 1] },
    ],
    model: "embed-served",
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });
  const facts = Object.fromEntries(headers);
  assertEquals([facts["cf-aig-provider"], facts["cf-aig-model"], facts["cf-aig-step"]], [
    "openai",
    "embed-1",
    "0",
  ]);
  assertEquals([facts["cf-aig-cache-status"], facts["cf-aig-event-id"]], ["MISS", "e1"]);
  assertEquals(facts["content-type"], "application/json");
  assertStringIncludes(facts["server-timing"] ?? "", "upstream;dur=");
  assertEquals(sent[0]?.headers.authorization, "Bearer sk-stored-openai");
});

test("what is asked of OpenAI reaches it as it is", async () => {
  const { gateway, sent } = scene();
  const asked = { input: [[1, 2], [3]], dimensions: 256, encoding_format: "base64", user: "u" };
  const answer = await embed(gateway, asked);
  assertEquals(sent[0]?.body, { model: "embed-1", ...asked });
  // Numbers although base64 was asked for: the caller gets what he asked for all the same.
  assertEquals(JSON.parse(answer.text).data[0].embedding, "AACAPgAAAAA=");
  await embed(gateway, { input: [5, 6, 7] });
  assertEquals(sent[1]?.body.input, [5, 6, 7]);
});

const BAD: readonly (readonly [body: object | string, param: string | null])[] = [
  [{ input: [] }, "input"],
  [{ input: undefined }, "input"],
  [{ input: 5 }, "input"],
  [{ input: ["a", 1] }, "input"],
  [{ input: [["a"]] }, "input"],
  [{ input: [1.5] }, "input"],
  [{ input: [[1], []] }, "input"],
  [{ input: { text: "a" } }, "input"],
  [{ input: Array.from({ length: 2049 }, () => "a") }, "input"],
  [{ dimensions: 0 }, "dimensions"],
  [{ dimensions: 1.5 }, "dimensions"],
  [{ dimensions: "8" }, "dimensions"],
  [{ encoding_format: "int8" }, "encoding_format"],
  [{ user: 1 }, "user"],
  [{ model: "" }, "model"],
  [{ model: 1 }, "model"],
  [{ model: "embed-1" }, "model"],
  [{ model: "nobody/embed-1" }, "model"],
  ["[]", null],
  ['{"input":"a","model":"openai/x","model":"openai/y"}', null],
];

test("what is wrong with a request is named, and nothing is sent", async () => {
  const { gateway, sent } = scene();
  for (const [body, param] of BAD) {
    const answer = await embed(gateway, body);
    assertEquals(
      [answer.status, errorOf(answer).param],
      [400, param],
      JSON.stringify(body).slice(0, 80),
    );
    assertEquals(errorOf(answer).type, "invalid_request_error");
  }
  assertEquals(sent, []);
});

test("a provider without embeddings is refused, with those that have them", async () => {
  const { gateway, sent } = scene({
    providers: { "custom-lab": { baseUrl: "https://lab.test/v1" }, anthropic: { apiKey: "k" } },
  });
  for (
    const provider of ["anthropic", "groq", "deepseek", "cerebras", "parallel", "grok", "baseten"]
  ) {
    const answer = await embed(gateway, { model: `${provider}/m` });
    const { message, param } = errorOf(answer);
    assertEquals([answer.status, param], [400, "model"]);
    assertStringIncludes(message, `${provider} has no embeddings`);
    for (const other of ["openai", "cohere", "custom-lab"]) assertStringIncludes(message, other);
  }
  assertEquals(sent, []);
});

test("Bedrock's models are told by their names", async () => {
  const providers = { "aws-bedrock": { apiKey: "k", region: "us-east-1" } };
  const { gateway } = scene({ providers });
  const answer = await embed(gateway, { model: "bedrock/anthropic.claude-3" });
  assertEquals([answer.status, errorOf(answer).param], [400, "model"]);
  assertStringIncludes(errorOf(answer).message, "titan-embed");
});

test("a route goes on where a provider has no embeddings, or fails", async () => {
  const routes = { search: ["anthropic/claude", "mistral/mistral-embed", "openai/embed-1"] };
  const providers = { anthropic: { apiKey: "a" }, mistral: { apiKey: "m" } };
  const { gateway, sent } = scene(
    { providers, gateways: { default: { routes } } },
    (init) =>
      JSON.parse(textBody(init)).model === "mistral-embed"
        ? Response.json({ message: "down" }, { status: 503 })
        : vectors(init),
  );
  for (const model of ["search", "dynamic/search"]) {
    const answer = await embed(gateway, { model });
    assertEquals(answer.status, 200, answer.text);
    assertEquals([answer.headers.get("cf-aig-step"), answer.headers.get("cf-aig-provider")], [
      "2",
      "openai",
    ]);
  }
  assertEquals(sent.map(({ body }) => body.model), [
    "mistral-embed",
    "embed-1",
    "mistral-embed",
    "embed-1",
  ]);
});

test("what vectors are for is said in every provider's own words", async () => {
  const providers = {
    cohere: { apiKey: "c" },
    "google-ai-studio": { apiKey: "g" },
    openrouter: { apiKey: "o" },
    "azure-openai": { apiKey: "z", resource: "acme" },
  };
  const { gateway, sent } = scene({ providers }, (init) => {
    const { texts, content } = JSON.parse(textBody(init));
    if (content !== undefined) return Response.json({ embedding: { values: [1] } });
    return texts === undefined ? vectors(init) : Response.json({ embeddings: { float: [[1]] } });
  });
  for (const said of [{ input_type: "search_query" }, { task_type: "RETRIEVAL_QUERY" }]) {
    for (const model of ["cohere/e", "gemini/e", "openrouter/e", "openai/e"]) {
      const answer = await embed(gateway, { model, ...said });
      assertEquals(answer.status, 200, answer.text);
    }
  }
  const words = sent.map(({ body }) => body.input_type ?? body.taskType);
  const each = ["search_query", "RETRIEVAL_QUERY", "search_query", undefined];
  assertEquals(words, [...each, ...each]);
  const { headers } = await embed(gateway, { input_type: "query" });
  assertEquals(headers.get("dragoman-warnings"), 'dropped;param="input_type"');
  const unknown = await embed(gateway, { model: "cohere/e", input_type: "poem" });
  assertEquals(sent.at(-1)?.body.input_type, "search_document");
  assertEquals(unknown.headers.get("dragoman-warnings"), 'dropped;param="input_type"');
});

test("what a provider takes besides reaches it, and what it doesn't is told", async () => {
  const { gateway, sent } = scene(
    { providers: { ollama: {} } },
    () => Response.json({ embeddings: [[1]], prompt_eval_count: 1 }),
  );
  const more = { options: { num_ctx: 8192 }, truncate: false, prompt_name: "q" };
  const { headers } = await embed(gateway, { model: "ollama/nomic", ...more });
  assertEquals(sent[0]?.url, "http://localhost:11434/api/embed");
  assertEquals(sent[0]?.body, {
    model: "nomic",
    input: ["Hello"],
    options: { num_ctx: 8192 },
    truncate: false,
  });
  assertEquals(headers.get("dragoman-warnings"), 'dropped;param="prompt_name"');
});

test("strict mode refuses what would be lost, before anything is sent", async () => {
  const { gateway, sent } = scene({ providers: { together: { apiKey: "t" } } });
  const answer = await embed(
    gateway,
    { model: "together/e", dimensions: 8 },
    { "dragoman-strict": "true" },
  );
  assertEquals([answer.status, errorOf(answer).code, errorOf(answer).param], [
    400,
    "2108",
    "dimensions",
  ]);
  assertEquals(sent, []);
});

test("a rename is told and is no loss", async () => {
  const { gateway, sent } = scene({ providers: { mistral: { apiKey: "m" } } });
  const asked = { model: "mistral/codestral-embed", dimensions: 8 };
  const answer = await embed(gateway, asked, { "dragoman-strict": "true" });
  assertEquals([answer.status, sent[0]?.body.output_dimension], [200, 8]);
  assertStringIncludes(answer.headers.get("dragoman-warnings") ?? "", 'renamed;param="dimensions"');
});

test("a closed gateway stays closed, and a key that is the caller's is used", async () => {
  const gateways = { default: { accessKeys: ["ak-1234567890"] } };
  const { gateway, sent } = scene({ gateways });
  assertEquals((await embed(gateway)).status, 401);
  const headers = {
    "cf-aig-authorization": "Bearer ak-1234567890",
    authorization: "Bearer sk-callers-own",
  };
  assertEquals((await embed(gateway, {}, headers)).status, 200);
  assertEquals(sent.map(({ headers }) => headers.authorization), ["Bearer sk-callers-own"]);
});

test("Vertex is asked at the publisher's path, however the model is named", async () => {
  const { gateway, sent } = scene(
    { providers: { "google-vertex-ai": { apiKey: "t", project: "acme-project" } } },
    () => Response.json({ predictions: [{ embeddings: { values: [1] } }] }),
  );
  const names = ["text-embedding-005", "google/text-embedding-005", "intfloat/e5", "endpoints/12"];
  for (const name of names) await embed(gateway, { model: `vertex/${name}` });
  const base = "https://aiplatform.googleapis.com/v1/projects/acme-project/locations/global";
  assertEquals(sent.map(({ url }) => url.replace(base, "")), [
    "/publishers/google/models/text-embedding-005:predict",
    "/publishers/google/models/text-embedding-005:predict",
    "/publishers/intfloat/models/e5:predict",
    "/endpoints/12:predict",
  ]);
});

test("a custom server is asked beside its chat", async () => {
  const urls = {
    "custom-plain": { baseUrl: "https://lab.test/v1" },
    "custom-path": { baseUrl: "https://lab.test", chatPath: "/api/v2/chat/completions" },
    "custom-odd": { baseUrl: "https://lab.test/x", chatPath: "/generate" },
  };
  const { gateway, sent } = scene({ providers: urls });
  for (const slug of Object.keys(urls)) await embed(gateway, { model: `${slug}/e` });
  assertEquals(sent.map(({ url }) => url), [
    "https://lab.test/v1/embeddings",
    "https://lab.test/api/v2/embeddings",
    "https://lab.test/x/embeddings",
  ]);
});

test("a rule that runs a Workers AI model holds for vectors too", async () => {
  const { gateway, sent } = scene({
    providers: { "workers-ai": { apiKey: "w", accountId: "a1" } },
    modelRules: { "workers-ai": [{ match: "tuned", run: true }] },
  }, () => Response.json({ result: { shape: [1, 1], data: [[0.5]] }, success: true }));
  const answer = await embed(gateway, { model: "workers-ai/@cf/acme/tuned" });
  const account = "https://api.cloudflare.com/client/v4/accounts/a1/ai";
  assertEquals(sent[0]?.url, `${account}/run/@cf/acme/tuned`);
  assertEquals(sent[0]?.body, { text: ["Hello"] });
  assertEquals(JSON.parse(answer.text).data[0].embedding, [0.5]);
});

test("an open gateway refuses a page of another site", async () => {
  const { gateway, sent } = scene();
  const answer = await embed(gateway, {}, { "sec-fetch-site": "cross-site" });
  assertEquals(answer.status, 403);
  assert(sent.length === 0);
});
