/** Strict imitations of providers' lists of models: one list a protocol, and whatever else a provider says otherwise. */
import { assertEquals } from "@std/assert";
import type { FetchInit, FetchLike } from "../../lib/fetch_like.ts";
import type { ProviderSettings } from "../../lib/options/mod.ts";

/** A provider whose models are listed. */
export interface ListedProvider {
  slug: string;
  settings: ProviderSettings;
  /** How its key is shown; absent where requests are signed, or none is needed. */
  key?: [header: string, value: string];
  /** Other headers without which it answers nothing. */
  needs?: Readonly<Record<string, string>>;
  /** Its pages, by their very addresses. */
  pages: Readonly<Record<string, unknown>>;
  /** Id below the slug, creation and owner of each row that must come of it. */
  rows: readonly (readonly [id: string, created: number, owner: string])[];
}

const list = (...data: unknown[]) => ({ object: "list", data });
const model = (id: string, created: number, owned_by: string) => ({
  id,
  object: "model",
  created,
  owned_by,
});

/** Those that speak as OpenAI does, and only have other addresses. */
function asOpenai(slug: string, url: string, prefix = "Bearer "): ListedProvider {
  return {
    slug,
    settings: { apiKey: `${slug}-key` },
    key: ["authorization", `${prefix}${slug}-key`],
    pages: { [url]: list(model(`${slug}-large`, 1_700_000_000, "lab"), { id: "org/small" }) },
    rows: [[`${slug}-large`, 1_700_000_000, "lab"], ["org/small", 0, slug]],
  };
}

const CLOUDFLARE = "https://api.cloudflare.com/client/v4/accounts/acc/ai";
const GEMINI = "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000";
const BEDROCK = "https://bedrock.eu-central-1.amazonaws.com";

