/** What depends on the model. A profile is data: the codec reads it, the provider declares it. */
import type { CapabilityKind } from "../../chat/codec.ts";
import { extensionsOf } from "../../chat/extension.ts";

/** The protocol's name: the key of everything it keeps in `extensions`. */
export const PROTOCOL = "cohere_chat";

/** This protocol's own place in `extensions`. */
export const { extend, extensionOf } = extensionsOf(PROTOCOL);

/** What may hold for some models only. */
export interface CohereCapabilities {
  /** Thinks before it answers, and takes its earlier thoughts back. */
  thinking: boolean;
  /** Can be made to call tools, or kept from it. */
  forcedTools: boolean;
  /** By `reasoning_effort`: the most tokens of thinking, 0 for as many as it takes. */
  budgets: Readonly<Record<string, number>>;
}

/** Capabilities of the models whose name the pattern finds; of several rules the last one counts. */
export interface CohereModelRule extends Partial<CohereCapabilities> {
  /** Source of a regular expression. */
  match: string;
}

/** The models of a place that speaks this protocol. */
export interface CohereProfile {
  /** What holds for some models only. */
  models?: readonly CohereModelRule[];
}

/** Kinds of the members of {@linkcode CohereCapabilities}, for checking rules that people write. */
export const CAPABILITIES: Readonly<Record<keyof CohereCapabilities, CapabilityKind>> = {
  thinking: "flag",
  forcedTools: "flag",
  budgets: "object",
};

/**
 * A model no rule speaks of is taken for a new one: what it cannot do it refuses with a reason.
 * https://docs.cohere.com/docs/reasoning
 */
export const UNKNOWN_MODEL: CohereCapabilities = {
  thinking: true,
  forcedTools: true,
  budgets: { minimal: 512, low: 2048, medium: 8192, high: 0, xhigh: 0, max: 0 },
};
