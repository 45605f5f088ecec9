import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { DEEPSEEK_MODELS } from "./model_rules.ts";
import { ALL_ROLES, DEVELOPER_AS_SYSTEM, NAMED_MEMBERS, OPENAI_ONLY } from "./openai_like.ts";
import type { Provider } from "./provider.ts";

/** DeepSeek, https://api-docs.deepseek.com/api/create-chat-completion: takes many parameters without effect. */
export const deepseek: Provider = {
  slug: "deepseek",
  baseUrl: "https://api.deepseek.com",
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["DEEPSEEK_API_KEY"],
  baseUrlVariables: ["DEEPSEEK_BASE_URL"],
  listings: OPENAI_LIST,
  codec: openaiChat({
    refusesEmpty: true,
    drops: [...OPENAI_ONLY, "logit_bias", "n", "parallel_tool_calls", "seed", "user"],
    rename: { max_completion_tokens: "max_tokens" },
    values: {
      reasoning_effort: {
        none: { thinking: { type: "disabled" } },
        minimal: "low",
        medium: "high",
        xhigh: "high",
      },
    },
    roles: DEVELOPER_AS_SYSTEM,
    members: {
      ...NAMED_MEMBERS,
      assistant: ["name", "tool_calls", "reasoning_content", "prefix"],
    },
    flatten: ALL_ROLES,
    emptyContent: "without_calls",
    reasoning: "reasoning_content",
    plainTools: true,
    // Only its beta address knows strict tools.
    strictTools: "never",
    schema: "json_object",
    models: DEEPSEEK_MODELS,
  }),
};
