import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { OPENAI_MODELS } from "./model_rules.ts";
import type { Provider } from "./provider.ts";

/** OpenAI, https://platform.openai.com/docs/api-reference: the dialect the others are measured by. */
export const openai: Provider = {
  slug: "openai",
  baseUrl: "https://api.openai.com/v1",
  versions: ["v1"],
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["OPENAI_API_KEY"],
  baseUrlVariables: ["OPENAI_BASE_URL"],
  forwardHeaders: ["openai-organization", "openai-project", "openai-beta"],
  embeddings: openaiEmbeddings({
    tokens: true,
    encoding: "asked",
    purpose: "none",
  }),
  listings: OPENAI_LIST,
  codec: openaiChat({
    faithful: true,
    fileUrls: false,
    refusesForeign: true,
    models: OPENAI_MODELS,
  }),
};
