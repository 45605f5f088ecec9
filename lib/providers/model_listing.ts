/** How the models of a provider are listed. */
import {
  anthropicModels,
  bedrockModels,
  bedrockProfiles,
  cohereModels,
  type DecodeModels,
  geminiModels,
  openaiModels,
  workersAiModels,
} from "../codecs/model_lists/mod.ts";

/** One list of a provider's models. */
export interface ModelListing {
  /** Of the first page, below the base URL; may have a query. */
  path: string;
  /** Where the path begins instead, made of the base URL. */
  base?: (baseUrl: string) => string;
  /** Reads a page. */
  decode: DecodeModels;
}

/** What most providers have. */
export const OPENAI_LIST: readonly ModelListing[] = [{ path: "/models", decode: openaiModels }];

/** As many on a page as can be. */
export const ANTHROPIC_LIST: readonly ModelListing[] = [
  { path: "/models?limit=1000", decode: anthropicModels },
];

/** As many on a page as can be. */
export const GEMINI_LIST: readonly ModelListing[] = [
  { path: "/models?pageSize=1000", decode: geminiModels },
];

/** Only the older version of the interface has it. */
export const COHERE_LIST: readonly ModelListing[] = [
  {
    path: "/models?page_size=1000",
    base: (url) => url.replace(/\/v2$/, "/v1"),
    decode: cohereModels,
  },
];

/** Beside the version that its chat has. */
export const WORKERS_AI_LIST: readonly ModelListing[] = [
  {
    path: "/models/search?per_page=100&page=1",
    base: (url) => url.replace(/\/v1$/, ""),
    decode: workersAiModels,
  },
];

const controlPlane = (url: string) => url.replace("//bedrock-runtime", "//bedrock");

/** Its own models and the profiles by which the newer ones are called, at another host than the calls'. */
export const BEDROCK_LISTS: readonly ModelListing[] = [
  { path: "/foundation-models", base: controlPlane, decode: bedrockModels },
  { path: "/inference-profiles?maxResults=1000", base: controlPlane, decode: bedrockProfiles },
];
