/** Where native paths lead: reference, Cloudflare's table of provider slugs. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";

type Settings = NonNullable<GatewayOptions["providers"]>;

const KEY = "key-0123456789";
const AWS = JSON.stringify({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret-0123456789" });

/** Sends a request below a slug, with a stored key unless headers hold one; gives what would have been fetched. */
async function sent(path: string, providers: Settings, headers: Record<string, string> = {}) {
  const calls: { url: string; headers: Record<string, string> }[] = [];
  const gateway = createGateway({
    providers,
    fetch: (url, init) => {
      calls.push({ url, headers: init.headers });
      return Promise.resolve(new Response("{}"));
    },
  });
  const response = await gateway.fetch(
    new Request(`http://localhost/v1/acme/default/${path}`, { headers }),
  );
  return { ...calls[0], text: await response.text(), status: response.status };
}

const stored = (slug: string, more: object = {}): Settings => ({
  [slug]: { apiKey: KEY, ...more },
});

const bearer = ["authorization", `Bearer ${KEY}`] as const;
const token = ["authorization", `Token ${KEY}`] as const;

const PLACES: readonly (readonly [
  path: string,
  url: string,
  key: readonly [string, string],
  more?: object,
])[] = [
  ["openai/chat/completions", "https://api.openai.com/v1/chat/completions", bearer],
  ["openai/v1/chat/completions", "https://api.openai.com/v1/chat/completions", bearer],
  [
    "openai/v1/files/file-1/content?x=%20y",
    "https://api.openai.com/v1/files/file-1/content?x=%20y",
    bearer,
  ],
  ["anthropic/v1/messages", "https://api.anthropic.com/v1/messages", ["x-api-key", KEY]],
  ["anthropic/messages", "https://api.anthropic.com/v1/messages", ["x-api-key", KEY]],
  [
    "google-ai-studio/v1beta/models/m:generateContent",
    "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
    ["x-goog-api-key", KEY],
  ],
  [
    "google-ai-studio/v1/models/m:streamGenerateContent?alt=sse",
    "https://generativelanguage.googleapis.com/v1/models/m:streamGenerateContent?alt=sse",
    ["x-goog-api-key", KEY],
  ],
  ["google-ai-studio/models/m", "https://generativelanguage.googleapis.com/v1beta/models/m", [
    "x-goog-api-key",
    KEY,
  ]],
  [
    "google-ai-studio/upload/v1beta/files",
    "https://generativelanguage.googleapis.com/upload/v1beta/files",
    ["x-goog-api-key", KEY],
  ],
  [
    "google-ai-studio/v1beta/openai/chat/completions",
    "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
    bearer,
  ],
  ["grok/v1/responses", "https://api.x.ai/v1/responses", bearer],
  ["grok/chat/completions", "https://api.x.ai/v1/chat/completions", bearer],
  ["groq/chat/completions", "https://api.groq.com/openai/v1/chat/completions", bearer],
  ["groq/v1/models", "https://api.groq.com/openai/v1/models", bearer],
  ["groq/openai/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions", bearer],
  ["mistral/v1/fim/completions", "https://api.mistral.ai/v1/fim/completions", bearer],
  ["cohere/v2/chat", "https://api.cohere.com/v2/chat", bearer],
  ["cohere/v1/rerank", "https://api.cohere.com/v1/rerank", bearer],
  [
    "cohere/compatibility/v1/chat/completions",
    "https://api.cohere.com/compatibility/v1/chat/completions",
    bearer,
  ],
  ["perplexity-ai/chat/completions", "https://api.perplexity.ai/chat/completions", bearer],
  ["perplexity-ai/v1/embeddings", "https://api.perplexity.ai/v1/embeddings", bearer],
  ["deepseek/beta/completions", "https://api.deepseek.com/beta/completions", bearer],
  ["deepseek/anthropic/v1/messages", "https://api.deepseek.com/anthropic/v1/messages", bearer],
  ["cerebras/v1/chat/completions", "https://api.cerebras.ai/v1/chat/completions", bearer],
  ["parallel/v1/tasks/runs", "https://api.parallel.ai/v1/tasks/runs", ["x-api-key", KEY]],
  ["parallel/chat/completions", "https://api.parallel.ai/chat/completions", bearer],
  ["openrouter/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions", bearer],
  ["openrouter/chat/completions", "https://openrouter.ai/api/v1/chat/completions", bearer],
  ["fireworks/chat/completions", "https://api.fireworks.ai/inference/v1/chat/completions", bearer],
  ["together/v1/images/generations", "https://api.together.xyz/v1/images/generations", bearer],
  ["huggingface/acme/m-1", "https://router.huggingface.co/hf-inference/models/acme/m-1", bearer],
  ["huggingface/models/a/m", "https://router.huggingface.co/hf-inference/models/a/m", bearer],
  ["huggingface/v1/chat/completions", "https://router.huggingface.co/v1/chat/completions", bearer],
  ["huggingface/chat/completions", "https://router.huggingface.co/v1/chat/completions", bearer],
  ["ollama/api/chat", "http://localhost:11434/api/chat", bearer],
  ["baseten/v1/chat/completions", "https://inference.baseten.co/v1/chat/completions", [
    "authorization",
    `Api-Key ${KEY}`,
  ]],
  ["baseten/model/abc123", "https://model-abc123.api.baseten.co/production/predict", [
    "authorization",
    `Api-Key ${KEY}`,
  ]],
  [
    "baseten/model/abc123/development/predict",
    "https://model-abc123.api.baseten.co/development/predict",
    ["authorization", `Api-Key ${KEY}`],
  ],
  [
    "workers-ai/@cf/acme/m-1",
    "https://api.cloudflare.com/client/v4/accounts/a1/ai/run/@cf/acme/m-1",
    bearer,
    { accountId: "a1" },
  ],
  [
    "workers-ai/run/@cf/acme/m-1",
    "https://api.cloudflare.com/client/v4/accounts/a1/ai/run/@cf/acme/m-1",
    bearer,
    { accountId: "a1" },
  ],
  [
    "workers-ai/v1/chat/completions",
    "https://api.cloudflare.com/client/v4/accounts/a1/ai/v1/chat/completions",
    bearer,
    { accountId: "a1" },
  ],
  [
    "azure-openai/res/dep/chat/completions?api-version=2024-10-21",
    "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21",
    ["api-key", KEY],
    { resource: "res" },
  ],
  ["azure-openai/res/openai/v1/responses", "https://res.openai.azure.com/openai/v1/responses", [
    "api-key",
    KEY,
  ], { resource: "res" }],
  [
    "aws-bedrock/bedrock-runtime/eu-west-1/model/acme.m-1%3A0/converse",
    "https://bedrock-runtime.eu-west-1.amazonaws.com/model/acme.m-1%3A0/converse",
    bearer,
  ],
  [
    "aws-bedrock/bedrock-mantle/us-east-1/v1/responses",
    "https://bedrock-mantle.us-east-1.api.aws/v1/responses",
    bearer,
  ],
  [
    "aws-bedrock/bedrock-mantle/us-east-1/anthropic/v1/messages",
    "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages",
    ["x-api-key", KEY],
  ],
  [
    "google-vertex-ai/v1/projects/p1/locations/us-central1/publishers/google/models/m:generateContent",
    "https://us-central1-aiplatform.googleapis.com/v1/projects/p1/locations/us-central1/publishers/google/models/m:generateContent",
    bearer,
  ],
  [
    "google-vertex-ai/v1/projects/p1/locations/global/endpoints",
    "https://aiplatform.googleapis.com/v1/projects/p1/locations/global/endpoints",
    bearer,
  ],
  [
    "google-vertex-ai/v1beta1/publishers/google/models/m:generateContent",
    "https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/p2/locations/europe-west4/publishers/google/models/m:generateContent",
    bearer,
    { project: "p2", region: "europe-west4" },
  ],
  [
    "google-vertex-ai/publishers/google/models/m:predict",
    "https://europe-west4-aiplatform.googleapis.com/v1/projects/p2/locations/europe-west4/publishers/google/models/m:predict",
    bearer,
    { project: "p2", region: "europe-west4" },
  ],
  ["replicate/v1/predictions/p1", "https://api.replicate.com/v1/predictions/p1", token],
  [
    "replicate/models/acme/m/predictions",
    "https://api.replicate.com/v1/models/acme/m/predictions",
    token,
  ],
  ["fal/fal-ai/fast-sdxl", "https://fal.run/fal-ai/fast-sdxl", ["authorization", `Key ${KEY}`]],
  ["deepgram/v1/listen?model=nova-3", "https://api.deepgram.com/v1/listen?model=nova-3", token],
  ["elevenlabs/v1/text-to-speech/v1d", "https://api.elevenlabs.io/v1/text-to-speech/v1d", [
    "xi-api-key",
    KEY,
  ]],
  ["elevenlabs/v2/voices", "https://api.elevenlabs.io/v2/voices", ["xi-api-key", KEY]],
  ["cartesia/tts/bytes", "https://api.cartesia.ai/tts/bytes", ["x-api-key", KEY]],
  ["ideogram/generate", "https://api.ideogram.ai/generate", ["api-key", KEY]],
  ["ideogram/v1/ideogram-v3/generate", "https://api.ideogram.ai/v1/ideogram-v3/generate", [
    "api-key",
    KEY,
  ]],
  ["adobe-firefly/v3/images/generate", "https://firefly-api.adobe.io/v3/images/generate", bearer],
  ["custom-acme/v1/chat", "https://acme.test/base/v1/chat", bearer, {
    baseUrl: "https://acme.test/base",
  }],
];

