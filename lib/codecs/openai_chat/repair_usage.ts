/**
 * Token counts of every OpenAI-like provider in OpenAI's form: `prompt_tokens` includes what the cache
 * gave, `completion_tokens` includes reasoning, and the details stand under OpenAI's names.
 */
import { countOf, isObject, type Json, objectOf, objectsOf, restOf } from "../../json/fields.ts";

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
  fill(
    promptDetails,
    "cached_tokens",
    countOf(raw.prompt_cache_hit_tokens) ?? countOf(raw.cached_tokens) ??
      countOf(raw.num_cached_tokens) ?? countOf(raw.cache_read_input_tokens),
  );
  fill(promptDetails, "cache_write_tokens", countOf(raw.cache_creation_input_tokens));
  fill(completionDetails, "reasoning_tokens", countOf(raw.reasoning_tokens));
  const counted = settleCounts(
    { prompt: prompt ?? 0, completion: completion ?? 0, total: countOf(raw.total_tokens) },
    countOf(promptDetails.cached_tokens) ?? 0,
    countOf(completionDetails.reasoning_tokens) ?? 0,
  );
  const usage: WireUsage = Object.assign(restOf(raw, NONE), counted);
  setDetails(usage, "prompt_tokens_details", promptDetails);
  setDetails(usage, "completion_tokens_details", completionDetails);
  return usage;
}

interface Counts {
  prompt: number;
  completion: number;
  total?: number;
}

/** xAI counts reasoning, and of some models the cache, beside the rest: only its total shows what was left out. */
function settleCounts({ prompt, completion, total }: Counts, cached: number, reasoning: number) {
  const missing = (total ?? 0) - prompt - completion;
  const unread = cached > prompt && (missing === cached || missing === cached + reasoning);
  const unsaid = reasoning > 0 && missing === reasoning + (unread ? cached : 0);
  const counts = {
    prompt_tokens: unread ? prompt + cached : prompt,
    completion_tokens: unsaid ? completion + reasoning : completion,
  };
  return { ...counts, total_tokens: total ?? prompt + completion };
}

/** The members that are counts: providers put null and objects among them. */
function countsOf(details: unknown): Json {
  const counts: Json = {};
  if (!isObject(details)) return counts;
  for (const key of Object.keys(details)) {
    const count = countOf(details[key]);
    if (count !== undefined) counts[key] = count;
  }
  return counts;
}

function fill(details: Json, key: string, count: number | undefined): void {
  if (count !== undefined) details[key] ??= count;
}

function setDetails(
  usage: WireUsage,
  key: "prompt_tokens_details" | "completion_tokens_details",
  details: Json,
) {
  if (Object.keys(details).length > 0) usage[key] = details;
  else delete usage[key];
}

const NONE = new Set<string>();
