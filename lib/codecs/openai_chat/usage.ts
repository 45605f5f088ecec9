import type { Usage } from "../../chat/response.ts";
import { statedCostOf } from "../../chat/stated_cost.ts";
import { countOf, isObject, type Json, objectOf, restOf } from "../../json/fields.ts";
import { PROTOCOL } from "./profile.ts";
import { COUNTED, type WireUsage } from "./repair_usage.ts";

/** Where each neutral count stands among the details. */
const PROMPT_DETAILS: DetailNames = new Map([
  ["cached_tokens", "cacheReadTokens"],
  ["cache_write_tokens", "cacheWriteTokens"],
  ["audio_tokens", "audioInputTokens"],
]);
const COMPLETION_DETAILS: DetailNames = new Map([
  ["reasoning_tokens", "reasoningTokens"],
  ["audio_tokens", "audioOutputTokens"],
]);

/** Repaired counts → neutral ones; what OpenAI and its likes count besides goes to the extensions. */
export function decodeUsage(wire: WireUsage): Usage {
  const usage: Usage = {
    inputTokens: wire.prompt_tokens,
    outputTokens: wire.completion_tokens,
    totalTokens: wire.total_tokens,
  };
  const statedCost = statedCostOf(wire);
  if (statedCost !== undefined) usage.statedCost = statedCost;
  const others = restOf(wire, COUNTED);
  const prompt = takeDetails(usage, wire.prompt_tokens_details, PROMPT_DETAILS);
  if (prompt !== undefined) others.prompt_tokens_details = prompt;
  const said = takeDetails(usage, wire.completion_tokens_details, COMPLETION_DETAILS);
  if (said !== undefined) others.completion_tokens_details = said;
  if (Object.keys(others).length > 0) usage.extensions = { [PROTOCOL]: others };
  return usage;
}

type DetailNames = ReadonlyMap<
  string,
  | "cacheReadTokens"
  | "cacheWriteTokens"
  | "audioInputTokens"
  | "reasoningTokens"
  | "audioOutputTokens"
>;

function takeDetails(usage: Usage, details: unknown, names: DetailNames): Json | undefined {
  if (!isObject(details)) return undefined;
  let rest: Json | undefined;
  for (const key of Object.keys(details)) {
    const name = names.get(key);
    const count = name && countOf(details[key]);
    if (name !== undefined && count !== undefined) usage[name] = count;
    else (rest ??= {})[key] = details[key];
  }
  return rest;
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
  for (const [wireName, name] of names) {
    if (usage[name] !== undefined) details[wireName] = usage[name];
  }
  Object.assign(details, rest);
  return Object.keys(details).length > 0 ? details : undefined;
}
