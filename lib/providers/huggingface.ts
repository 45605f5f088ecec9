import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { hfFeatureExtraction } from "../codecs/hf_feature_extraction/mod.ts";
import { besideVersion } from "./embeddings_by_model.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { DEVELOPER_AS_SYSTEM, NAMED_MEMBERS, OPENAI_ONLY } from "./openai_like.ts";
import { decodedPath, joinedAddress, namesVersion, withoutVersion } from "./native_address.ts";
import type { NativeAddress, NativeCall, Provider } from "./provider.ts";

/**
 * Hugging Face's router, https://huggingface.co/docs/inference-providers: whoever it chooses may be strict,
 * so what only OpenAI knows is never sent.
 */
export const huggingface: Provider = {
  slug: "huggingface",
  baseUrl: "https://router.huggingface.co/v1",
  versions: ["v1"],
  address: besideVersion("/hf-inference/"),
  nativeAddress: huggingfaceAddress,
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
  baseUrlVariables: ["HUGGINGFACE_BASE_URL"],
  // Which organisation pays.
  forwardHeaders: ["x-hf-bill-to"],
  embeddings: hfFeatureExtraction(),
  listings: OPENAI_LIST,
  codec: openaiChat({
    refusesEmpty: true,
    drops: OPENAI_ONLY,
    rename: { max_completion_tokens: "max_tokens" },
    roles: DEVELOPER_AS_SYSTEM,
    members: NAMED_MEMBERS,
    reasoning: "reasoning_content",
    schema: "envelope",
    thinkTags: true,
    noise: ["stop_reason"],
  }),
};

/** What the router has itself; anything else that names no version is a model. */
const ROUTED = /^\/(?:chat\/completions|models|responses)$/;

/** A name of one step or two, then what is done with the model. */
const NAMED = /^\/hf-inference\/models\/([^/]+(?:\/[^/]+)?)(?:\/(?:pipeline|v\d+)\/.*|\/*)$/;

function huggingfaceAddress({ base, path }: NativeCall): NativeAddress | undefined {
  if (base === undefined) return undefined;
  if (ROUTED.test(path) || namesVersion(path)) return joinedAddress(base, path);
  const root = withoutVersion(base);
  // Cloudflare's gateway stands for the address of the models, which has moved since.
  const [, first] = path.split("/", 2);
  const above = { "hf-inference": "", models: "/hf-inference" }[first ?? ""];
  const way = (above ?? "/hf-inference/models") + path;
  return { url: root + way, model: NAMED.exec(decodedPath(way) ?? "")?.[1] ?? null };
}
