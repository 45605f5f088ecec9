/** Token counts. Amazon's `inputTokens` leave out what a cache had to do with; the neutral count has it all. */
import type { Usage } from "../../chat/response.ts";
import { countOf, type Json, objectsOf, present, restOf } from "../../json/fields.ts";
import { extend, extensionOf } from "./profile.ts";

const COUNTS: ReadonlySet<string> = new Set([
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "cacheReadInputTokens",
  "cacheWriteInputTokens",
  // The same under earlier names.
  "cacheReadInputTokenCount",
  "cacheWriteInputTokenCount",
]);

/** Amazon's counts → neutral ones; `undefined` when there are none. */
export function decodeUsage(wire: Json): Usage | undefined {
  const input = countOf(wire.inputTokens);
  const output = countOf(wire.outputTokens);
  if (input === undefined && output === undefined) return undefined;
  const cacheReadTokens = countOf(wire.cacheReadInputTokens);
  const cacheWriteTokens = countOf(wire.cacheWriteInputTokens);
  const inputTokens = (input ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const outputTokens = output ?? 0;
  return {
    inputTokens,
    outputTokens,
    totalTokens: Math.max(countOf(wire.totalTokens) ?? 0, inputTokens + outputTokens),
    ...present({
      cacheReadTokens,
      cacheWriteTokens,
      cacheWrite1hTokens: keptForAnHour(wire.cacheDetails),
    }),
    ...extend(restOf(wire, COUNTS)),
  };
}

function keptForAnHour(details: unknown): number | undefined {
  const hour = objectsOf(details).find(({ ttl }) => ttl === "1h");
  return hour && countOf(hour.inputTokens);
}

/** Neutral counts → Amazon's. */
export function encodeUsage(usage: Usage | undefined): Json {
  const { inputTokens = 0, outputTokens = 0, totalTokens = 0 } = usage ?? {};
  const { cacheReadTokens, cacheWriteTokens } = usage ?? {};
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  return {
    inputTokens: Math.max(0, inputTokens - cached),
    outputTokens,
    totalTokens,
    ...present({ cacheReadInputTokens: cacheReadTokens, cacheWriteInputTokens: cacheWriteTokens }),
    ...extensionOf(usage ?? {}),
  };
}
