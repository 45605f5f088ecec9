import type { Usage } from "../../chat/response.ts";
import { countOf, type Json, objectsOf, present, restOf } from "../../json/fields.ts";
import { extend, extensionOf } from "./extension.ts";

const COUNTS = new Set([
  "promptTokenCount",
  "candidatesTokenCount",
  "thoughtsTokenCount",
  "totalTokenCount",
  "cachedContentTokenCount",
]);

/**
 * Google counts what its tools read apart from the prompt, and thoughts apart from the answer.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function decodeUsage(wire: Json): Usage {
  const toolUse = countOf(wire.toolUsePromptTokenCount) ?? 0;
  const thoughts = countOf(wire.thoughtsTokenCount);
  const inputTokens = (countOf(wire.promptTokenCount) ?? 0) + toolUse;
  const outputTokens = (countOf(wire.candidatesTokenCount) ?? 0) + (thoughts ?? 0);
  return {
    inputTokens,
    outputTokens,
    totalTokens: countOf(wire.totalTokenCount) ?? inputTokens + outputTokens,
    ...present({
      cacheReadTokens: countOf(wire.cachedContentTokenCount),
      reasoningTokens: thoughts,
      audioInputTokens: audioOf(wire.promptTokensDetails),
      audioOutputTokens: audioOf(wire.candidatesTokensDetails),
    }),
    ...extend(restOf(wire, COUNTS)),
  };
}

function audioOf(details: unknown): number | undefined {
  const audio = objectsOf(details).find(({ modality }) => modality === "AUDIO");
  return audio && countOf(audio.tokenCount);
}

/** The same counts in Google's words. */
export function encodeUsage(usage: Usage): Json {
  const rest = extensionOf(usage);
  const toolUse = countOf(rest.toolUsePromptTokenCount) ?? 0;
  return {
    promptTokenCount: usage.inputTokens - toolUse,
    candidatesTokenCount: usage.outputTokens - (usage.reasoningTokens ?? 0),
    totalTokenCount: usage.totalTokens,
    ...present({
      cachedContentTokenCount: usage.cacheReadTokens,
      thoughtsTokenCount: usage.reasoningTokens,
      promptTokensDetails: audioDetails(usage.audioInputTokens),
      candidatesTokensDetails: audioDetails(usage.audioOutputTokens),
    }),
    ...rest,
  };
}

function audioDetails(count: number | undefined): Json[] | undefined {
  return count === undefined ? undefined : [{ modality: "AUDIO", tokenCount: count }];
}
