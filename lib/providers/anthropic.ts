import { anthropicMessages } from "../codecs/anthropic_messages/mod.ts";
import { CLAUDE_MODELS } from "./claude_models.ts";
import { ANTHROPIC_LIST } from "./model_listing.ts";
import type { Provider } from "./provider.ts";

/** Anthropic, https://platform.claude.com/docs/en/api/overview: Claude in its own protocol. */
export const anthropic: Provider = {
  slug: "anthropic",
  baseUrl: "https://api.anthropic.com/v1",
  versions: ["v1"],
  auth: {
    header: "x-api-key",
    required: true,
    // Tokens of people who signed in.
    others: [{ match: /^sk-ant-oat/, header: "authorization", prefix: "Bearer " }],
  },
  keyVariables: ["ANTHROPIC_API_KEY"],
  baseUrlVariables: ["ANTHROPIC_BASE_URL"],
  headers: { "anthropic-version": "2023-06-01" },
  forwardHeaders: ["anthropic-beta", "anthropic-version", "anthropic-workspace-id"],
  listings: ANTHROPIC_LIST,
  codec: anthropicMessages({ models: CLAUDE_MODELS }),
};