export const LISTED_PROVIDERS: readonly ListedProvider[] = [
  asOpenai("openai", "https://api.openai.com/v1/models"),
  asOpenai("groq", "https://api.groq.com/openai/v1/models"),
  asOpenai("mistral", "https://api.mistral.ai/v1/models"),
  asOpenai("grok", "https://api.x.ai/v1/models"),
  asOpenai("deepseek", "https://api.deepseek.com/models"),
  asOpenai("cerebras", "https://api.cerebras.ai/v1/models"),
  asOpenai("baseten", "https://inference.baseten.co/v1/models", "Api-Key "),
  asOpenai("openrouter", "https://openrouter.ai/api/v1/models"),
  asOpenai("fireworks", "https://api.fireworks.ai/inference/v1/models"),
  asOpenai("huggingface", "https://router.huggingface.co/v1/models"),
  {
    ...asOpenai("together", "https://api.together.xyz/v1/models"),
    pages: {
      "https://api.together.xyz/v1/models": [{ id: "a/b", created: 7, type: "chat" }, null, {}],
    },
    rows: [["a/b", 7, "together"]],
  },
  {
    ...asOpenai("ollama", "http://localhost:11434/v1/models"),
    settings: { baseUrl: "http://localhost:11434" },
    key: undefined,
  },
  {
    ...asOpenai("custom-lab", "https://lab.example/api/v3/models"),
    settings: {
      baseUrl: "https://lab.example/api",
      apiKey: "custom-lab-key",
      chatPath: "/v3/chat/completions",
    },
  },
  {
    slug: "anthropic",
    settings: { apiKey: "sk-ant" },
    key: ["x-api-key", "sk-ant"],
    needs: { "anthropic-version": "2023-06-01" },
    pages: {
      "https://api.anthropic.com/v1/models?limit=1000": {
        data: [{ type: "model", id: "claude-a", created_at: "2026-07-24T00:00:00Z" }],
        has_more: true,
        first_id: "claude-a",
        last_id: "claude-a",
      },
      "https://api.anthropic.com/v1/models?limit=1000&after_id=claude-a": {
        data: [{ type: "model", id: "claude-b", created_at: "someday" }],
        has_more: false,
        last_id: "claude-b",
      },
    },
    rows: [["claude-a", 1_784_851_200, "anthropic"], ["claude-b", 0, "anthropic"]],
  },
  {
    slug: "google-ai-studio",
    settings: { apiKey: "AIza" },
    key: ["x-goog-api-key", "AIza"],
    pages: {
      [GEMINI]: { models: [{ name: "models/gemini-x" }], nextPageToken: "a+b/c=" },
      [`${GEMINI}&pageToken=a%2Bb%2Fc%3D`]: { models: [{ name: "tunedModels/mine" }] },
    },
    rows: [["gemini-x", 0, "google-ai-studio"], ["tunedModels/mine", 0, "google-ai-studio"]],
  },
  {
    slug: "cohere",
    settings: { apiKey: "co" },
    key: ["authorization", "Bearer co"],
    pages: {
      "https://api.cohere.com/v1/models?page_size=1000": {
        models: [{ name: "command-z" }, { name: "command-old", is_deprecated: true }],
        next_page_token: "2",
      },
      "https://api.cohere.com/v1/models?page_size=1000&page_token=2": {
        models: [{ name: "embed-z" }],
        next_page_token: "",
      },
    },
    rows: [["command-z", 0, "cohere"], ["embed-z", 0, "cohere"]],
  },
  {
    slug: "workers-ai",
    settings: { apiKey: "cf", accountId: "acc" },
    key: ["authorization", "Bearer cf"],
    pages: {
      [`${CLOUDFLARE}/models/search?per_page=100&page=1`]: {
        success: true,
        result: Array.from({ length: 100 }, (_, at) => ({ name: `@cf/lab/m${at}` })),
        result_info: { page: 1, per_page: 100, count: 100, total_count: 101 },
      },
      [`${CLOUDFLARE}/models/search?per_page=100&page=2`]: {
        success: true,
        result: [{ name: "@cf/lab/last", created_at: "2026-01-01 00:00:00.000Z" }],
        result_info: { page: 2, per_page: 100, count: 1, total_count: 101 },
      },
    },
    rows: [
      ...Array.from({ length: 100 }, (_, at) => [`@cf/lab/m${at}`, 0, "workers-ai"] as const),
      ["@cf/lab/last", 1_767_225_600, "workers-ai"],
    ],
  },
  {
    slug: "aws-bedrock",
    settings: {
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: "secret",
      region: "eu-central-1",
    },
    pages: {
      [`${BEDROCK}/foundation-models`]: {
        modelSummaries: [
          {
            modelId: "amazon.nova",
            providerName: "Amazon",
            inferenceTypesSupported: ["ON_DEMAND"],
          },
          { modelId: "claude:0", inferenceTypesSupported: ["INFERENCE_PROFILE"] },
        ],
      },
      [`${BEDROCK}/inference-profiles?maxResults=1000`]: {
        inferenceProfileSummaries: [
          { inferenceProfileId: "eu.claude:0", createdAt: "2026-01-01T00:00:00Z" },
        ],
        nextToken: "t",
      },
      [`${BEDROCK}/inference-profiles?maxResults=1000&nextToken=t`]: {
        inferenceProfileSummaries: [{ inferenceProfileId: "global.claude:0" }],
      },
    },
    rows: [
      ["amazon.nova", 0, "Amazon"],
      ["eu.claude:0", 1_767_225_600, "aws-bedrock"],
      ["global.claude:0", 0, "aws-bedrock"],
    ],
  },
];

/** Plays all of them; whatever is not asked as it must be fails. */
export function playLists(): { fetch: FetchLike; asked: string[] } {
  const asked: string[] = [];
  const fetch: FetchLike = (url, init) => {
    asked.push(url);
    const listed = LISTED_PROVIDERS.find(({ pages }) => Object.hasOwn(pages, url));
    if (listed === undefined) return Promise.resolve(new Response("{}", { status: 404 }));
    checkRequest(listed, url, init);
    return Promise.resolve(Response.json(listed.pages[url]));
  };
  return { fetch, asked };
}

function checkRequest({ slug, key, needs = {} }: ListedProvider, url: string, init: FetchInit) {
  const { method, body, redirect, headers } = init;
  // Building it refuses whatever a real `fetch` would.
  new Request(url, { method, headers, body });
  assertEquals([method, body, redirect], ["GET", undefined, "manual"], url);
  assertEquals(headers["content-type"], undefined, url);
  for (const [name, value] of Object.entries(needs)) assertEquals(headers[name], value, url);
  if (key !== undefined) return assertEquals(headers[key[0]], key[1], url);
  const signed = /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-central-1\/bedrock\//;
  assertEquals(signed.test(headers.authorization ?? ""), slug === "aws-bedrock", url);
}
