/** Model names as types: which prefixes there are, for editors to complete. */

/** The prefix of a model's name: a provider's slug, or another spelling of one. */
export type ModelPrefix =
  | "openai"
  | "anthropic"
  | "groq"
  | "mistral"
  | "cohere"
  | "perplexity-ai"
  | "workers-ai"
  | "google-ai-studio"
  | "google-vertex-ai"
  | "grok"
  | "deepseek"
  | "cerebras"
  | "baseten"
  | "parallel"
  | "azure-openai"
  | "aws-bedrock"
  | "openrouter"
  | "together"
  | "fireworks"
  | "huggingface"
  | "ollama"
  | "demo"
  | "google"
  | "gemini"
  | "google-vertex"
  | "vertex"
  | "xai"
  | "perplexity"
  | "azure"
  | "bedrock";

/**
 * What goes under `model`: `openai/gpt-5-mini`, `custom-lab/qwen3`, `dynamic/support`, or a route's bare name. Any
 * text fits, since models and routes are nobody's to list; editors offer what stands here as it is. The empty object
 * keeps that from drowning in the texts it is a case of.
 *
 * @example
 * ```ts
 * import type { ModelName } from "dragoman";
 *
 * const model: ModelName = "openai/gpt-5-mini";
 * console.log(model);
 * ```
 */
export type ModelName =
  | "demo/echo"
  | "demo/backup"
  | `${ModelPrefix}/`
  | (`${ModelPrefix}/${string}` & Record<never, never>)
  | (`custom-${string}/${string}` & Record<never, never>)
  | (`dynamic/${string}` & Record<never, never>)
  | (string & Record<never, never>);
