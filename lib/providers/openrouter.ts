import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { DEVELOPER_AS_SYSTEM } from "./openai_like.ts";
import type { Provider } from "./provider.ts";

/** OpenRouter, https://openrouter.ai/docs/api-reference/overview: leaves out itself what a model can't do. */
export const openrouter: Provider = {
  slug: "openrouter",
  baseUrl: "https://openrouter.ai/api/v1",
  versions: ["v1"],
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["OPENROUTER_API_KEY"],
  baseUrlVariables: ["OPENROUTER_BASE_URL"],
  // Who is calling, for its rankings.
  forwardHeaders: ["http-referer", "x-title", "x-openrouter-title"],
  embeddings: openaiEmbeddings({ tokens: true, encoding: "asked", purpose: "input_type" }),
  listings: OPENAI_LIST,
  codec: openaiChat({
    refusesEmpty: true,
    rename: { max_tokens: "max_completion_tokens" },
    roles: DEVELOPER_AS_SYSTEM,
    reasoning: "reasoning",
  }),
};
