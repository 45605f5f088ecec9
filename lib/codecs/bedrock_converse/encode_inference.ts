/** Limits and sampling. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html */
import { foreignMembers } from "../../chat/extension.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { type Json, present } from "../../json/fields.ts";
import type { Thinking } from "./encode_thinking.ts";
import { type BedrockCapabilities, PROTOCOL } from "./profile.ts";

/** What writing the parameters of one request needs to know. */
export interface InferenceContext {
  capabilities: BedrockCapabilities;
  losses: Losses;
  thinking: Thinking;
  /** The model thinks, by the effort asked for or by its vendor's own words. */
  on: boolean;
}

/** Members of the body, and what goes among the additional fields. */
export interface EncodedInference {
  members: Json;
  additional: Json;
}

/** Parameters that Converse has no place for, by the caller's names. */
const LACKING = {
  seed: "seed",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  logprobs: "logprobs",
  user: "user",
} as const;

/** Writes what there is a place for, and reports the rest. */
export function encodeInference(request: ChatRequest, context: InferenceContext): EncodedInference {
  const { losses } = context;
  for (const [name, param] of Object.entries(LACKING)) {
    if (request[name as keyof typeof LACKING] !== undefined) losses.dropped(param);
  }
  if (request.logprobs?.top !== undefined) losses.dropped("top_logprobs");
  if ((request.choiceCount ?? 1) > 1) losses.dropped("n");
  const inferenceConfig = present({
    maxTokens: atLeastOne(context.thinking.maxTokens, losses),
    ...encodeSampling(request, context),
    stopSequences: encodeStops(request.stopSequences, losses),
  });
  const requestMetadata = encodeMetadata(request.metadata, losses);
  return {
    members: {
      ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
      ...(requestMetadata !== undefined && { requestMetadata }),
    },
    additional: encodeTopK(request, context),
  };
}

function atLeastOne(maxTokens: number | undefined, losses: Losses): number | undefined {
  if (maxTokens === undefined || maxTokens >= 1) return maxTokens;
  losses.clamped("max_tokens", maxTokens, 1);
  return 1;
}

/** Some models take one of the two, some none; one that thinks takes no other temperature than 1. */
function encodeSampling(
  { temperature, topP }: ChatRequest,
  { capabilities: { sampling }, losses, on }: InferenceContext,
): { temperature?: number; topP?: number } {
  const drop = (param: string, value: number | undefined) => {
    if (value !== undefined) losses.dropped(param);
    return undefined;
  };
  const none = sampling === "none" || on;
  const one = sampling === "one" && temperature !== undefined;
  return {
    temperature: none && temperature !== 1
      ? drop("temperature", temperature)
      : clamped("temperature", temperature, losses),
    topP: none || one ? drop("top_p", topP) : clamped("top_p", topP, losses),
  };
}

function clamped(param: string, value: number | undefined, losses: Losses): number | undefined {
  if (value === undefined) return undefined;
  const inside = Math.min(Math.max(value, 0), 1);
  if (inside !== value) losses.clamped(param, value, inside);
  return inside;
}

/** An empty text would end every answer, and is refused. */
function encodeStops(stops: string[] | undefined, losses: Losses): string[] | undefined {
  const kept = (stops ?? []).filter((stop) => stop !== "");
  if (kept.length < (stops ?? []).length) losses.dropped("stop");
  return kept.length === 0 ? undefined : kept;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, `requestMetadata` */
const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;
const MOST_METADATA = 16;

function encodeMetadata(
  metadata: Record<string, string> | undefined,
  losses: Losses,
): Record<string, string> | undefined {
  if (metadata === undefined) return undefined;
  const entries = Object.entries(metadata);
  const kept = entries.filter(([name, value]) =>
    name !== "" && METADATA.test(name) && METADATA.test(value)
  ).slice(0, MOST_METADATA);
  if (kept.length < entries.length) losses.dropped("metadata");
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function encodeTopK(request: ChatRequest, { capabilities, losses, on }: InferenceContext): Json {
  const { topK: form, sampling } = capabilities;
  const top_k = foreignTopK(request);
  if (top_k === undefined) return {};
  if (form === "none" || sampling === "none" || on) {
    losses.dropped("top_k");
    return {};
  }
  return form === "nova" ? { inferenceConfig: { topK: top_k } } : { top_k };
}

function foreignTopK(request: ChatRequest): unknown {
  for (const [name, value] of foreignMembers(request, PROTOCOL)) if (name === "top_k") return value;
  return undefined;
}
