import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { GROQ_MODELS } from "./model_rules.ts";
import { ALL_ROLES, DEVELOPER_AS_SYSTEM, PLAIN_MEMBERS, TEXT_AND_IMAGES } from "./openai_like.ts";
import type { Provider } from "./provider.ts";

/** Groq, https://console.groq.com/docs/openai: refuses every key it does not know, at every level. */
export const groq: Provider = {
  slug: "groq",
  baseUrl: "https://api.groq.com/openai/v1",
  versions: ["v1"],
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["GROQ_API_KEY"],
  baseUrlVariables: ["GROQ_BASE_URL"],
  listings: OPENAI_LIST,
  codec: openaiChat({
    refusesEmpty: true,
    accepts: [
      "citation_options",
      "compound_custom",
      "disable_tool_validation",
      "documents",
      "exclude_domains",
      "function_call",
      "functions",
      "include_domains",
      "include_reasoning",
      "max_completion_tokens",
      "parallel_tool_calls",
      "reasoning_format",
      "response_format",
      "search_settings",
      "seed",
      "service_tier",
      "stop",
      "temperature",
      "tool_choice",
      "tools",
      "top_p",
      "user",
    ],
    rename: { max_tokens: "max_completion_tokens" },
    values: {
      service_tier: {
        auto: "auto",
        default: "on_demand",
        flex: "flex",
        on_demand: "on_demand",
        performance: "performance",
        priority: "performance",
        "*": null,
      },
    },
    roles: DEVELOPER_AS_SYSTEM,
    members: {
      ...PLAIN_MEMBERS,
      assistant: ["tool_calls", "reasoning", "function_call"],
      function: ["name"],
    },
    parts: TEXT_AND_IMAGES,
    flatten: ALL_ROLES,
    reasoning: "none",
    customTools: false,
    schema: "envelope",
    models: GROQ_MODELS,
  }),
};
