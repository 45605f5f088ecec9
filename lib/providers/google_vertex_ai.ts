import { pathSegment } from "../chat/path_segment.ts";
import { anthropicMessages } from "../codecs/anthropic_messages/mod.ts";
import { geminiEmbed, TASK_TYPES } from "../codecs/gemini_embed/mod.ts";
import { geminiGenerate } from "../codecs/gemini_generate/mod.ts";
import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { vertexPredict } from "../codecs/vertex_predict/mod.ts";
import { CLAUDE_MODELS } from "./claude_models.ts";
import { embeddingsByModel, withoutPrefix } from "./embeddings_by_model.ts";
import { GEMINI_MODELS, NEWEST_GEMINI } from "./gemini_models.ts";
import { readGoogleCredential } from "./google_credential.ts";
import { MISTRAL_PROFILE } from "./mistral.ts";
import {
  DEVELOPER_AS_SYSTEM,
  NAMED_MEMBERS,
  OPENAI_ONLY,
  TEXT_AND_IMAGES,
  THREE_EFFORTS,
} from "./openai_like.ts";
import { decodedPath, joinNative } from "./native_address.ts";
import type { NativeAddress, NativeCall, Provider, ProviderPlace } from "./provider.ts";
import { codecByPublisher, withoutPublisher } from "./publishers.ts";

