/** Which model a native request asks: limits and prices see the one that is called, however it is written. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { GatewayOptions, LimitOption } from "../../mod.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { send } from "../support/recorder.ts";

const KEY = { apiKey: "sk-stored" };

function serving(limits: LimitOption[], prices: GatewayOptions["prices"] = {}): Gateway {
  return createGateway({
    clock: new FakeClock(),
    fetch: () => Promise.resolve(Response.json({ usage: { input_tokens: 30, output_tokens: 70 } })),
    providers: {
      "azure-openai": { ...KEY, resource: "r" },
      "aws-bedrock": { ...KEY, region: "us-east-1" },
      baseten: KEY,
      fal: KEY,
      "google-ai-studio": KEY,
      "google-vertex-ai": { ...KEY, project: "p", region: "us-central1" },
      huggingface: KEY,
      openrouter: KEY,
      "workers-ai": { ...KEY, accountId: "a" },
    },
    prices,
    gateways: { default: { open: true, limits } },
  });
}

const ask = (gateway: Gateway, path: string, body: object | string = {}) =>
  send(gateway, `/v1/me/default/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const MESSAGES = [{ role: "user", content: "Hi" }];
const STUDIO = "google-ai-studio/v1beta";
const VERTEX = "google-vertex-ai/v1";
const PLACED = `${VERTEX}/projects/p/locations/us-central1`;
const BEDROCK = "aws-bedrock/bedrock-runtime/us-east-1";

/** A model, the ways to ask it, and ways to ask another one; what the body says of models is all made up. */
const ASKED: [model: string, ways: string[], others: string[]][] = [
  ["azure-openai/gpt-5", [
    "azure-openai/r/gpt-5/chat/completions",
    "azure-openai/r/openai/deployments/gpt-5/chat/completions",
    "azure-openai/r/openai/%64eployments/gpt%2D5/chat/completions",
    "azure-openai/r/openai/Deployments/gpt-5/chat/completions",
    "azure/r/openai/deployments/gpt-5/chat/completions",
  ], [
    "azure-openai/r/gpt-5-mini/chat/completions",
  ]],
  ["workers-ai/@cf/meta/llama", [
    "workers-ai/@cf/meta/llama",
    "workers-ai/%40cf/meta/llama",
    "workers-ai/run/@cf/meta/llama",
    "workers-ai/run/@cf%2Fmeta/llama/",
  ], ["workers-ai/@cf/meta/llama-2"]],
  ["aws-bedrock/anthropic.claude", [
    `${BEDROCK}/model/anthropic.claude/converse`,
    `${BEDROCK}/model/anthropic.claude/invoke`,
    `${BEDROCK}/model/anthropic%2Eclaude/converse-stream`,
    `${BEDROCK}/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fanthropic.claude/converse`,
    `${BEDROCK}/async-invoke`,
  ], [`${BEDROCK}/model/anthropic.claude-haiku/converse`]],
  ["google-ai-studio/gemini-pro", [
    `${STUDIO}/models/gemini-pro:generateContent`,
    `${STUDIO}/models/gemini-pro:streamGenerateContent`,
    `${STUDIO}/models/gemini-pro%3AgenerateContent`,
    `${STUDIO}/models/gemini%2Dpro:generateContent/`,
    "google-ai-studio/models/gemini-pro:generateContent",
    "google-ai-studio/v1alpha/interactions",
  ], [
    `${STUDIO}/models/gemini-pro-lite:generateContent`,
    `${STUDIO}/tunedModels/gemini-pro:generateContent`,
  ]],
  ["google-vertex-ai/gemini-pro", [
    `${VERTEX}/publishers/google/models/gemini-pro:generateContent`,
    `${PLACED}/publishers/google/models/gemini-pro:generateContent`,
    `${PLACED}/publishers/google/models/gemini-pro%3AstreamGenerateContent`,
    `${PLACED}/cachedContents`,
  ], [
    `${PLACED}/publishers/anthropic/models/gemini-pro:rawPredict`,
    `${PLACED}/endpoints/gemini-pro:generateContent`,
  ]],
  ["google-vertex-ai/anthropic/claude", [
    `${PLACED}/publishers/anthropic/models/claude:rawPredict`,
  ], [`${PLACED}/publishers/google/models/claude:generateContent`]],
  ["google-vertex-ai/endpoints/42", [
    `${PLACED}/endpoints/42:generateContent`,
    `${PLACED}/endpoints/42/chat/completions`,
  ], [`${PLACED}/endpoints/43:predict`]],
  ["huggingface/acme/m", [
    "huggingface/acme/m",
    "huggingface/models/acme/m",
    "huggingface/hf-inference/models/acme/m/pipeline/feature-extraction",
  ], ["huggingface/acme/m-2"]],
  ["baseten/abc123", ["baseten/model/abc123", "baseten/model/abc123/production/predict"], [
    "baseten/model/abc124",
  ]],
  ["fal/flux", ["fal/flux", "fal/fal-ai/flux/dev"], []],
];

