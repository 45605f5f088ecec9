import { rulesForModel } from "../../chat/rules_for_model.ts";
import type { AnthropicMessagesProfile, ModelCapabilities } from "./profile.ts";

/** Everything that is known of one model. */
export type Capabilities = Required<ModelCapabilities>;

/**
 * A model no rule speaks of is taken for a new one: it may do everything, since a parameter that is
 * wrongly sent is refused with a reason, while one that is wrongly left out is missed in silence.
 */
const UNKNOWN: Capabilities = {
  limits: { output: 128_000 },
  thinking: "adaptive",
  thinkingOff: "disabled",
  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking: at least 1024.
  budgets: { minimal: 1024, low: 2048, medium: 8192, high: 16_384, xhigh: 24_576, max: 32_000 },
  efforts: {
    minimal: "low",
    low: "low",
    medium: "medium",
    high: "high",
    xhigh: "xhigh",
    max: "max",
  },
  sampling: "free",
  prefill: true,
  forcedTools: true,
  jsonSchema: true,
};

/** Gives the capabilities of a model. */
export function capabilityReader(
  { models = [] }: AnthropicMessagesProfile,
): (model: string) => Capabilities {
  return rulesForModel(UNKNOWN, models);
}
