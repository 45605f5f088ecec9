/** What the profiles of several providers have in common. */
import type { PartForm } from "../codecs/openai_chat/mod.ts";

/** The members of messages that every server of this protocol knows. */
export const PLAIN_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  system: [],
  developer: [],
  user: [],
  assistant: ["tool_calls"],
  tool: ["tool_call_id"],
};

/** The same with names, and earlier reasoning under its usual name. */
export const NAMED_MEMBERS: typeof PLAIN_MEMBERS = {
  system: ["name"],
  developer: ["name"],
  user: ["name"],
  assistant: ["name", "tool_calls", "reasoning_content"],
  tool: ["tool_call_id", "name"],
};

/** Text and pictures. */
export const TEXT_AND_IMAGES: Readonly<Record<string, PartForm>> = {
  text: "same",
  image_url: "same",
};

/** Every role, for providers whose models take lists of text badly. */
export const ALL_ROLES: readonly string[] = ["system", "developer", "user", "assistant", "tool"];

/** Servers that know no `developer` treat it as an unknown role, not as a system message. */
export const DEVELOPER_AS_SYSTEM: Readonly<Record<string, string>> = { developer: "system" };

/** What only OpenAI itself makes something of. */
export const OPENAI_ONLY: readonly string[] = [
  "audio",
  "function_call",
  "functions",
  "metadata",
  "modalities",
  "prediction",
  "prompt_cache_key",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "store",
  "verbosity",
  "web_search_options",
];

/** For servers that know three levels of effort. */
export const THREE_EFFORTS = { minimal: "low", xhigh: "high", max: "high" } as const;
