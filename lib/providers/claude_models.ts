/**
 * What depends on the model, for everybody who serves Claude. As in `model_rules.ts` this is data, the
 * option `modelRules` adds to it, and the last rule whose pattern is found wins. Platforms put names and
 * versions around Anthropic's own: `anthropic.claude-sonnet-4-5-20250929-v1:0`, `claude-opus-4-1@20250805`.
 * https://platform.claude.com/docs/en/about-claude/models/overview
 */
import type { ModelCapabilityRule } from "../codecs/anthropic_messages/mod.ts";

const EFFORTS = { minimal: "low", low: "low", medium: "medium", high: "high", max: "max" };
const FOUR_EFFORTS = { ...EFFORTS, xhigh: "max" };
const FIVE_EFFORTS = { ...EFFORTS, xhigh: "xhigh" };

/** Oldest first. Names no rule finds are taken for models that can do everything. */
export const CLAUDE_MODELS: readonly ModelCapabilityRule[] = [
  {
    match: "claude-(2|instant|3-(opus|sonnet|haiku))",
    limits: { output: 4096 },
    thinking: "none",
    jsonSchema: false,
  },
  { match: "claude-3-5", limits: { output: 8192 }, thinking: "none", jsonSchema: false },
  { match: "claude-3-7", limits: { output: 64_000 }, thinking: "budget", jsonSchema: false },
  {
    match: "claude-(opus|sonnet|haiku)-4",
    limits: { output: 64_000 },
    thinking: "budget",
    jsonSchema: false,
  },
  { match: "claude-opus-4(-[01]|@|-\\d{8})(?!\\d)", limits: { output: 32_000 } },
  { match: "claude-opus-4-1(?!\\d)", sampling: "one" },
  { match: "claude-(opus|sonnet|haiku)-4-[5-9](?!\\d)", sampling: "one", jsonSchema: true },
  {
    match: "claude-(opus|sonnet|haiku)-4-[6-9](?!\\d)",
    limits: { output: 128_000 },
    thinking: "adaptive",
    efforts: FOUR_EFFORTS,
    prefill: false,
  },
  {
    match: "claude-((opus|sonnet|haiku)-4-[7-9](?!\\d)|(opus|sonnet|fable)-5)",
    efforts: FIVE_EFFORTS,
    sampling: "none",
    prefill: false,
  },
  // https://platform.claude.com/docs/en/about-claude/models/migration-guide
  {
    match: "claude-(opus-5-5|fable-5-1)(?!\\d)",
    forcedTools: false,
    thinkingOff: "low_effort",
  },
  { match: "claude-sonnet-5-5(?!\\d)", forcedTools: false, thinkingOff: "between_tools" },
];
