/** Every provider, and the other spellings of their names. */
import { anthropic } from "./anthropic.ts";
import { awsBedrock } from "./aws_bedrock.ts";
import { azure, azureOpenai } from "./azure_openai.ts";
import { baseten } from "./baseten.ts";
import { cerebras } from "./cerebras.ts";
import { cohere } from "./cohere.ts";
import { deepseek } from "./deepseek.ts";
import { fireworks } from "./fireworks.ts";
import { googleAiStudio } from "./google_ai_studio.ts";
import { googleVertexAi } from "./google_vertex_ai.ts";
import { grok } from "./grok.ts";
import { groq } from "./groq.ts";
import { huggingface } from "./huggingface.ts";
import { mistral } from "./mistral.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { parallel } from "./parallel.ts";
import { perplexityAi } from "./perplexity_ai.ts";
import { LONG_TAIL } from "./long_tail.ts";
import type { NativeProvider, Provider } from "./provider.ts";
import { together } from "./together.ts";
import { workersAi } from "./workers_ai.ts";

/** By slug, in the order in which people are shown them. `demo` joins where it is switched on. */
export const PROVIDERS: ReadonlyMap<string, Provider> = new Map(
  [
    openai,
    anthropic,
    groq,
    mistral,
    cohere,
    perplexityAi,
    workersAi,
    googleAiStudio,
    googleVertexAi,
    grok,
    deepseek,
    cerebras,
    baseten,
    parallel,
    azureOpenai,
    awsBedrock,
    openrouter,
    together,
    fireworks,
    huggingface,
    ollama,
  ].map((provider) => [provider.slug, provider]),
);

/** Every provider that can be configured: also those that are reached by their own interfaces alone. */
export const ALL_PROVIDERS: ReadonlyMap<string, NativeProvider> = new Map([
  ...PROVIDERS,
  ...LONG_TAIL,
]);

/** Further slugs of native paths, each with the provider whose settings it shares. */
export const NATIVE_SLUGS: readonly (readonly [definition: NativeProvider, settings: string])[] = [
  [azure, azureOpenai.slug],
];

const OWNERS: ReadonlyMap<string, string> = new Map(
  NATIVE_SLUGS.map(([{ slug }, owner]) => [slug, owner]),
);

/** The provider that a slug of native paths shares its settings with, and its limits and prices; else the slug. */
export function ownerOf(slug: string): string {
  return OWNERS.get(slug) ?? slug;
}

/** Other spellings of a provider, in model names only. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ["google", "google-ai-studio"],
  ["gemini", "google-ai-studio"],
  ["google-vertex", "google-vertex-ai"],
  ["vertex", "google-vertex-ai"],
  ["xai", "grok"],
  ["perplexity", "perplexity-ai"],
  ["azure", "azure-openai"],
  ["bedrock", "aws-bedrock"],
]);

/** Which provider a model's bare name usually belongs to, for suggestions only. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|o\d|chatgpt)/, "openai"],
  [/^claude/, "anthropic"],
  [/^gemini/, "google-ai-studio"],
  [/^grok/, "grok"],
  [/^deepseek/, "deepseek"],
  [/^(mistral|magistral|ministral|codestral|pixtral)/, "mistral"],
  [/^command/, "cohere"],
  [/^sonar/, "perplexity-ai"],
  [/^(llama|qwen|phi|gemma)/, "ollama"],
];

/** The prefixed name that a bare one most likely means. */
export function suggestModel(bare: string): string | undefined {
  const family = FAMILIES.find(([pattern]) => pattern.test(bare));
  return family && `${family[1]}/${bare}`;
}
