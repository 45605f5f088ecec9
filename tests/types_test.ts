/** Types that users rely on: this file tests by compiling. What runs here holds types against the values they list. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import type { ErrorCode, ListedModel, ModelList, ModelName, ModelPrefix } from "../mod.ts";
import { ERROR_CATALOGUE } from "../lib/error_catalogue.ts";
import { ALIASES, PROVIDERS } from "../lib/providers/registry.ts";
import type { BunApi } from "../lib/serve/bun_api.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true
  : false;

/** Compiles only when its type is `true`. */
function holds<T extends true>(_?: T): void {}

test("a model's name may be any text, and editors still know the prefixes", () => {
  const names: ModelName[] = [
    "openai/gpt-5-mini",
    "workers-ai/@cf/meta/llama-3.3-70b",
    "custom-lab/qwen3",
    "dynamic/support",
    "support",
  ];
  const text: string = names[0]!;
  const back: ModelName = text;
  // Had the union collapsed to `string`, its literals would be gone.
  holds<Equal<Extract<ModelName, "demo/echo" | "openai/">, "demo/echo" | "openai/">>();
  holds<Equal<string extends ModelPrefix ? true : false, false>>();
  // @ts-expect-error: a name is a text
  const wrong: ModelName = 5;
  assertEquals([back, wrong], ["openai/gpt-5-mini", 5]);
});

/** Compiles only when it holds every prefix, and no other. */
const PREFIXES: Record<ModelPrefix, true> = {
  "openai": true,
  "anthropic": true,
  "groq": true,
  "mistral": true,
  "cohere": true,
  "perplexity-ai": true,
  "workers-ai": true,
  "google-ai-studio": true,
  "google-vertex-ai": true,
  "grok": true,
  "deepseek": true,
  "cerebras": true,
  "baseten": true,
  "parallel": true,
  "azure-openai": true,
  "aws-bedrock": true,
  "openrouter": true,
  "together": true,
  "fireworks": true,
  "huggingface": true,
  "ollama": true,
  "demo": true,
  "google": true,
  "gemini": true,
  "google-vertex": true,
  "vertex": true,
  "xai": true,
  "perplexity": true,
  "azure": true,
  "bedrock": true,
};

test("the prefixes that editors offer are those the gateway knows", () => {
  const known = new Set([...PROVIDERS.keys(), ...ALIASES.keys(), "demo"]);
  assertEquals(Object.keys(PREFIXES).sort(), [...known].sort());
});

test("an error's code is one of the catalogue's", () => {
  const codes = Object.keys(ERROR_CATALOGUE).map(Number) as ErrorCode[];
  holds<Equal<keyof typeof ERROR_CATALOGUE, ErrorCode>>();
  holds<Equal<number extends ErrorCode ? true : false, false>>();
  // @ts-expect-error: no such row
  const wrong: ErrorCode = 2000;
  assertEquals(codes.includes(wrong), false);
});

test("the models' answers have types", () => {
  const model: ListedModel = { id: "demo/echo", object: "model", created: 0, owned_by: "demo" };
  const list: ModelList = { object: "list", data: [model] };
  holds<Equal<ModelList["data"][number]["id"], string>>();
  assertEquals(list.data.length, 1);
});

test("what Bun's door uses of Bun is there", () => {
  type Uses<T extends Pick<typeof Bun, keyof BunApi>> = T;
  const api = (bun: typeof Bun): BunApi => bun;
  holds<Equal<Uses<typeof Bun>, typeof Bun>>();
  assertEquals(typeof api, "function");
});
