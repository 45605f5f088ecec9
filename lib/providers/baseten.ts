import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { BASETEN_MODELS } from "./model_rules.ts";
import { DEVELOPER_AS_SYSTEM, NAMED_MEMBERS, OPENAI_ONLY } from "./openai_like.ts";
import { joinedAddress, pathOfSteps, stepsOf } from "./native_address.ts";
import type { NativeAddress, NativeCall, Provider } from "./provider.ts";

/** Baseten's Model APIs, https://docs.baseten.co/reference/inference-api/chat-completions. */
export const baseten: Provider = {
  slug: "baseten",
  baseUrl: "https://inference.baseten.co/v1",
  versions: ["v1"],
  nativeAddress: basetenAddress,
  // Federated keys are refused as Bearer.
  auth: { header: "authorization", prefix: "Api-Key ", required: true },
  keyVariables: ["BASETEN_API_KEY"],
  baseUrlVariables: ["BASETEN_BASE_URL"],
  listings: OPENAI_LIST,
  codec: openaiChat({
    refusesEmpty: true,
    drops: [...OPENAI_ONLY, "n"],
    rename: { max_completion_tokens: "max_tokens" },
    roles: DEVELOPER_AS_SYSTEM,
    members: NAMED_MEMBERS,
    reasoning: "reasoning_content",
    thinkTags: true,
    noise: ["stop_reason"],
    models: BASETEN_MODELS,
  }),
};

/** A model becomes part of a host's name: nothing else may. */
const MODEL = /^[a-z0-9]{1,32}$/;

/** Models of one's own have a host each: https://docs.baseten.co/reference/inference-api/predict-endpoints. */
function basetenAddress({ base, ownBase, path }: NativeCall): NativeAddress | undefined {
  if (base === undefined) return undefined;
  const [first, model = "", ...rest] = stepsOf(path);
  if (ownBase || first !== "model" || !MODEL.test(model)) return joinedAddress(base, path);
  const way = rest.length === 0 ? "/production/predict" : pathOfSteps(rest);
  return { url: `https://model-${model}.api.baseten.co${way}`, model };
}
