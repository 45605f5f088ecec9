/** Token counts. `tokens` is all that was read and written, `billed_units` what is paid for. */
import type { BilledTokens, Usage } from "../../chat/response.ts";
import { countOf, type Json, objectOf, present, restOf } from "../../json/fields.ts";
import { extend, extensionOf } from "./profile.ts";

const MEMBERS: ReadonlySet<string> = new Set(["tokens", "billed_units", "cached_tokens"]);
const BILLED: ReadonlySet<string> = new Set(["input_tokens", "output_tokens"]);
const TOKENS: ReadonlySet<string> = new Set(["input_tokens", "output_tokens", "reasoning_tokens"]);

/** Cohere's counts → neutral ones; `undefined` when there are none. */
export function decodeUsage(wire: Json): Usage | undefined {
  const tokens = objectOf(wire.tokens);
  const billed = objectOf(wire.billed_units);
  const input = countOf(tokens.input_tokens) ?? countOf(billed.input_tokens);
  const output = countOf(tokens.output_tokens) ?? countOf(billed.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const more = restOf(tokens, TOKENS);
  const moreBilled = restOf(billed, BILLED);
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    totalTokens: (input ?? 0) + (output ?? 0),
    ...present({
      cacheReadTokens: countOf(wire.cached_tokens),
      reasoningTokens: countOf(tokens.reasoning_tokens),
      billed: billedOf(billed),
    }),
    ...extend({
      ...restOf(wire, MEMBERS),
      ...(Object.keys(more).length > 0 && { tokens: more }),
      ...(Object.keys(moreBilled).length > 0 && { billed_units: moreBilled }),
    }),
  };
}

/** What Cohere itself puts around a prompt is read, and free. https://docs.cohere.com/reference/chat */
function billedOf({ input_tokens, output_tokens }: Json): BilledTokens | undefined {
  const input = countOf(input_tokens);
  const output = countOf(output_tokens);
  if (input === undefined && output === undefined) return undefined;
  return { inputTokens: input ?? 0, outputTokens: output ?? 0 };
}

/** Neutral counts → Cohere's. */
export function encodeUsage(usage: Usage): Json {
  const { tokens, billed_units, ...rest } = extensionOf(usage);
  const { billed } = usage;
  const units = {
    ...(billed && { input_tokens: billed.inputTokens, output_tokens: billed.outputTokens }),
    ...objectOf(billed_units),
  };
  return {
    ...rest,
    ...(Object.keys(units).length > 0 && { billed_units: units }),
    tokens: {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      ...present({ reasoning_tokens: usage.reasoningTokens }),
      ...objectOf(tokens),
    },
    ...present({ cached_tokens: usage.cacheReadTokens }),
  };
}
