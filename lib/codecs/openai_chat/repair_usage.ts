/**
 * Token counts of every OpenAI-like provider in OpenAI's form: `prompt_tokens` includes what the cache
 * gave, `completion_tokens` includes reasoning, and the details stand under OpenAI's names.
 */
import { countOf, isObject, type Json, objectOf, objectsOf } from "./fields.ts";

/** OpenAI's usage object; members beyond it (costs, times) are kept. */
export interface WireUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: Json;
  completion_tokens_details?: Json;
  [extra: string]: unknown;
}

/** Whichever place of an answer or chunk holds the counts: the last one found fills the gaps of the first. */
export function findUsage(answer: Json): Json | undefined {
  let found: Json | undefined;
  const places = [answer, objectOf(answer.x_groq), ...objectsOf(answer.choices)];
  for (const { usage } of places) {
    if (isObject(usage)) found = found === undefined ? usage : mergeUsage(usage, found);
  }
  return found;
}

/** Field by field, `later` wins; what it leaves out or has as null stays. Counts are totals, never summed. */
export function mergeUsage(earlier: Json, later: Json): Json {
  const merged: Json = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    if (value === null || value === undefined) continue;
    merged[key] = isObject(value) && isObject(merged[key]) ? mergeUsage(merged[key], value) : value;
  }
  return merged;
}

/** Gives OpenAI's form, `undefined` when nothing was counted. The original is left alone. */
export function repairUsage(raw: Json): WireUsage | undefined {
  const prompt = countOf(raw.prompt_tokens) ?? countOf(raw.input_tokens);
  const completion = countOf(raw.completion_tokens) ?? countOf(raw.output_tokens);
  if (prompt === undefined && completion === undefined) return undefined;
  const promptDetails = countsOf(raw.prompt_tokens_details);
  const completionDetails = countsOf(raw.completion_tokens_details);
  fill(promptDetails, "cached_tokens", [
    raw.prompt_cache_hit_tokens,
    raw.cached_tokens,
    raw.num_cached_tokens,
    raw.cache_read_input_tokens,
  ]);
  fill(promptDetails, "cache_write_tokens", [raw.cache_creation_input_tokens]);
  fill(completionDetails, "reasoning_tokens", [raw.reasoning_tokens]);
  const counted = settleTotal(
    prompt ?? 0,
    completion ?? 0,
    raw.total_tokens,
    completionDetails.reasoning_tokens,
  );
  const usage: WireUsage = { ...withoutNulls(raw), ...counted };
  setDetails(usage, "prompt_tokens_details", promptDetails);
  setDetails(usage, "completion_tokens_details", completionDetails);
  return usage;
}

function settleTotal(prompt: number, completion: number, total: unknown, reasoning: unknown) {
  const given = countOf(total);
  const thought = countOf(reasoning) ?? 0;
  // xAI counts reasoning beside the completion; only its total shows that it was left out.
  const leftOut = thought > 0 && given === prompt + completion + thought;
  const output = leftOut ? completion + thought : completion;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: given ?? prompt + output,
  };
}

/** The members that are counts: providers put null and objects among them. */
function countsOf(details: unknown): Json {
  const counts: Json = {};
  for (const [key, value] of Object.entries(objectOf(details))) {
    const count = countOf(value);
    if (count !== undefined) counts[key] = count;
  }
  return counts;
}

function fill(details: Json, key: string, sources: unknown[]): void {
  if (details[key] !== undefined) return;
  for (const source of sources) {
    const count = countOf(source);
    if (count === undefined) continue;
    details[key] = count;
    return;
  }
}

function setDetails(
  usage: WireUsage,
  key: "prompt_tokens_details" | "completion_tokens_details",
  details: Json,
) {
  if (Object.keys(details).length > 0) usage[key] = details;
  else delete usage[key];
}

function withoutNulls(object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
