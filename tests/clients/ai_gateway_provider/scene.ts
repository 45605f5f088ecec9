/** Cloudflare's own package for the AI SDK, on a gateway's binding, with every provider package it supports. */
import { type AiGateway, createAiGateway } from "ai-gateway-provider";
import { createAmazonBedrock } from "ai-gateway-provider/providers/amazon-bedrock";
import { createAnthropic } from "ai-gateway-provider/providers/anthropic";
import { createAzure } from "ai-gateway-provider/providers/azure";
import { createCerebras } from "ai-gateway-provider/providers/cerebras";
import { createCohere } from "ai-gateway-provider/providers/cohere";
import { createDeepSeek } from "ai-gateway-provider/providers/deepseek";
import { createFireworks } from "ai-gateway-provider/providers/fireworks";
import { createGoogleGenerativeAI } from "ai-gateway-provider/providers/google";
import { createVertex } from "ai-gateway-provider/providers/google-vertex";
import { createGroq } from "ai-gateway-provider/providers/groq";
import { createMistral } from "ai-gateway-provider/providers/mistral";
import { createOpenAI } from "ai-gateway-provider/providers/openai";
import { createOpenRouter } from "ai-gateway-provider/providers/openrouter";
import { createPerplexity } from "ai-gateway-provider/providers/perplexity";
import { createUnified } from "ai-gateway-provider/providers/unified";
import { createXai } from "ai-gateway-provider/providers/xai";
import type { CallerCodec } from "../../../lib/chat/codec.ts";
import { anthropicMessages } from "../../../lib/codecs/anthropic_messages/mod.ts";
import { bedrockConverse } from "../../../lib/codecs/bedrock_converse/mod.ts";
import { cohereChat } from "../../../lib/codecs/cohere_chat/mod.ts";
import { geminiGenerate } from "../../../lib/codecs/gemini_generate/mod.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import {
  type ScriptedProvider,
  scriptedProvider,
  type ScriptStep,
} from "../../../lib/exports/testing.ts";
import { createGateway } from "../../support/gateway.ts";
import type { GatewayOptions } from "../../../lib/options/mod.ts";

/** What the package takes as a model. */
export type Model = Parameters<AiGateway>[0] extends infer M ? Exclude<M, readonly unknown[]>
  : never;

/** One provider package, and what its provider must get. */
export interface Native {
  name: string;
  model: Model;
  codec: CallerCodec;
  /** Where the provider is asked: whole, and streamed where that is another address. */
  url: string;
  streamUrl?: string;
  /** Where the operator is at the provider. */
  place?: NonNullable<GatewayOptions["providers"]>[string];
  /** Why it can't be asked with tools. */
  toolless?: string;
  /** The header with the stored key. */
  key: readonly [name: string, value: string];
}

const chat = openaiChat({ faithful: true });
const gemini = geminiGenerate();
const GOOGLE = "https://generativelanguage.googleapis.com/v1beta/models/m";
const VERTEX = "https://aiplatform.googleapis.com/v1/publishers/google/models/m";
const BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m";

function likeOpenai(name: string, model: unknown, url: string): Native {
  return {
    name,
    model: model as Model,
    codec: chat,
    url,
    key: ["authorization", `Bearer key of ${name}`],
  };
}

/** Every package that has chat models; those of Deepgram and ElevenLabs have none. */
export const NATIVES: readonly Native[] = [
  likeOpenai("openai", createOpenAI().chat("m"), "https://api.openai.com/v1/chat/completions"),
  likeOpenai("grok", createXai().chat("m"), "https://api.x.ai/v1/chat/completions"),
  likeOpenai("groq", createGroq()("m"), "https://api.groq.com/openai/v1/chat/completions"),
  likeOpenai("mistral", createMistral()("m"), "https://api.mistral.ai/v1/chat/completions"),
  likeOpenai("deepseek", createDeepSeek()("m"), "https://api.deepseek.com/chat/completions"),
  {
    ...likeOpenai(
      "perplexity-ai",
      createPerplexity()("m"),
      "https://api.perplexity.ai/chat/completions",
    ),
    toolless: "its package knows no tools",
  },
  likeOpenai("cerebras", createCerebras()("m"), "https://api.cerebras.ai/v1/chat/completions"),
  likeOpenai(
    "openrouter",
    createOpenRouter().chat("m"),
    "https://openrouter.ai/api/v1/chat/completions",
  ),
  likeOpenai(
    "fireworks",
    createFireworks()("m"),
    "https://api.fireworks.ai/inference/v1/chat/completions",
  ),
  {
    name: "azure-openai",
    model: createAzure({
      resourceName: "res",
      useDeploymentBasedUrls: true,
      apiVersion: "2024-10-21",
    }).chat("dep") as Model,
    codec: chat,
    url:
      "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21",
    place: { resource: "res" },
    key: ["api-key", "key of azure-openai"],
  },
  {
    name: "anthropic",
    model: createAnthropic()("m") as Model,
    codec: anthropicMessages(),
    url: "https://api.anthropic.com/v1/messages",
    key: ["x-api-key", "key of anthropic"],
  },
  {
    name: "google-ai-studio",
    model: createGoogleGenerativeAI()("m") as Model,
    codec: gemini,
    url: `${GOOGLE}:generateContent`,
    streamUrl: `${GOOGLE}:streamGenerateContent?alt=sse`,
    key: ["x-goog-api-key", "key of google-ai-studio"],
  },
  {
    name: "google-vertex-ai",
    model: createVertex({ apiKey: "key of google-vertex-ai" })("m") as Model,
    codec: gemini,
    url: `${VERTEX}:generateContent`,
    streamUrl: `${VERTEX}:streamGenerateContent?alt=sse`,
    place: { baseUrl: "https://aiplatform.googleapis.com", apiKey: "AIza-vertex" },
    key: ["x-goog-api-key", "AIza-vertex"],
  },
  {
    name: "cohere",
    model: createCohere()("m") as Model,
    codec: cohereChat(),
    url: "https://api.cohere.com/v2/chat",
    key: ["authorization", "Bearer key of cohere"],
  },
  {
    name: "aws-bedrock",
    model: createAmazonBedrock({ region: "us-east-1" })("m") as Model,
    codec: bedrockConverse(),
    url: `${BEDROCK}/converse`,
    streamUrl: `${BEDROCK}/converse-stream`,
    key: ["authorization", "Bearer key of aws-bedrock"],
  },
];

/** The Unified API. */
export function unified(model: string): Model {
  return createUnified({ supportsStructuredOutputs: true })(model) as Model;
}

/** A gateway that has everybody's key, the provider behind it, and Cloudflare's package in front of it. */
export function scene(
  codec: CallerCodec,
  script: readonly ScriptStep[],
  options: GatewayOptions = {},
): { aigateway: AiGateway; provider: ScriptedProvider; options: GatewayOptions } {
  const provider = scriptedProvider(script, { codec });
  const providers = Object.fromEntries(
    NATIVES.map(({ name, place }) => [name, { apiKey: `key of ${name}`, ...place }]),
  );
  const gateway = createGateway({ providers, fetch: provider.fetch, ...options });
  const aigateway = createAiGateway({ binding: gateway.binding("default") });
  return { aigateway, provider, options };
}