for (const [path, url, [header, value], more] of PLACES) {
  test(`${path} goes to ${url} with the stored key in ${header}`, async () => {
    const { url: fetched, headers, text } = await sent(path, stored(path.split("/")[0]!, more));
    assertEquals(fetched, url, text);
    assertEquals(headers![header], value);
    assertEquals(Object.values(headers!).filter((each) => each.includes(KEY)).length, 1);
  });
}

test("a version is neither doubled nor missing, however the base URL is written", async () => {
  const bases: [string, string, string][] = [
    ["openai", "https://proxy.test", "https://proxy.test/v1/models"],
    ["openai", "https://proxy.test/v1", "https://proxy.test/v1/models"],
    ["openai", "https://proxy.test/openai/v1/", "https://proxy.test/openai/v1/models"],
    ["deepseek", "https://proxy.test/v1", "https://proxy.test/v1/models"],
  ];
  for (const [slug, baseUrl, expected] of bases) {
    for (const path of [`${slug}/models`, `${slug}/v1/models`]) {
      assertEquals((await sent(path, stored(slug, { baseUrl }))).url, expected);
    }
  }
  const newer = await sent("openai/v2/models", stored("openai", { baseUrl: "https://p.test/v1" }));
  assertEquals(newer.url, "https://p.test/v2/models");
});

