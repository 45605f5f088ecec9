import { anthropicMessages } from "../codecs/anthropic_messages/mod.ts";
import { geminiGenerate } from "../codecs/gemini_generate/mod.ts";
import { CLAUDE_MODELS } from "./claude_models.ts";
import { GEMINI_MODELS, NEWEST_GEMINI } from "./gemini_models.ts";
import type { Provider } from "./provider.ts";
import { vertexCodec } from "./vertex_codec.ts";

/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference */
const gemini = geminiGenerate({
  ...NEWEST_GEMINI,
  builtinWithTools: false,
  modelPrefix: "publishers/google/models/",
  publisher: "google/",
  callIds: false,
  takes: ["labels"],
  models: GEMINI_MODELS,
});

/** https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude */
const claude = anthropicMessages({
  path: "/publishers/anthropic/models/{model}:rawPredict",
  streamPath: "/publishers/anthropic/models/{model}:streamRawPredict",
  modelInPath: true,
  body: { anthropic_version: "vertex-2023-10-16" },
  drops: ["service_tier", "inference_geo", "mcp_servers", "container"],
  urlSources: false,
  models: CLAUDE_MODELS,
});

/** Google's API keys, of the older and the newer kind; access tokens begin with `ya29.`. */
const API_KEY = /^(AIza|AQ\.)/;

/**
 * Google Vertex AI: Gemini and Claude in a project of one's own. The key is an access token; an API key,
 * which looks otherwise, is shown under its own header and works in express mode, without a project.
 */
export const googleVertexAi: Provider = {
  slug: "google-vertex-ai",
  baseUrlFor: vertexAddress,
  settings: {
    project: ["GOOGLE_VERTEX_PROJECT", "GOOGLE_CLOUD_PROJECT"],
    region: ["GOOGLE_VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION"],
  },
  auth: {
    header: "authorization",
    prefix: "Bearer ",
    required: true,
    others: [{ match: API_KEY, header: "x-goog-api-key" }],
  },
  keyVariables: ["GOOGLE_VERTEX_ACCESS_TOKEN", "GOOGLE_VERTEX_API_KEY"],
  baseUrlVariables: ["GOOGLE_VERTEX_BASE_URL"],
  forwardHeaders: [
    "anthropic-beta",
    "x-vertex-ai-llm-request-type",
    "x-vertex-ai-llm-shared-request-type",
  ],
  codec: vertexCodec(gemini, claude),
};

/** Both become part of the address: nothing else may. */
const PROJECT = /^[a-z0-9]([a-z0-9:.-]{0,62}[a-z0-9])?$/;
const REGION = /^(global|us|eu|[a-z]{2,}(-[a-z]+)+\d{1,2})$/;

/** https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations: every region has a host of its own. */
function vertexAddress(settings: Readonly<Record<string, unknown>>): string | undefined {
  const { project, region = "global", apiKey } = settings;
  if (typeof region !== "string" || !REGION.test(region)) return undefined;
  if (typeof project === "string") {
    if (!PROJECT.test(project)) return undefined;
    return `https://${hostOf(region)}/v1/projects/${project}/locations/${region}`;
  }
  // Express mode: the key itself belongs to a project.
  const express = typeof apiKey === "string" && API_KEY.test(apiKey);
  return express ? `https://${hostOf("global")}/v1` : undefined;
}

function hostOf(region: string): string {
  if (region === "global") return "aiplatform.googleapis.com";
  // Several regions of one continent share a host.
  if (region === "us" || region === "eu") return `aiplatform.${region}.rep.googleapis.com`;
  return `${region}-aiplatform.googleapis.com`;
}
