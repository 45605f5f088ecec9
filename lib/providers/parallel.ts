import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { ALL_ROLES, DEVELOPER_AS_SYSTEM, PLAIN_MEMBERS } from "./openai_like.ts";
import { joinedAddress } from "./native_address.ts";
import type { NativeAddress, NativeCall, Provider } from "./provider.ts";

/** Parallel, https://docs.parallel.ai/chat-api/chat-quickstart: web research that ignores nearly every parameter. */
export const parallel: Provider = {
  slug: "parallel",
  baseUrl: "https://api.parallel.ai",
  nativeAddress: parallelAddress,
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["PARALLEL_API_KEY"],
  baseUrlVariables: ["PARALLEL_BASE_URL"],
  // It has no list of its own.
  models: ["speed", "lite", "base", "core"],
  codec: openaiChat({
    refusesEmpty: true,
    accepts: ["previous_interaction_id", "response_format", "source_policy"],
    asksUsage: false,
    roles: { ...DEVELOPER_AS_SYSTEM, tool: "user" },
    members: { ...PLAIN_MEMBERS, assistant: [] },
    parts: { text: "same" },
    flatten: ALL_ROLES,
    emptyContent: "always",
    reasoning: "none",
    schema: "envelope",
    jsonObject: false,
  }),
};

/** Only its chat takes keys as OpenAI does, https://docs.parallel.ai/api-reference. */
function parallelAddress({ base, path }: NativeCall): NativeAddress | undefined {
  if (base === undefined) return undefined;
  const chat = path.endsWith("/chat/completions");
  const auth = { header: "x-api-key", required: true };
  return { ...joinedAddress(base, path), ...(!chat && { auth }) };
}