test("azure, the slug of Foundry's models, shares the settings of azure-openai", async () => {
  const providers = stored("azure-openai", { resource: "res" });
  const { url, headers } = await sent("azure/res/anthropic/v1/messages", providers);
  assertEquals(url, "https://res.services.ai.azure.com/anthropic/v1/messages");
  assertEquals(headers!["x-api-key"], KEY);
});

test("a stored Azure key goes to the operator's resource alone, the caller's own to any", async () => {
  const providers = stored("azure-openai", { resource: "res" });
  for (
    const path of ["azure-openai/evil/dep/chat/completions", "azure/evil/anthropic/v1/messages"]
  ) {
    const { url, status, text } = await sent(path, providers);
    assertEquals([url, status], [undefined, 400], text);
    assertStringIncludes(text, "stored key is for that resource alone");
  }
  const unplaced = await sent("azure-openai/evil/dep/chat/completions", stored("azure-openai"));
  assertEquals([unplaced.url, unplaced.status], [undefined, 400], unplaced.text);
  const own = await sent("azure-openai/other/dep/embeddings", {}, { "api-key": "my-own-key" });
  assertEquals(own.url, "https://other.openai.azure.com/openai/deployments/dep/embeddings");
});

test("AWS credentials sign for the region and service that the path names", async () => {
  const providers = { "aws-bedrock": { apiKey: AWS, region: "us-east-1" } };
  const runtime = await sent("aws-bedrock/bedrock-runtime/eu-west-1/model/m/invoke", providers);
  assertStringIncludes(runtime.headers!.authorization!, "/eu-west-1/bedrock/aws4_request");
  const mantle = await sent("aws-bedrock/bedrock-mantle/us-west-2/v1/responses", providers);
  assertStringIncludes(mantle.headers!.authorization!, "/us-west-2/bedrock-mantle/aws4_request");
});

test("Bedrock's path names a service and a region of Amazon's, and nothing else", async () => {
  for (
    const path of [
      "model/m/converse",
      "bedrock-runtime/evil.com/x",
      "s3/us-east-1/x",
      "bedrock-runtime",
    ]
  ) {
    const { url, status, text } = await sent(`aws-bedrock/${path}`, stored("aws-bedrock"));
    assertEquals([url, status], [undefined, 400], path);
    assertStringIncludes(text, "aws-bedrock/{bedrock-runtime|");
  }
});

test("fal's target header is followed to fal's hosts alone, and does not travel", async () => {
  const target = "https://queue.fal.run/fal-ai/sdxl/requests/r1/status?logs=1";
  const { url, headers } = await sent("fal", stored("fal"), { "x-fal-target-url": target });
  assertEquals(url, target);
  assertEquals(headers!["x-fal-target-url"], undefined);
  for (
    const evil of [
      "https://evil.test/fal.run",
      "https://fal.run.evil.test/",
      "http://fal.run/x",
      "https://fal.run@evil.test/",
      "https://me:pass@fal.run/",
      "https://fal.run:8443/",
      "https://evilfal.run/",
      "fal.run",
    ]
  ) {
    const refused = await sent("fal/x", stored("fal"), { "x-fal-target-url": evil });
    assertEquals([refused.url, refused.status], [undefined, 400], evil);
  }
});

test("a slug that is an alias, the demo, or unknown is refused with what is known", async () => {
  for (
    const [slug, words] of [["xai", '"grok"'], ["demo", "known are"], ["nebius", "openrouter"]]
  ) {
    const { status, text } = await sent(`${slug}/v1/models`, {});
    assertEquals(status, 400);
    assertEquals(JSON.parse(text).error[0].code, 2008);
    assertStringIncludes(JSON.parse(text).message, words!);
  }
});

test("a provider of the long tail is no chat: a model's name of its says where it is reached", async () => {
  const gateway = createGateway({ providers: stored("replicate") });
  const response = await gateway.fetch("http://localhost/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model: "replicate/m", messages: [{ role: "user", content: "hi" }] }),
  });
  assertEquals(response.status, 400);
  assertStringIncludes(await response.text(), "/v1/{account}/{gateway}/replicate/");
});
