import { geminiEmbed } from "../codecs/gemini_embed/mod.ts";
import { geminiGenerate } from "../codecs/gemini_generate/mod.ts";
import { GEMINI_MODELS, NEWEST_GEMINI, OLD_GEMINI } from "./gemini_models.ts";
import { GEMINI_LIST } from "./model_listing.ts";
import { decodedPath, joinNative } from "./native_address.ts";
import type { NativeAddress, NativeCall, Provider } from "./provider.ts";

const BASE = "https://generativelanguage.googleapis.com/v1beta";

/** Google AI Studio, the Gemini API for developers, https://ai.google.dev/api. */
export const googleAiStudio: Provider = {
  slug: "google-ai-studio",
  baseUrl: BASE,
  versions: ["v1beta", "v1", "v1alpha"],
  nativeAddress: studioAddress,
  // Never `?key=`, which ends up in logs.
  auth: { header: "x-goog-api-key", required: true },
  keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
  baseUrlVariables: ["GEMINI_BASE_URL", "GOOGLE_GEMINI_BASE_URL"],
  embeddings: geminiEmbed({ modelPrefix: "models/", batches: true }),
  listings: GEMINI_LIST,
  codec: geminiGenerate({
    ...NEWEST_GEMINI,
    modelPrefix: "models/",
    callIds: true,
    takes: ["serviceTier", "includeServerSideToolInvocations"],
    filesUrl: `${BASE}/files`,
    models: [
      ...GEMINI_MODELS,
      // https://ai.google.dev/gemini-api/docs/file-input-methods: of these only uploaded files.
      { match: `${OLD_GEMINI}|gemma`, webMedia: false },
      { match: "flash-lite", drops: ["frequency_penalty", "presence_penalty", "logprobs"] },
    ],
  }),
};

/** Its imitation of OpenAI's interface takes keys as OpenAI does, https://ai.google.dev/gemini-api/docs/openai. */
const AS_OPENAI = { header: "authorization", prefix: "Bearer ", required: true };

/** The method stands behind the model's name. */
const NAMED = /\/((?:models|tunedModels)\/[^/:]+)(?::\w+)?\/*$/;

function studioAddress({ base, path }: NativeCall): NativeAddress | undefined {
  if (base === undefined) return undefined;
  const url = joinNative(base, path);
  if (/^(?:\/v\d[^/]*)?\/openai\//.test(path)) return { url, auth: AS_OPENAI };
  return { url, model: NAMED.exec(decodedPath(path) ?? "")?.[1] ?? null };
}
