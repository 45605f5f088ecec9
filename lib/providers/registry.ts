/** Every provider this version speaks to, and the names of those that later versions will. */
import { baseten } from "./baseten.ts";
import { cerebras } from "./cerebras.ts";
import { deepseek } from "./deepseek.ts";
import { fireworks } from "./fireworks.ts";
import { grok } from "./grok.ts";
import { groq } from "./groq.ts";
import { huggingface } from "./huggingface.ts";
import { mistral } from "./mistral.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { parallel } from "./parallel.ts";
import { perplexityAi } from "./perplexity_ai.ts";
import type { Provider } from "./provider.ts";
import { together } from "./together.ts";
import { workersAi } from "./workers_ai.ts";

/** By slug, in the order in which people are shown them. `demo` joins where it is switched on. */
export const PROVIDERS: ReadonlyMap<string, Provider> = new Map(
  [
    openai,
    groq,
    mistral,
    perplexityAi,
    workersAi,
    grok,
    deepseek,
    cerebras,
    baseten,
    parallel,
    openrouter,
    together,
    fireworks,
    huggingface,
    ollama,
  ].map((provider) => [provider.slug, provider]),
);

/** Slugs that are reserved: their settings are accepted, calling them is answered 501. */
export const PLANNED: readonly string[] = [
  "anthropic",
  "cohere",
  "google-ai-studio",
  "google-vertex-ai",
  "azure-openai",
  "aws-bedrock",
];

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
