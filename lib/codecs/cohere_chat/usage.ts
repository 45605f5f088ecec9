/** Token counts. `tokens` is all that was read and written, `billed_units` what is paid for. */
import type { Usage } from "../../chat/response.ts";
import { countOf, type Json, objectOf, present, restOf } from "../../json/fields.ts";
import { extend, extensionOf } from "./profile.ts";

const MEMBERS: ReadonlySet<string> = new Set(["tokens", "cached_tokens"]);
const TOKENS: ReadonlySet<string> = new Set(["input_tokens", "output_tokens", "reasoning_tokens"]);

/** Cohere's counts → neutral ones; `undefined` when there are none. */
export function decodeUsage(wire: Json): Usage | undefined {
  const tokens = objectOf(wire.tokens);
  const billed = objectOf(wire.billed_units);
  const input = countOf(tokens.input_tokens) ?? countOf(billed.input_tokens);
  const output = countOf(tokens.output_tokens) ?? countOf(billed.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const more = restOf(tokens, TOKENS);
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    totalTokens: (input ?? 0) + (output ?? 0),
    ...present({
      cacheReadTokens: countOf(wire.cached_tokens),
      reasoningTokens: countOf(tokens.reasoning_tokens),
    }),
    ...extend({
      ...restOf(wire, MEMBERS),
      ...(Object.keys(more).length > 0 && { tokens: more }),
    }),
  };
}

/** Neutral counts → Cohere's. */
export function encodeUsage(usage: Usage): Json {
  const { tokens, ...rest } = extensionOf(usage);
  return {
    ...rest,
    tokens: {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      ...present({ reasoning_tokens: usage.reasoningTokens }),
      ...objectOf(tokens),
    },
    ...present({ cached_tokens: usage.cacheReadTokens }),
  };
}
