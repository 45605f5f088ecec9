/** Under which names a list of everybody's prices, `@pydantic/genai-prices`, has the models of providers. */

/** A model in that list. */
export interface ListedName {
  /** The provider's id there. */
  provider: string;
  /** The model's name there. */
  model: string;
}

const GOOGLE = "google";

/** By slug, where the list has the provider and its models go by the same names. */
const LISTED: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  groq: "groq",
  mistral: "mistral",
  cohere: "cohere",
  "perplexity-ai": "perplexity",
  "workers-ai": "cloudflare",
  "google-ai-studio": GOOGLE,
  "google-vertex-ai": GOOGLE,
  grok: "x-ai",
  deepseek: "deepseek",
  cerebras: "cerebras",
  baseten: "baseten",
  "azure-openai": "azure",
  "aws-bedrock": "aws",
  openrouter: "openrouter",
  together: "together",
  fireworks: "fireworks",
};

/** The name of a model in the list; `undefined` where it has nobody who sells it. */
export function listedName(slug: string, model: string): ListedName | undefined {
  if (slug === "huggingface") return soldThrough(model);
  const provider = Object.hasOwn(LISTED, slug) ? LISTED[slug] : undefined;
  if (provider === undefined) return undefined;
  return { provider, model: provider === GOOGLE ? withoutPublisher(model) : model };
}

/** Who answers is known only where the caller names him: `meta-llama/Llama-3.3-70B-Instruct:together`. */
function soldThrough(name: string): ListedName | undefined {
  const [, model, seller] = /^(.+):([\w-]+)$/.exec(name) ?? [];
  return model && seller ? { provider: `huggingface_${seller}`, model } : undefined;
}

/** Google names models by paths too, with or without their publisher; the list only by their names. */
function withoutPublisher(model: string): string {
  return model.replace(/^(?:publishers\/)?(?:(?:google|anthropic)\/)?(?:models\/)?/, "");
}
