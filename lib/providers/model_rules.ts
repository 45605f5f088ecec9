/**
 * What depends on the model, by provider. Models come and go monthly, so this is data, and the option
 * `modelRules` adds to it: a rule holds for the models whose name its pattern finds, and the last one wins.
 */
import type { ModelDeviations } from "../codecs/openai_chat/mod.ts";
import { THREE_EFFORTS } from "./openai_like.ts";

type Rules = readonly ModelDeviations[];

/** Reasoning models refuse the old name of the limit with a 400; the others take both. */
export const OPENAI_MODELS: Rules = [
  { match: "^(o\\d|gpt-([5-9]|\\d\\d))", rename: { max_tokens: "max_completion_tokens" } },
];

/** https://console.groq.com/docs/reasoning and …/structured-outputs */
export const GROQ_MODELS: Rules = [
  {
    match: "gpt-oss",
    accepts: ["reasoning_effort"],
    values: { reasoning_effort: { none: "low", ...THREE_EFFORTS } },
    reasoning: "reasoning",
  },
  {
    match: "qwen",
    accepts: ["reasoning_effort"],
    values: { reasoning_effort: { none: "none", default: "default", "*": "default" } },
  },
  {
    // Otherwise these think inside their text.
    match: "qwen|deepseek-r1|qwq",
    defaults: { reasoning_format: { value: "parsed", unless: "include_reasoning" } },
    reasoning: "reasoning",
  },
  {
    match: "^(llama-?3|gemma|mixtral|allam|compound|groq/)|qwen|deepseek-r1",
    schema: "json_object",
  },
];

/** https://docs.mistral.ai/capabilities/reasoning */
export const MISTRAL_MODELS: Rules = [
  {
    match: "^mistral-(small-(26(0[3-9]|1\\d)|2[7-9]\\d\\d|latest)|medium-(3[.-]5|latest))",
    accepts: ["reasoning_effort"],
    values: { reasoning_effort: { none: "none", minimal: "none", high: "high", "*": "high" } },
  },
  {
    match: "^magistral",
    accepts: ["reasoning_effort"],
    values: { reasoning_effort: { none: null, "*": { prompt_mode: "reasoning" } } },
  },
];

/** https://docs.perplexity.ai/getting-started/models */
export const PERPLEXITY_MODELS: Rules = [
  {
    match: "reasoning|research",
    accepts: ["reasoning_effort"],
    values: { reasoning_effort: { none: "minimal", xhigh: "high", max: "high" } },
  },
];

/** https://docs.x.ai/docs/guides/reasoning */
export const XAI_MODELS: Rules = [
  { match: "^grok-(2|3(?!-mini)|4(?!\\.)|code)", drops: ["reasoning_effort"] },
  {
    match: "^grok-(3-mini|code|[4-9])",
    drops: ["stop", "presence_penalty", "frequency_penalty"],
  },
  {
    match: "^grok-3-mini",
    values: {
      reasoning_effort: { none: "low", minimal: "low", medium: "high", xhigh: "high", max: "high" },
    },
  },
  { match: "^grok-4\\.(20|[0-2])(?!\\d)", drops: ["reasoning_effort"] },
  {
    match: "^grok-4\\.[3-9](?!\\d)",
    values: { reasoning_effort: THREE_EFFORTS },
  },
  {
    match: "^grok-4\\.[6-9](?!\\d)",
    values: { reasoning_effort: { minimal: "low", max: "xhigh" } },
  },
];

/** https://api-docs.deepseek.com/guides/thinking_mode */
export const DEEPSEEK_MODELS: Rules = [
  { match: "reasoner", values: { tool_choice: { auto: "auto", none: "none", "*": null } } },
  { match: "deepseek-(v4|chat|reasoner)", reasoningRequired: true },
];

/** https://inference-docs.cerebras.ai/capabilities/reasoning */
export const CEREBRAS_MODELS: Rules = [
  { match: "gpt-oss", roles: {} },
  {
    match: "glm",
    values: { reasoning_effort: { none: { disable_reasoning: true }, ...THREE_EFFORTS } },
  },
];

/** https://docs.baseten.co/development/model-apis/overview */
export const BASETEN_MODELS: Rules = [
  { match: "[Dd]eep[Ss]eek-[Vv]3[.-]1", jsonObject: false, schema: "told" },
];

/** https://developers.cloudflare.com/workers-ai/features/json-mode/ */
export const WORKERS_AI_MODELS: Rules = [
  // Cloudflare's own models take the schema alone, its partners' take OpenAI's envelope.
  { match: "^@(cf|hf)/", schema: "bare" },
  { match: "kimi|glm", reasoning: "reasoning" },
];

/** https://docs.together.ai/docs/reasoning-overview */
export const TOGETHER_MODELS: Rules = [
  { match: "gpt-oss", values: { reasoning_effort: { none: "low", ...THREE_EFFORTS } } },
];
