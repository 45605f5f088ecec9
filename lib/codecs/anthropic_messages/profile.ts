/**
 * What a platform that serves Claude does otherwise than Anthropic, and what depends on the model. Both
 * are data: codecs read it, providers declare it.
 */
import type { CapabilityKind } from "../../chat/codec.ts";

/** The protocol's name: the key of everything it keeps in `extensions`. */
export const PROTOCOL = "anthropic_messages";

/** Whose signature a thought bears, in the word that other gateways use for it too. */
export const THINKING_FORMAT = "anthropic-claude-v1";

/**
 * How a model is told to think: not at all, with a budget of tokens, or as much as it takes at a level of
 * effort. https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export type ThinkingForm = "none" | "budget" | "adaptive";

/** What becomes of the wish that a model should not think. */
export type ThinkingOff = "omitted" | "disabled" | "between_tools" | "low_effort";

/** Which of temperature, `top_p` and `top_k` it takes: all, not both of the first two, or none. */
export type SamplingForm = "free" | "one" | "none";

/** What depends on the model. */
export interface ModelCapabilities {
  /** `output`: the most tokens it writes, which is also what it may write where the caller sets no limit. */
  limits?: { output: number };
  /** How it is told to think. */
  thinking?: ThinkingForm;
  /** What it is told where the caller wants no thinking. */
  thinkingOff?: ThinkingOff;
  /** Tokens of thinking for a level of effort, for models that take a budget. */
  budgets?: Readonly<Record<string, number>>;
  /** The model's own word for a level of effort, for models that take those. */
  efforts?: Readonly<Record<string, string>>;
  /** Which sampling parameters it takes. */
  sampling?: SamplingForm;
  /** Continues a last message of the assistant. */
  prefill?: boolean;
  /** Can be made to call tools. */
  forcedTools?: boolean;
  /** Keeps to a JSON schema, in answers and in strict tools. */
  jsonSchema?: boolean;
}

/** Capabilities of the models whose name the pattern finds; of several rules the last one counts. */
export interface ModelCapabilityRule extends ModelCapabilities {
  /** Source of a regular expression. */
  match: string;
}

/** The declared deviations of a platform from Anthropic's own API. */
export interface AnthropicMessagesProfile {
  /** Below the base URL, `{model}` standing for the model; default `/messages`. */
  path?: string;
  /** The same for streams, where it differs. */
  streamPath?: string;
  /** The model is named in the path alone. */
  modelInPath?: boolean;
  /** Members that every body has besides: `{"anthropic_version": "vertex-2023-10-16"}`. */
  body?: Readonly<Record<string, unknown>>;
  /** Top-level members it refuses: left out and reported. */
  drops?: readonly string[];
  /** Fetches pictures and documents by their address; default `true`. */
  urlSources?: boolean;
  /** What holds for some models only. */
  models?: readonly ModelCapabilityRule[];
}

/** Kinds of the members of {@linkcode ModelCapabilities}, for checking rules that people write. */
export const CAPABILITIES: Readonly<Record<keyof ModelCapabilities, CapabilityKind>> = {
  limits: "object",
  thinking: "text",
  thinkingOff: "text",
  budgets: "object",
  efforts: "object",
  sampling: "text",
  prefill: "flag",
  forcedTools: "flag",
  jsonSchema: "flag",
};
