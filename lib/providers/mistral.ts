import { openaiChat, type OpenAIChatProfile } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { MISTRAL_MODELS } from "./model_rules.ts";
import { DEVELOPER_AS_SYSTEM, PLAIN_MEMBERS } from "./openai_like.ts";
import type { Provider } from "./provider.ts";

/** What Mistral's models take, wherever they are served: any other key is answered 422, at every level. */
export const MISTRAL_PROFILE: OpenAIChatProfile = {
  refusesEmpty: true,
  accepts: [
    "document_image_limit",
    "document_page_limit",
    "frequency_penalty",
    "guardrails",
    "max_tokens",
    "metadata",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_mode",
    "random_seed",
    "response_format",
    "safe_prompt",
    "stop",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
  ],
  // Usage is always in the last chunk.
  asksUsage: false,
  rename: { max_completion_tokens: "max_tokens", seed: "random_seed" },
  values: { tool_choice: { required: "any" } },
  ranges: { temperature: [0, 1.5] },
  conflicts: [{ drop: "top_p", beside: "temperature", value: 0 }],
  roles: DEVELOPER_AS_SYSTEM,
  members: {
    ...PLAIN_MEMBERS,
    assistant: ["tool_calls", "prefix"],
    tool: ["tool_call_id", "name"],
  },
  parts: {
    text: "same",
    image_url: "same",
    document_url: "same",
    reference: "same",
    thinking: "same",
    file: "document_url",
    input_audio: "audio_text",
  },
  emptyContent: "without_calls",
  reasoning: "none",
  order: "no_user_after_tool",
  prefix: "prefix",
  plainTools: true,
  callIds: { valid: "^[A-Za-z0-9]{9}$", prefix: "", length: 9 },
  schema: "envelope",
  noise: ["p"],
  models: MISTRAL_MODELS,
};

/** Mistral, https://docs.mistral.ai/api/. */
export const mistral: Provider = {
  slug: "mistral",
  baseUrl: "https://api.mistral.ai/v1",
  versions: ["v1"],
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["MISTRAL_API_KEY"],
  baseUrlVariables: ["MISTRAL_BASE_URL"],
  embeddings: openaiEmbeddings({
    accepts: ["encoding_format", "metadata", "output_dimension", "output_dtype"],
    rename: { dimensions: "output_dimension" },
    // A list of 257 was refused.
    inputs: 256,
    encoding: "asked",
    purpose: "none",
  }),
  listings: OPENAI_LIST,
  codec: openaiChat(MISTRAL_PROFILE),
};
