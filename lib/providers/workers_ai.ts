import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { WORKERS_AI_MODELS } from "./model_rules.ts";
import {
  DEVELOPER_AS_SYSTEM,
  NAMED_MEMBERS,
  OPENAI_ONLY,
  PLAIN_MEMBERS,
  THREE_EFFORTS,
} from "./openai_like.ts";
import type { Provider } from "./provider.ts";

/** Cloudflare's Workers AI, https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/. */
export const workersAi: Provider = {
  slug: "workers-ai",
  baseUrl: "https://api.cloudflare.com/client/v4/accounts/{accountId}/ai/v1",
  versions: ["v1"],
  settings: { accountId: ["CLOUDFLARE_ACCOUNT_ID", "WORKERS_AI_ACCOUNT_ID"] },
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["WORKERS_AI_API_KEY", "WORKERS_AI_API_TOKEN", "CLOUDFLARE_API_TOKEN"],
  baseUrlVariables: ["WORKERS_AI_BASE_URL"],
  // Keeps a conversation where its prompt is cached.
  forwardHeaders: ["x-session-affinity"],
  codec: openaiChat({
    refusesEmpty: true,
    drops: [...OPENAI_ONLY, "logit_bias", "logprobs", "n", "top_logprobs", "user"],
    rename: { max_completion_tokens: "max_tokens" },
    values: {
      reasoning_effort: {
        none: { chat_template_kwargs: { enable_thinking: false } },
        ...THREE_EFFORTS,
      },
    },
    ranges: { temperature: [0, 5], top_p: [0, 2] },
    roles: DEVELOPER_AS_SYSTEM,
    members: { ...NAMED_MEMBERS, assistant: [...PLAIN_MEMBERS.assistant ?? [], "reasoning"] },
    parts: { text: "same", image_url: "data_only", input_audio: "same" },
    emptyContent: "always",
    reasoning: "none",
    schema: "envelope",
    jsonStreams: false,
    thinkTags: true,
    noise: ["p"],
    models: WORKERS_AI_MODELS,
  }),
};
