/**
 * What depends on the model on Bedrock. As in `model_rules.ts` this is data, the option `modelRules` adds to
 * it, and the last rule whose pattern is found wins. Names may stand inside a profile's or an ARN.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
 */
import type { BedrockModelRule } from "../codecs/bedrock_converse/mod.ts";
import { CLAUDE_MODELS } from "./claude_models.ts";

/** Claude is told the same as at Anthropic, among the additional fields. */
const CLAUDE: readonly BedrockModelRule[] = CLAUDE_MODELS.map((rule) => {
  const { limits: _, ...known } = rule;
  return known;
});

/** Oldest first. */
export const BEDROCK_MODELS: readonly BedrockModelRule[] = [
  // Most vendors' models take back only thoughts that were signed, know no cache points, and must be told
  // what JSON to write.
  {
    match: ".",
    replay: "signed",
    caching: [],
    longCache: false,
    jsonSchema: false,
    forcedTools: false,
  },
  // https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
  {
    match:
      "deepseek.*v3|gemma-3|gpt-oss|kimi|magistral|minimax|ministral|mistral-large-3|nemotron|qwen3|voxtral",
    jsonSchema: true,
    forcedTools: true,
  },
  { match: "gpt-oss", thinking: "effort", replay: "any" },
  { match: "kimi|minimax", replay: "any" },
  { match: "mistral", callIds: "^[A-Za-z0-9]{9}$" },
  { match: "mistral-large", forcedTools: true },
  { match: "titan-text|mistral-7b|mixtral|cohere\\.command-(text|light)", system: false },
  { match: "amazon\\.nova", topK: "nova", forcedTools: true, caching: ["system", "messages"] },
  { match: "amazon\\.nova-2", thinking: "nova", replay: "any" },
  {
    match: "claude",
    thinking: "adaptive",
    thinkingOff: "disabled",
    efforts: {
      minimal: "low",
      low: "low",
      medium: "medium",
      high: "high",
      xhigh: "xhigh",
      max: "max",
    },
    replay: "signed",
    signatures: "anthropic-claude-v1",
    topK: "top_k",
    forcedTools: true,
    oneCall: true,
    jsonSchema: true,
    caching: ["system", "messages", "tools"],
  },
  ...CLAUDE,
  // https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
  { match: "claude-((opus|sonnet|haiku)-4-[5-9](?!\\d)|[a-z]+-[5-9])", longCache: true },
  { match: "claude-(2|instant|v2|3-(opus|sonnet|haiku)-)", caching: [] },
];