test("a model that stands in the path is the one that is limited, whatever the body says", async () => {
  for (const [model, ways, others] of ASKED) {
    const bodies = ["gpt", "deploy", "gemini", "claude", "cheap"].map((name) => ({
      model: name,
      modelId: name,
      messages: MESSAGES,
    }));
    for (const [at, way] of ways.entries()) {
      const gateway = serving([{ of: "requests", limit: 1, match: { model } }]);
      assertEquals((await ask(gateway, ways[0]!)).status, 200, model);
      const answers = [
        await ask(gateway, way, bodies[at % bodies.length]!),
        await ask(gateway, way),
      ];
      assertEquals(answers.map(({ status }) => status), [429, 429], `${model} as ${way}`);
      for (const other of others) {
        assertEquals((await ask(gateway, other)).status, 200, `${other} is not ${model}`);
      }
    }
  }
});

test("where the body names the model, as in imitations of others' interfaces, that is the one", async () => {
  const cases: [limited: string, path: string, model: string][] = [
    ["google-ai-studio/gemini-pro", `${STUDIO}/openai/chat/completions`, "gemini-pro"],
    ["google-ai-studio/gemini-pro", `${STUDIO}/openai/chat/completions`, "models/gemini-pro"],
    [
      "google-vertex-ai/meta/llama",
      `${PLACED}/endpoints/openapi/chat/completions`,
      "meta/llama",
    ],
    ["azure-openai/gpt-5", "azure-openai/r/openai/v1/responses", "gpt-5"],
    ["azure-openai/gpt-5", "azure/r/models/chat/completions", "gpt-5"],
    ["workers-ai/@cf/m", "workers-ai/v1/chat/completions", "@cf/m"],
    ["aws-bedrock/gpt-oss", `${BEDROCK}/openai/v1/chat/completions`, "gpt-oss"],
  ];
  for (const [limited, path, model] of cases) {
    const gateway = serving([{ of: "requests", limit: 1, match: { model: limited } }]);
    const all: number[] = [];
    for (const name of [model, model, "another"]) {
      all.push((await ask(gateway, path, { model: name, messages: MESSAGES })).status);
    }
    assertEquals(all, [200, 429, 200], `${path} ${model}`);
  }
});

test("a model costs what it costs at its address, whatever the body says", async () => {
  const dear = { input: 1000, output: 1000 };
  const cheap = { input: 1, output: 1 };
  const prices = { "azure-openai/gpt-5": dear, "azure-openai/mini": cheap };
  const gateway = serving([{ of: "cost", limit: 100 }], prices);
  for (const slug of ["azure-openai", "azure"]) {
    const path = `${slug}/r/openai/deployments/gpt-5/chat/completions`;
    const { status } = await ask(gateway, path, { model: "mini", messages: MESSAGES });
    assertEquals(status, 200);
  }
  const { text } = await send(gateway, "/v1/key");
  assertEquals((JSON.parse(text) as { limits: { used: number }[] }).limits[0]!.used, 0.2);
});

/** Names that are sent as one address. */
const SPELLINGS: string[][] = [
  [
    "google-ai-studio/gemini-pro",
    "google-ai-studio/models/gemini-pro",
    "gemini/models//gemini-pro",
    "google//gemini-pro/",
  ],
  [
    "google-vertex-ai/gemini-pro",
    "google-vertex-ai/google/gemini-pro",
    "vertex/publishers/google/models/gemini-pro",
  ],
  [
    "aws-bedrock/amazon.nova",
    "bedrock/arn:aws:bedrock:us-east-1::foundation-model/amazon.nova",
  ],
];

