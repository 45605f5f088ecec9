import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { XAI_MODELS } from "./model_rules.ts";
import { DEVELOPER_AS_SYSTEM, OPENAI_ONLY, PLAIN_MEMBERS } from "./openai_like.ts";
import type { Provider } from "./provider.ts";

/** xAI's Grok, https://docs.x.ai/docs/api-reference#chat-completions. */
export const grok: Provider = {
  slug: "grok",
  baseUrl: "https://api.x.ai/v1",
  versions: ["v1"],
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["XAI_API_KEY", "GROK_API_KEY"],
  baseUrlVariables: ["XAI_BASE_URL"],
  // Keeps a conversation where its prompt is cached.
  forwardHeaders: ["x-grok-conv-id"],
  listings: OPENAI_LIST,
  codec: openaiChat({
    refusesEmpty: true,
    drops: [
      ...OPENAI_ONLY.filter((param) => param !== "service_tier"),
      "deferred",
      "logit_bias",
      // Live search has moved to the Responses API.
      "search_parameters",
    ],
    rename: { max_tokens: "max_completion_tokens" },
    values: { service_tier: { default: "default", priority: "priority", "*": null } },
    roles: DEVELOPER_AS_SYSTEM,
    members: { ...PLAIN_MEMBERS, assistant: ["tool_calls", "reasoning_content"] },
    reasoning: "reasoning_content",
    schema: "envelope",
    schemaLacks: ["allOf", "maxItems", "maxLength", "minItems", "minLength"],
    models: XAI_MODELS,
  }),
};
