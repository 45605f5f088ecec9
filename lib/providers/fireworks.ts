import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { DEVELOPER_AS_SYSTEM, NAMED_MEMBERS, OPENAI_ONLY, THREE_EFFORTS } from "./openai_like.ts";
import type { Provider } from "./provider.ts";

const TAKEN = ["prediction", "prompt_cache_key", "service_tier"];

/** Fireworks AI, https://docs.fireworks.ai/api-reference/post-chatcompletions. */
export const fireworks: Provider = {
  slug: "fireworks",
  baseUrl: "https://api.fireworks.ai/inference/v1",
  versions: ["v1"],
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["FIREWORKS_API_KEY"],
  baseUrlVariables: ["FIREWORKS_BASE_URL"],
  // Keeps a conversation where its prompt is cached.
  forwardHeaders: ["x-session-affinity"],
  embeddings: openaiEmbeddings({ drops: ["user"], purpose: "none" }),
  listings: OPENAI_LIST,
  codec: openaiChat({
    refusesEmpty: true,
    drops: OPENAI_ONLY.filter((param) => !TAKEN.includes(param)),
    rename: { max_completion_tokens: "max_tokens" },
    values: {
      reasoning_effort: THREE_EFFORTS,
      service_tier: { priority: "priority", "*": null },
    },
    roles: DEVELOPER_AS_SYSTEM,
    members: NAMED_MEMBERS,
    reasoning: "reasoning_content",
    thinkTags: true,
  }),
};
