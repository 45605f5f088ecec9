import type { ProviderCodec } from "../../../lib/chat/codec.ts";
import { PROVIDERS } from "../../../lib/providers/registry.ts";
import { workersAiOverRun } from "../../../lib/providers/workers_ai.ts";

/** A model and what it is spoken to in. */
export interface LossTarget {
  name: string;
  model: string;
  codec: ProviderCodec;
}

function at(slug: string, model: string): LossTarget {
  const codec = PROVIDERS.get(slug)!.codec;
  return { name: `${slug}/${model}`, model, codec: codec.forModel?.(model) ?? codec };
}

/** Every protocol that is not OpenAI's, by models that differ. */
export const NATIVE: readonly LossTarget[] = [
  at("anthropic", "claude-3-5-haiku-latest"),
  at("anthropic", "claude-sonnet-4-5"),
  at("anthropic", "claude-opus-4-8"),
  at("google-ai-studio", "gemini-2.0-flash"),
  at("google-ai-studio", "gemini-2.5-flash"),
  at("google-ai-studio", "gemini-3-pro"),
  at("google-vertex-ai", "gemini-3-pro"),
  at("google-vertex-ai", "anthropic/claude-sonnet-4-5"),
  at("cohere", "command-a-03-2025"),
  at("cohere", "command-a-reasoning-08-2025"),
  at("aws-bedrock", "amazon.nova-lite-v1:0"),
  at("aws-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
  at("aws-bedrock", "openai.gpt-oss-120b-1:0"),
  {
    name: "workers-ai/run",
    model: "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
    codec: workersAiOverRun,
  },
];

/** OpenAI's own protocol, for callers of another. */
export const OPENAI_LIKE: readonly LossTarget[] = [
  at("openai", "gpt-5-mini"),
  at("groq", "openai/gpt-oss-120b"),
  at("mistral", "mistral-large-latest"),
  at("deepseek", "deepseek-chat"),
  at("openrouter", "openai/gpt-5"),
];
