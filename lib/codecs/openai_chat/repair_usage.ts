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

/** What of it is put into OpenAI's form, and has a place in the neutral language. */
export const COUNTED: ReadonlySet<string> = new Set([
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "prompt_tokens_details",
  "completion_tokens_details",
]);

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
  let read = countsOf(raw.prompt_tokens_details);
  read = filled(
    read,
    "cached_tokens",
    countOf(raw.prompt_cache_hit_tokens) ?? countOf(raw.cached_tokens) ??
      countOf(raw.num_cached_tokens) ?? countOf(raw.cache_read_input_tokens),
  );
  read = filled(read, "cache_write_tokens", countOf(raw.cache_creation_input_tokens));
  let said = countsOf(raw.completion_tokens_details);
  said = filled(said, "reasoning_tokens", countOf(raw.reasoning_tokens));
  const usage: WireUsage = {
    ...settleCounts(
      { prompt: prompt ?? 0, completion: completion ?? 0, total: countOf(raw.total_tokens) },
      countOf(read?.cached_tokens) ?? 0,
      countOf(said?.reasoning_tokens) ?? 0,
    ),
    ...restOf(raw, COUNTED),
  };
  if (read !== undefined) usage.prompt_tokens_details = read;
  if (said !== undefined) usage.completion_tokens_details = said;
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

/** The members that are counts, if any: providers put null and objects among them. */
function countsOf(details: unknown): Json | undefined {
  if (!isObject(details)) return undefined;
  let counts: Json | undefined;
  for (const key of Object.keys(details)) {
    const count = countOf(details[key]);
    if (count !== undefined) (counts ??= {})[key] = count;
  }
  return counts;
}

/** Details with a count, unless they have it already. */
function filled(
  details: Json | undefined,
  key: string,
  count: number | undefined,
): Json | undefined {
  return count === undefined || details?.[key] !== undefined
    ? details
    : { ...details, [key]: count };
}