test("a model is the same for limits and prices however it is written, by callers and by operators", async () => {
  for (const spellings of SPELLINGS) {
    for (const written of spellings) {
      for (const limit of [{ match: { model: written } }, { by: "model" as const }]) {
        const gateway = serving(
          [{ of: "requests", limit: 1, ...limit }, { of: "cost", limit: 9 }],
          {
            [written]: { input: 1, output: 1 },
          },
        );
        const all: number[] = [];
        for (const model of [written, ...spellings]) {
          const body = JSON.stringify({ model, messages: MESSAGES });
          all.push((await send(gateway, "/v1/chat/completions", { method: "POST", body })).status);
        }
        // The first is let through: what it gets is no chat, so that it fails without being limited.
        assert(all[0] !== 429 && all[0] !== 400, `${written}: ${all[0]}`);
        assertEquals(new Set(all.slice(1)), new Set([429]), written);
      }
    }
  }
});

test("a pattern that is nothing without the part that callers may leave out is refused", () => {
  for (const match of ["google-vertex-ai/google/*", "google-ai-studio/models/*"]) {
    let message = "";
    try {
      serving([{ of: "requests", limit: 1, match: { model: match } }], {
        [match]: { input: 1, output: 1 },
      });
    } catch (error) {
      message = (error as Error).message;
    }
    assertStringIncludes(message, `prices["${match}"] stands for every model of google-`);
    assertStringIncludes(message, "limits[0].match.model stands for every model of google-");
  }
  serving([{ of: "requests", limit: 1, match: { model: "google-vertex-ai/google/gemini-*" } }]);
  serving([{ of: "requests", limit: 1, match: { model: "google-vertex-ai/*" } }]);
});

test("a slug of native paths alone falls under the limits of the provider whose settings it shares", async () => {
  for (const limit of [{ match: { provider: "azure-openai" } }, { by: "provider" as const }]) {
    const gateway = serving([{ of: "requests", limit: 1, ...limit }]);
    const path = "r/openai/deployments/gpt-5/chat/completions";
    assertEquals((await ask(gateway, `azure-openai/${path}`)).status, 200);
    assertEquals((await ask(gateway, `azure/${path}`)).status, 429);
  }
});

test("models to fall back to are limited also where a request is no chat", async () => {
  const limits: LimitOption[] = [{
    of: "requests",
    limit: 1,
    match: { model: "openrouter/dear" },
  }];
  const gateway = serving(limits);
  const prompt = { model: "cheap", models: ["dear"], prompt: "Hi" };
  assertEquals((await ask(gateway, "openrouter/v1/completions", prompt)).status, 200);
  assertEquals((await ask(gateway, "openrouter/v1/completions", prompt)).status, 429);
  const odd = '{"model":"cheap","models":["dear",{"toString":1}],"prompt":"Hi"}';
  assertEquals((await ask(gateway, "openrouter/v1/completions", odd)).status, 429);
});

test("what a request allows its answer is set aside in every protocol", async () => {
  const cases: [path: string, body: object, most: number][] = [
    [`${STUDIO}/models/m:generateContent`, {
      generationConfig: { maxOutputTokens: 50, candidateCount: 3 },
    }, 150],
    [`${STUDIO}/models/m:generateContent`, { generation_config: { max_output_tokens: 50 } }, 50],
    [`${BEDROCK}/model/m/converse`, { inferenceConfig: { maxTokens: 50 } }, 50],
    [`${PLACED}/publishers/anthropic/models/m:rawPredict`, { max_tokens: 50 }, 50],
    ["openrouter/v1/chat/completions", { model: "m", max_tokens: 50, n: 2 }, 100],
  ];
  for (const [path, body, most] of cases) {
    const input = Math.ceil(JSON.stringify(body).length / 4);
    const exact = serving([{ of: "tokens", limit: input + most }]);
    assertEquals((await ask(exact, path, body)).status, 200, path);
    const tight = serving([{ of: "tokens", limit: input + most - 1 }]);
    assertEquals((await ask(tight, path, body)).status, 429, path);
  }
});
