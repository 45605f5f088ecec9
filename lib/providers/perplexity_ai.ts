import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { PERPLEXITY_MODELS } from "./model_rules.ts";
import { DEVELOPER_AS_SYSTEM, PLAIN_MEMBERS } from "./openai_like.ts";
import type { Provider } from "./provider.ts";

/** Perplexity's Sonar, https://docs.perplexity.ai/api-reference/chat-completions-post: answers from the web. */
export const perplexityAi: Provider = {
  slug: "perplexity-ai",
  baseUrl: "https://api.perplexity.ai",
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["PERPLEXITY_API_KEY", "PPLX_API_KEY"],
  baseUrlVariables: ["PERPLEXITY_BASE_URL"],
  // Its own list is of the models of another interface, https://docs.perplexity.ai/getting-started/models.
  models: ["sonar", "sonar-pro", "sonar-reasoning-pro", "sonar-deep-research"],
  embeddings: openaiEmbeddings({
    path: "/v1/embeddings",
    accepts: ["dimensions"],
    inputs: 512,
    encoding: "base64_int8",
    purpose: "none",
  }),
  codec: openaiChat({
    refusesEmpty: true,
    accepts: [
      "country",
      "disable_search",
      "enable_search_classifier",
      "frequency_penalty",
      "image_domain_filter",
      "image_format_filter",
      "language_preference",
      "last_updated_after_filter",
      "last_updated_before_filter",
      "logprobs",
      "max_tokens",
      "media_response",
      "presence_penalty",
      "response_format",
      "return_images",
      "return_related_questions",
      "search_after_date_filter",
      "search_before_date_filter",
      "search_domain_filter",
      "search_language_filter",
      "search_mode",
      "search_recency_filter",
      "stream_mode",
      "temperature",
      "top_k",
      "top_logprobs",
      "top_p",
      "web_search_options",
    ],
    // Counts come on every chunk.
    asksUsage: false,
    rename: { max_completion_tokens: "max_tokens" },
    roles: { ...DEVELOPER_AS_SYSTEM, tool: "user" },
    members: { ...PLAIN_MEMBERS, assistant: [] },
    parts: {
      text: "same",
      image_url: "same",
      file_url: "same",
      pdf_url: "same",
      video_url: "same",
      file: "file_url",
    },
    reasoning: "none",
    order: "alternating",
    schema: "schema_only",
    jsonObject: false,
    flatLocation: true,
    thinkTags: true,
    models: PERPLEXITY_MODELS,
  }),
};
