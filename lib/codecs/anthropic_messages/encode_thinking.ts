/**
 * How much a model is to think. https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking and
 * …/extended-thinking
 */
import type { Losses } from "../../chat/losses.ts";
import { isClaudeThinking, levelOf, mayThink, mayThinkSo } from "../../chat/thinking.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { isObject, type Json, objectOf } from "../../json/fields.ts";
import { extensionOf, foreignOf } from "./extension.ts";
import type { Capabilities } from "./model_capabilities.ts";
import { THINKING_FORMAT } from "./profile.ts";

/** What a request says about thinking. */
export interface Thinking {
  /** `thinking` and `output_config`, where there is anything to say. */
  members: { thinking?: Json; output_config?: Json };
  max_tokens: number;
  /** The model is told to think, which forbids a choice of samples and of tools. */
  on: boolean;
}

const PARAM = "reasoning_effort";
const LEAST_BUDGET = 1024;

/** Turns the effort asked for into what the model takes; what the caller wrote in Anthropic's words wins. */
export function encodeThinking(
  request: ChatRequest,
  capabilities: Capabilities,
  losses: Losses,
): Thinking {
  const max_tokens = request.maxTokens ?? capabilities.limits.output;
  const said = saidOutright(request, losses);
  if (said !== undefined) return { members: said, max_tokens, on: isOn(said.thinking) };
  const off = { members: {}, max_tokens, on: false };
  const { reasoningEffort: effort } = request;
  if (effort === undefined) return off;
  if (effort === "none") return { ...off, members: switchedOff(capabilities, losses) };
  if (capabilities.thinking === "none") {
    losses.dropped(PARAM);
    return off;
  }
  if (capabilities.thinking === "adaptive") {
    const level = levelOf(effort, capabilities.efforts, losses);
    if (level === undefined) return off;
    // Newer models leave the words of their thoughts out unless asked for a summary.
    const thinking = { type: "adaptive", display: "summarized" };
    return { members: { thinking, output_config: { effort: level } }, max_tokens, on: true };
  }
  return withBudget(request, effort, capabilities, losses) ?? off;
}

function saidOutright(request: ChatRequest, losses: Losses): Thinking["members"] | undefined {
  const own = extensionOf(request);
  const foreign = foreignOf(request);
  const effort = objectOf({ ...foreign, ...own }.output_config).effort;
  const thinking = own.thinking ??
    (isClaudeThinking(foreign.thinking) ? foreign.thinking : undefined);
  if (!isObject(thinking) && effort === undefined) return undefined;
  const may = mayThinkSo(thinking, request.messages, THINKING_FORMAT);
  if (!may) losses.dropped("thinking");
  return {
    ...(isObject(thinking) && may && { thinking }),
    ...(effort !== undefined && { output_config: { effort } }),
  };
}

function isOn(thinking: Json | undefined): boolean {
  return thinking?.type === "enabled" || thinking?.type === "adaptive";
}

function switchedOff({ thinking, thinkingOff }: Capabilities, losses: Losses): Thinking["members"] {
  if (thinking !== "adaptive") return {};
  switch (thinkingOff) {
    case "omitted":
      return {};
    case "low_effort":
      losses.clamped(PARAM, "none", "low");
      return { output_config: { effort: "low" } };
    default:
      return { thinking: { type: thinkingOff } };
  }
}

/** The budget comes on top of what the caller wants to read, as far as the model's own limit allows. */
function withBudget(
  request: ChatRequest,
  effort: string,
  { budgets, limits }: Capabilities,
  losses: Losses,
): Thinking | undefined {
  const wanted = Object.hasOwn(budgets, effort) ? budgets[effort] : undefined;
  if (wanted === undefined || !mayThink(request.messages, THINKING_FORMAT)) {
    losses.dropped(PARAM);
    return undefined;
  }
  const { output } = limits;
  const max_tokens = request.maxTokens === undefined
    ? output
    : Math.max(request.maxTokens, Math.min(request.maxTokens + wanted, output));
  const answer = Math.min(request.maxTokens ?? LEAST_BUDGET, LEAST_BUDGET);
  const budget_tokens = Math.max(LEAST_BUDGET, Math.min(wanted, max_tokens - answer));
  if (budget_tokens >= max_tokens) {
    losses.dropped(PARAM);
    return undefined;
  }
  return {
    members: { thinking: { type: "enabled", budget_tokens } },
    max_tokens,
    on: true,
  };
}
