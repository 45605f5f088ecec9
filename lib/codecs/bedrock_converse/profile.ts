/** What depends on the model. A profile is data: the codec reads it, the provider declares it. */
import type { CapabilityKind } from "../../chat/codec.ts";
import { extensionsOf } from "../../chat/extension.ts";

/** The protocol's name: the key of everything it keeps in `extensions`. */
export const PROTOCOL = "bedrock_converse";

/** This protocol's own place in `extensions`. */
export const { extend, extensionOf } = extensionsOf(PROTOCOL);

/** Where a mark may say that everything before it is to be cached. */
export type CachePlace = "system" | "messages" | "tools";

/**
 * What may hold for some models only. `additionalModelRequestFields` are each vendor's own: what stands
 * there goes by the vendor's words.
 */
export interface BedrockCapabilities {
  /** How it is told to think: not at all, with a budget, adaptively (Claude), by effort (gpt-oss), or as Nova. */
  thinking: "none" | "budget" | "adaptive" | "effort" | "nova";
  /** What it is told where the caller wants no thinking. */
  thinkingOff: "omitted" | "disabled" | "between_tools" | "low_effort";
  /** Tokens of thinking for a level of effort, for models that take a budget. */
  budgets: Readonly<Record<string, number>>;
  /** The model's own word for a level of effort. */
  efforts: Readonly<Record<string, string>>;
  /** Which of its earlier thoughts it takes back: all, the signed ones, or none. */
  replay: "any" | "signed" | "none";
  /** Whose signatures its thoughts bear, where they do; those of others stay away. */
  signatures: string;
  /** Which sampling parameters it takes: all, not both temperature and `top_p`, or none. */
  sampling: "free" | "one" | "none";
  /** Where `top_k` goes: among the additional fields, or into those of Nova. */
  topK: "top_k" | "nova" | "none";
  /** Can be made to call tools. */
  forcedTools: boolean;
  /** Can be told to call one tool at a time. */
  oneCall: boolean;
  /** Takes a system prompt; else it is told in the first turn. */
  system: boolean;
  /** Keeps to a JSON schema, in answers and in strict tools. */
  jsonSchema: boolean;
  /** Continues a last message of the assistant. */
  prefill: boolean;
  /** Where it takes cache points. */
  caching: readonly CachePlace[];
  /** Keeps them for an hour when asked to. */
  longCache: boolean;
  /** Source of a regular expression that finds valid ids of calls. */
  callIds: string;
}

/** Capabilities of the models whose name the pattern finds; of several rules the last one counts. */
export interface BedrockModelRule extends Partial<BedrockCapabilities> {
  /** Source of a regular expression. */
  match: string;
}

/** The models of a place that speaks this protocol. */
export interface BedrockProfile {
  /** What holds for some models only. */
  models?: readonly BedrockModelRule[];
}

/** Kinds of the members of {@linkcode BedrockCapabilities}, for checking rules that people write. */
export const CAPABILITIES: Readonly<Record<keyof BedrockCapabilities, CapabilityKind>> = {
  thinking: "text",
  thinkingOff: "text",
  budgets: "object",
  efforts: "object",
  replay: "text",
  signatures: "text",
  sampling: "text",
  topK: "text",
  forcedTools: "flag",
  oneCall: "flag",
  system: "flag",
  jsonSchema: "flag",
  prefill: "flag",
  caching: "list",
  longCache: "flag",
  callIds: "text",
};

/** A model no rule speaks of is taken to do everything that has one name for all vendors. */
export const UNKNOWN_MODEL: BedrockCapabilities = {
  thinking: "none",
  thinkingOff: "omitted",
  budgets: { minimal: 1024, low: 2048, medium: 8192, high: 16_384, xhigh: 24_576, max: 32_000 },
  efforts: {
    minimal: "low",
    low: "low",
    medium: "medium",
    high: "high",
    xhigh: "high",
    max: "high",
  },
  replay: "any",
  signatures: "",
  sampling: "free",
  topK: "none",
  forcedTools: true,
  oneCall: false,
  system: true,
  jsonSchema: true,
  prefill: true,
  caching: ["system", "messages", "tools"],
  longCache: true,
  // The newest page allows `.` and `:` too; older models don't.
  callIds: "^[A-Za-z0-9_-]{1,64}$",
};
