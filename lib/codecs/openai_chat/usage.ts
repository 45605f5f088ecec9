import type { Usage } from "../../chat/response.ts";
import { statedCostOf } from "../../chat/stated_cost.ts";
import { countOf, type Json, objectOf } from "../../json/fields.ts";
import { PROTOCOL } from "./profile.ts";
import type { WireUsage } from "./repair_usage.ts";

/** Where each neutral count stands among the details. */
const PROMPT_DETAILS = {
  cached_tokens: "cacheReadTokens",
  cache_write_tokens: "cacheWriteTokens",
  audio_tokens: "audioInputTokens",
} as const;
const COMPLETION_DETAILS = {
  reasoning_tokens: "reasoningTokens",
  audio_tokens: "audioOutputTokens",
} as const;

/** Repaired counts → neutral ones; what OpenAI and its likes count besides goes to the extensions. */
export function decodeUsage(wire: WireUsage): Usage {
  const { prompt_tokens, completion_tokens, total_tokens, ...rest } = wire;
  const { prompt_tokens_details, completion_tokens_details, ...extra } = rest;
  const usage: Usage = {
    inputTokens: prompt_tokens,
    outputTokens: completion_tokens,
    totalTokens: total_tokens,
  };
  const others: Json = { ...extra };
  const promptRest = takeDetails(usage, objectOf(prompt_tokens_details), PROMPT_DETAILS);
  const completionRest = takeDetails(
    usage,
    objectOf(completion_tokens_details),
    COMPLETION_DETAILS,
  );
  if (promptRest !== undefined) others.prompt_tokens_details = promptRest;
  const statedCost = statedCostOf(wire);
  if (statedCost !== undefined) usage.statedCost = statedCost;
  if (completionRest !== undefined) others.completion_tokens_details = completionRest;
  if (Object.keys(others).length > 0) usage.extensions = { [PROTOCOL]: others };
  return usage;
}

type CountName =
  | (typeof PROMPT_DETAILS)[keyof typeof PROMPT_DETAILS]
  | (typeof COMPLETION_DETAILS)[keyof typeof COMPLETION_DETAILS];
type DetailNames = Record<string, CountName>;

function takeDetails(usage: Usage, details: Json, names: DetailNames): Json | undefined {
  const rest: Json = { ...details };
  for (const [wireName, name] of Object.entries(names)) {
    const count = countOf(details[wireName]);
    if (count === undefined) continue;
    usage[name] = count;
    delete rest[wireName];
  }
  return Object.keys(rest).length > 0 ? rest : undefined;
}

/** Neutral counts → OpenAI's. */
export function encodeUsage(usage: Usage): WireUsage {
  const { prompt_tokens_details, completion_tokens_details, ...extra } = objectOf(
    usage.extensions?.[PROTOCOL],
  );
  const prompt = putDetails(usage, objectOf(prompt_tokens_details), PROMPT_DETAILS);
  const completion = putDetails(usage, objectOf(completion_tokens_details), COMPLETION_DETAILS);
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.totalTokens,
    ...(prompt !== undefined && { prompt_tokens_details: prompt }),
    ...(completion !== undefined && { completion_tokens_details: completion }),
    ...extra,
    ...(usage.cost !== undefined && { cost: usage.cost }),
  };
}

function putDetails(usage: Usage, rest: Json, names: DetailNames): Json | undefined {
  const details: Json = {};
  for (const [wireName, name] of Object.entries(names)) {
    if (usage[name] !== undefined) details[wireName] = usage[name];
  }
  Object.assign(details, rest);
  return Object.keys(details).length > 0 ? details : undefined;
}