/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference */
const gemini = geminiGenerate({
  ...NEWEST_GEMINI,
  builtinWithTools: false,
  modelPrefix: "publishers/google/models/",
  publisher: "google/",
  callIds: false,
  displayNames: true,
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

/** https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/mistral: Mistral's own protocol. */
const mistral = withoutPublisher(openaiChat(MISTRAL_PROFILE), "mistralai/", ({ model, stream }) => {
  const verb = stream ? "streamRawPredict" : "rawPredict";
  return `/publishers/mistralai/models/${pathSegment(model)}:${verb}`;
});

/** https://cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis: Llama, DeepSeek, Qwen, gpt-oss … */
const openModels = openaiChat({
  chatPath: "/endpoints/openapi/chat/completions",
  refusesEmpty: true,
  drops: OPENAI_ONLY,
  rename: { max_completion_tokens: "max_tokens" },
  values: { reasoning_effort: THREE_EFFORTS },
  roles: DEVELOPER_AS_SYSTEM,
  members: NAMED_MEMBERS,
  parts: TEXT_AND_IMAGES,
});

/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
const vectors = vertexPredict({
  taskTypes: TASK_TYPES,
  inputs: (model) => /gemini-embedding/.test(model) ? 1 : 250,
});

/** The newer models have no `:predict`. */
const newerVectors = withoutPrefix(
  geminiEmbed({
    modelPrefix: "publishers/google/models/",
    batches: false,
    settings: "embedContentConfig",
  }),
  "google/",
);

/** Names that begin with a publisher's, rather than with a step of one of Google's own paths. */
const OTHERS = /^(?!(?:google|models|tunedModels|endpoints|publishers|projects)\/)[^/]+\/./;

/** Google's API keys, of the older and the newer kind; access tokens begin with `ya29.`. */
const API_KEY = /^(AIza|AQ\.)/;

/** Both become part of the address: nothing else may. */
const PROJECT = /^[a-z0-9]([a-z0-9:.-]{0,62}[a-z0-9])?$/;
const REGION = /^(global|us|eu|[a-z]{2,}(-[a-z]+)+\d{1,2})$/;

/**
 * Google Vertex AI: Gemini, Claude and open models in a project of one's own. The key is a service account's JSON,
 * which gets tokens, or such a token; an API key, which looks otherwise, is shown under its own header and works
 * in express mode, without a project.
 */
export const googleVertexAi: Provider = {
  slug: "google-vertex-ai",
  baseUrlFor: vertexAddress,
  nativeAddress: nativeVertexAddress,
  settings: {
    project: ["GOOGLE_VERTEX_PROJECT", "GOOGLE_CLOUD_PROJECT"],
    region: ["GOOGLE_VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION"],
    tokenUrl: [],
  },
  regions: { match: REGION, example: "us-central1 or global" },
  auth: {
    header: "authorization",
    prefix: "Bearer ",
    required: true,
    others: [{ match: API_KEY, header: "x-goog-api-key" }],
  },
  readKey: (key, settings) =>
    readGoogleCredential(key, settings, { project: PROJECT, region: REGION }),
  keyVariables: [
    "GOOGLE_VERTEX_CREDENTIALS",
    "GOOGLE_VERTEX_ACCESS_TOKEN",
    "GOOGLE_VERTEX_API_KEY",
  ],
  keyFileVariables: ["GOOGLE_APPLICATION_CREDENTIALS"],
  baseUrlVariables: ["GOOGLE_VERTEX_BASE_URL"],
  forwardHeaders: [
    "anthropic-beta",
    "x-vertex-ai-llm-request-type",
    "x-vertex-ai-llm-shared-request-type",
  ],
  embeddings: embeddingsByModel(vectors, [{ match: /gemini-embedding-2/, codec: newerVectors }]),
  codec: codecByPublisher(gemini, [
    { match: /^anthropic\//, codec: withoutPublisher(claude, "anthropic/") },
    { match: /^mistralai\//, codec: mistral },
    { match: OTHERS, codec: openModels },
  ]),
};

/** https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations: every region has a host of its own. */
function vertexAddress(
  { project, region = "global" }: ProviderPlace,
  key?: string,
): string | undefined {
  if (!REGION.test(region)) return undefined;
  if (project !== undefined) {
    if (!PROJECT.test(project)) return undefined;
    return `https://${hostOf(region)}/v1/projects/${project}/locations/${region}`;
  }
  // Express mode: the key itself belongs to a project.
  const express = key !== undefined && API_KEY.test(key);
  return express ? `https://${hostOf("global")}/v1` : undefined;
}

function hostOf(region: string): string {
  if (region === "global") return "aiplatform.googleapis.com";
  // Several regions of one continent share a host.
  if (region === "us" || region === "eu") return `aiplatform.${region}.rep.googleapis.com`;
  return `${region}-aiplatform.googleapis.com`;
}

/** A path that names project and region itself, with the version before it. */
const PLACED = /^\/(v\d[^/]*)\/projects\/[^/]+\/locations\/([^/]+)(?:\/|$)/;

/** `https://host/v1`, and the project below it. */
const PLACED_BASE = /^(.*)\/v\d[^/]*(\/projects\/.*)?$/;

function nativeVertexAddress(call: NativeCall): NativeAddress | undefined {
  const url = nativeVertexUrl(call);
  const path = decodedPath(call.path) ?? "";
  if (url === undefined) return undefined;
  return OPEN_MODELS.test(path) ? { url } : { url, model: namedIn(path) };
}

/** Only their interface has the model in the body. */
const OPEN_MODELS = /^(?!.*\/models\/).*\/endpoints\/openapi\//;

const PUBLISHED = /\/publishers\/([^/]+)\/models\/([^/:]+)(?::\w+)?\/*$/;

/** A model of one's own goes by the endpoint that it is deployed at. */
const DEPLOYED = /^(?!.*\/models\/).*\/(endpoints\/[^/:]+)/;

/** As names of models are written elsewhere. */
function namedIn(path: string): string | null {
  const [, publisher, model] = PUBLISHED.exec(path) ?? [];
  if (model !== undefined) return `${publisher}/${model}`;
  return DEPLOYED.exec(path)?.[1] ?? null;
}

/** A place in the path is used; else the operator's, or the key's, in whichever version the path asks for. */
function nativeVertexUrl({ base, ownBase, path }: NativeCall): string | undefined {
  const region = PLACED.exec(path)?.[2];
  const [, root, project = ""] = PLACED_BASE.exec(base ?? "") ?? [];
  if (region !== undefined) {
    if (ownBase) return (root ?? base) + path;
    return REGION.test(region) ? `https://${hostOf(region)}${path}` : undefined;
  }
  if (base === undefined) return undefined;
  const [, version, rest] = /^\/(v\d[^/]*)(\/.*)$/.exec(path) ?? [];
  if (root === undefined || version === undefined) return joinNative(base, path);
  return `${root}/${version}${project}${rest}`;
}
