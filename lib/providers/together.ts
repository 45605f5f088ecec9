import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { TOGETHER_MODELS } from "./model_rules.ts";
import { DEVELOPER_AS_SYSTEM, NAMED_MEMBERS, OPENAI_ONLY, THREE_EFFORTS } from "./openai_like.ts";
import type { Provider } from "./provider.ts";

/** Together AI, https://docs.together.ai/reference/chat-completions-1. */
export const together: Provider = {
  slug: "together",
  baseUrl: "https://api.together.xyz/v1",
  versions: ["v1"],
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["TOGETHER_API_KEY"],
  baseUrlVariables: ["TOGETHER_BASE_URL"],
  embeddings: openaiEmbeddings({ accepts: [], purpose: "none" }),
  listings: OPENAI_LIST,
  codec: openaiChat({
    refusesEmpty: true,
    drops: [...OPENAI_ONLY, "parallel_tool_calls", "user"],
    rename: { max_completion_tokens: "max_tokens" },
    values: {
      reasoning_effort: { none: { reasoning: { enabled: false } }, ...THREE_EFFORTS },
    },
    roles: DEVELOPER_AS_SYSTEM,
    members: NAMED_MEMBERS,
    flatten: ["system", "developer", "tool"],
    reasoning: "reasoning_content",
    schema: "envelope",
    countedLogprobs: true,
    stopList: true,
    thinkTags: true,
    noise: ["seed", "token_id"],
    models: TOGETHER_MODELS,
  }),
};
