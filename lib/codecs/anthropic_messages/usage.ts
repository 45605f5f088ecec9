/** Token counts. Anthropic's `input_tokens` leaves out what a cache had to do with; the neutral count has it all. */
import type { CostTeller, Usage } from "../../chat/response.ts";
import { countOf, type Json, objectOf, objectsOf, present, restOf } from "../../json/fields.ts";
import { extend, extensionOf } from "./extension.ts";

const COUNTS = new Set([
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "output_tokens_details",
]);
const THINKING = new Set(["thinking_tokens"]);

/** Anthropic's counts → neutral ones; `undefined` when there are none. */
export function decodeUsage(given: Json): Usage | undefined {
  const wire = given.iterations === undefined ? given : withCompaction(given);
  const input = countOf(wire.input_tokens);
  const output = countOf(wire.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const cacheReadTokens = countOf(wire.cache_read_input_tokens);
  const cacheWriteTokens = countOf(wire.cache_creation_input_tokens);
  const inputTokens = (input ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const outputTokens = output ?? 0;
  const details = objectOf(wire.output_tokens_details);
  const moreDetails = restOf(details, THINKING);
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...present({
      cacheReadTokens,
      cacheWriteTokens,
      cacheWrite1hTokens: countOf(objectOf(wire.cache_creation).ephemeral_1h_input_tokens),
      reasoningTokens: countOf(details.thinking_tokens),
    }),
    ...extend({
      ...restOf(wire, COUNTS),
      ...(Object.keys(moreDetails).length > 0 && { output_tokens_details: moreDetails }),
    }),
  };
}

const SUMMED = [
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
];

/**
 * What a summary of the conversation took is billed, but stands among the iterations alone.
 * https://platform.claude.com/docs/en/build-with-claude/compaction
 */
function withCompaction(wire: Json): Json {
  const iterations = objectsOf(wire.iterations);
  const has = (type: string) => iterations.some((each) => each.type === type);
  if (!has("compaction") || has("fallback_message")) return wire;
  const billed = iterations.filter(({ type }) => type === "message" || type === "compaction");
  const sums = SUMMED.filter((name) => billed.some((each) => countOf(each[name]) !== undefined))
    .map((name) => [name, billed.reduce((sum, each) => sum + (countOf(each[name]) ?? 0), 0)]);
  return { ...wire, ...Object.fromEntries(sums) };
}

/** Later counts over earlier ones: they are cumulative, and `null` says nothing. */
export function mergeUsage(earlier: Json, later: Json): Json {
  return { ...earlier, ...restOf(later, new Set()) };
}

/** Writes beside the counts of an answer, or of an event, what they cost; where nothing was counted, nothing. */
export function addCost(
  holder: Json,
  counts: Usage | undefined,
  cost: CostTeller | undefined,
): void {
  if (counts === undefined || cost === undefined) return;
  holder.usage = { ...objectOf(holder.usage), cost: cost(counts) };
}

/** Neutral counts → Anthropic's, with every member its schema asks for. */
export function encodeUsage(usage: Usage | undefined): Json {
  const { cacheReadTokens, cacheWriteTokens, reasoningTokens, cost } = usage ?? {};
  const { output_tokens_details, ...rest } = extensionOf(usage ?? {});
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const details = {
    ...present({ thinking_tokens: reasoningTokens }),
    ...objectOf(output_tokens_details),
  };
  return {
    input_tokens: Math.max(0, (usage?.inputTokens ?? 0) - cached),
    output_tokens: usage?.outputTokens ?? 0,
    cache_creation_input_tokens: cacheWriteTokens ?? null,
    cache_read_input_tokens: cacheReadTokens ?? null,
    cache_creation: cacheCreationOf(usage),
    inference_geo: null,
    server_tool_use: null,
    service_tier: null,
    ...(Object.keys(details).length > 0 && { output_tokens_details: details }),
    ...rest,
    ...present({ cost }),
  };
}

/** The writes by how long they are kept, where that is known. */
function cacheCreationOf({ cacheWriteTokens = 0, cacheWrite1hTokens }: Partial<Usage> = {}) {
  if (cacheWrite1hTokens === undefined) return null;
  return {
    ephemeral_1h_input_tokens: cacheWrite1hTokens,
    ephemeral_5m_input_tokens: Math.max(0, cacheWriteTokens - cacheWrite1hTokens),
  };
}
