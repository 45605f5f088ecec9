/** What answers of interfaces that no codec here speaks say of themselves, as far as it is written like OpenAI's or Anthropic's. */
import type { Usage } from "../../chat/response.ts";
import { countOf, isObject, type Json, objectOf, objectsOf, present } from "../../json/fields.ts";

/**
 * The counts of an answer, or of an event of a stream: they stand in `usage`, or in that of the `response`
 * (https://platform.openai.com/docs/api-reference/responses-streaming), the `message` or the `result` inside.
 */
export function toldUsage(answer: Json): Usage | undefined {
  for (const holder of [answer, answer.response, answer.message, answer.result]) {
    const usage = isObject(holder) && isObject(holder.usage)
      ? decodeUsage(holder.usage)
      : undefined;
    if (usage !== undefined) return usage;
  }
  return undefined;
}

function decodeUsage(wire: Json): Usage | undefined {
  const input = countOf(wire.prompt_tokens) ?? countOf(wire.input_tokens);
  const output = countOf(wire.completion_tokens) ?? countOf(wire.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const read = objectOf(wire.prompt_tokens_details ?? wire.input_tokens_details);
  const written = objectOf(wire.completion_tokens_details ?? wire.output_tokens_details);
  const cacheRead = countOf(wire.cache_read_input_tokens);
  const cacheWriteTokens = countOf(wire.cache_creation_input_tokens);
  // Only Anthropic counts beside the input what a cache had to do with.
  const beside = wire.prompt_tokens === undefined ? (cacheRead ?? 0) + (cacheWriteTokens ?? 0) : 0;
  const inputTokens = (input ?? 0) + beside;
  const outputTokens = output ?? 0;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...present({
      cacheReadTokens: cacheRead ?? countOf(read.cached_tokens),
      cacheWriteTokens,
      audioInputTokens: countOf(read.audio_tokens),
      reasoningTokens: countOf(written.reasoning_tokens),
      audioOutputTokens: countOf(written.audio_tokens),
    }),
  };
}

/** Two events of one stream, each of which may leave something out: counts are totals, never summed. */
export function mergedUsage(earlier: Usage | undefined, later: Usage): Usage {
  if (earlier === undefined) return later;
  const inputTokens = Math.max(earlier.inputTokens, later.inputTokens);
  const outputTokens = Math.max(earlier.outputTokens, later.outputTokens);
  return {
    ...earlier,
    ...later,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
  };
}

/** Characters of content in an event: OpenAI's responses have a `delta`, its completions a `text` a choice. */
export function contentLength({ delta, choices }: Json): number {
  const texts = [delta, ...objectsOf(choices).map(({ text }) => text)];
  return texts.reduce<number>((sum, text) => sum + (typeof text === "string" ? text.length : 0), 0);
}

/** Whether an event of whatever interface is the last one, after which nothing is counted any more. */
export function isEnd(data: string): boolean {
  return data === "[DONE]" || LAST.test(data);
}

const LAST =
  /"type"\s*:\s*"(?:message_stop|message-end|response\.(?:completed|incomplete|failed))"/;
