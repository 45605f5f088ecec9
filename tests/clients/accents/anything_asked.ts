/** Whatever OpenAI would take, no provider refuses after translation: histories and parameters at random. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { createGateway } from "../../support/gateway.ts";
import type { Accent, Json } from "../../support/accents/accent.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { coast, OPTIONS } from "./scene.ts";

const text = fc.constantFrom("Ahoy.", "JSON, please.", "Grüße 你好", " ");
const parts = fc.array(fc.record({ type: fc.constant("text"), text }), {
  minLength: 1,
  maxLength: 2,
});
const content = fc.oneof(text, parts);
const name = fc.constantFrom("Ada", undefined);
const id = fc.constantFrom(
  "call_aB3dE6gH9jK2mN5pQ8sT1vW4",
  "toolu_01Harbour",
  "abcDEF123",
  "functions.tide:0",
  "chatcmpl-tool-9f1e4c3a8d275e6f0b7c1d529f1e4c3a",
);

/** Members a client keeps from an answer, whoever gave it. */
const kept = fc.record({
  refusal: fc.constant(null),
  annotations: fc.constant([]),
  audio: fc.constant(null),
  function_call: fc.constant(null),
  reasoning_content: fc.constantFrom("Hm.", null),
}, { requiredKeys: [] });

const said = fc.record({ role: fc.constant("assistant"), content })
  .chain((message) => kept.map((more) => [{ ...message, ...more }]));

/** A turn with calls, and a result for each. */
const called = fc.tuple(
  fc.uniqueArray(id, { minLength: 1, maxLength: 3 }),
  fc.constantFrom(null, "", "Let me see."),
  kept,
  content,
).map(([ids, words, more, result]): Json[] => [
  {
    ...more,
    role: "assistant",
    content: words,
    tool_calls: ids.map((id) => ({
      id,
      type: "function",
      function: { name: "tide", arguments: '{"port":"Ostend"}' },
    })),
  },
  ...ids.map((tool_call_id) => ({ role: "tool", tool_call_id, content: result })),
]);

const asked = fc.record({ role: fc.constant("user"), content, name }).map((message) => [message]);
const told = fc.record({ role: fc.constantFrom("system", "developer"), content })
  .map((message) => [message]);

const messages = fc.tuple(
  fc.array(fc.oneof(asked, said, called, told), { maxLength: 6 }),
  fc.oneof(asked, called),
).map(([before, last]): Json[] => [...before.flat(), { role: "user", content: "JSON?" }, ...last]);

const SCHEMA = {
  type: "object",
  properties: { port: { type: "string" } },
  required: ["port"],
  additionalProperties: false,
};

const format = fc.constantFrom<unknown>(
  { type: "text" },
  { type: "json_object" },
  { type: "json_schema", json_schema: { name: "tide", schema: SCHEMA, strict: true } },
  { type: "json_schema", json_schema: { name: "tide", schema: SCHEMA } },
);

const calling = fc.record({
  tools: fc.constantFrom<unknown>(true, false, null, undefined).map((strict) => [
    { type: "function", function: { name: "tide", parameters: SCHEMA, strict } },
  ]),
  tool_choice: fc.constantFrom<unknown>("auto", "none", "required", {
    type: "function",
    function: { name: "tide" },
  }, undefined),
  parallel_tool_calls: fc.constantFrom(true, false, undefined),
});

const parameters = fc.record({
  frequency_penalty: fc.constantFrom(0, 1.5, null),
  logit_bias: fc.constant({ "50": 1 }),
  logprobs: fc.constantFrom(false, null),
  max_completion_tokens: fc.constant(64),
  max_tokens: fc.constant(32),
  metadata: fc.constant({ team: "ferry" }),
  modalities: fc.constant(["text"]),
  n: fc.constantFrom(1, 2, null),
  prediction: fc.constant({ type: "content", content: "Ahoy." }),
  presence_penalty: fc.constantFrom(0, -2),
  prompt_cache_key: fc.constant("k"),
  reasoning_effort: fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh", null),
  safety_identifier: fc.constant("s"),
  seed: fc.constant(7),
  service_tier: fc.constantFrom("auto", "default", "flex", "priority", null),
  stop: fc.constantFrom<unknown>("END", ["a", "b"], null, []),
  store: fc.constantFrom(true, false),
  temperature: fc.constantFrom(0, 1, 2),
  top_p: fc.constantFrom(0.5, 1),
  user: fc.constant("u"),
  verbosity: fc.constant("low"),
  web_search_options: fc.constantFrom({}, { search_context_size: "low" }),
}, { requiredKeys: [] });

const tokens = fc.constantFrom({}, { logprobs: true }, { logprobs: true, top_logprobs: 3 });

const request = fc.tuple(
  messages,
  parameters,
  tokens,
  fc.option(calling),
  fc.boolean(),
  fc.option(format),
)
  .map(([messages, more, logs, tools, stream, response_format]): Json => ({
    messages,
    ...more,
    ...logs,
    ...tools,
    ...(stream && { stream, stream_options: { include_usage: true } }),
    ...(response_format !== null && { response_format }),
  }));

const { fetch } = createGateway(OPTIONS);

interface Outcome {
  /** The body of an error, if it is one. */
  refusal?: string;
  /** Whether something was lost. */
  lossy: boolean;
}

async function ask(body: Json, headers: Record<string, string> = {}): Promise<Outcome> {
  const response = await fetch(
    new Request("http://gateway.invalid/v1/chat/completions", {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    }),
  );
  const answer = await response.text();
  const lossy = /dropped|clamped|emulated/.test(response.headers.get("dragoman-warnings") ?? "");
  return { lossy, ...(response.status !== 200 && { refusal: answer }) };
}

/** The first calls no functions whoever asks; the second is an older model's name. */
const UNABLE = /llava|deepseek-reasoner/;

/** Requests to one of a provider's models. */
function requestsTo({ slug, models }: Accent) {
  const able = models.filter((model) => !UNABLE.test(model));
  return fc.tuple(request, fc.constantFrom(...able))
    .map(([body, model]): Json => ({ ...body, model: `${slug}/${model}` }))
    // It has no JSON in streams; nothing can be done about that.
    .filter((body) => slug !== "workers-ai" || !("stream" in body && "response_format" in body));
}

const RUNS = { numRuns: 8, seed: 7 };

for (const accent of ACCENTS) {
  void test(`${accent.slug}: takes whatever OpenAI takes, after translation`, async () => {
    coast.visit(accent);
    const property = fc.asyncProperty(requestsTo(accent), async (body) => {
      assertEquals((await ask(body)).refusal, undefined);
    });
    await fc.assert(property, RUNS);
  });

  void test(`${accent.slug}: strict mode refuses what is lost otherwise, and only that`, async () => {
    const there = coast.visit(accent);
    const property = fc.asyncProperty(requestsTo(accent), async (body) => {
      const { lossy } = await ask(body);
      const before = there.requests.length;
      const { refusal } = await ask(body, { "dragoman-strict": "true" });
      assertEquals([refusal?.includes('"2108"') ?? false, refusal !== undefined], [lossy, lossy]);
      assertEquals(there.requests.length, lossy ? before : before + 1);
    });
    await fc.assert(property, RUNS);
  });
}
