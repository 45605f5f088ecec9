/** How much a model is to think, in its vendor's words. https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html */
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { levelOf, mayThink } from "../../chat/thinking.ts";
import type { Json } from "../../json/fields.ts";
import type { BedrockCapabilities } from "./profile.ts";

/** What a request says about thinking. */
export interface Thinking {
  /** For `additionalModelRequestFields`. */
  additional: Json;
  /** The limit, with room for thoughts. */
  maxTokens?: number;
  /** The model is told to think, which forbids a choice of samples and of tools. */
  on: boolean;
}

const PARAM = "reasoning_effort";
const LEAST_BUDGET = 1024;

/** Turns the effort asked for into what the model takes. */
export function encodeThinking(
  request: ChatRequest,
  capabilities: BedrockCapabilities,
  losses: Losses,
): Thinking {
  const { reasoningEffort: effort, maxTokens } = request;
  const off: Thinking = {
    additional: {},
    on: false,
    ...(maxTokens !== undefined && { maxTokens }),
  };
  if (effort === undefined) return off;
  if (effort === "none" && capabilities.thinking !== "effort") {
    return { ...off, additional: switchedOff(capabilities, losses) };
  }
  switch (capabilities.thinking) {
    case "budget":
      return withBudget(request, effort, off, capabilities, losses);
    case "adaptive": {
      const level = levelOf(effort, capabilities.efforts, losses);
      if (level === undefined) return off;
      // Newer models leave the words of their thoughts out unless asked for a summary.
      const thinking = { type: "adaptive", display: "summarized" };
      return { ...off, additional: { thinking, output_config: { effort: level } }, on: true };
    }
    case "effort": {
      const level = levelOf(effort, capabilities.efforts, losses);
      return level === undefined ? off : { ...off, additional: { reasoning_effort: level } };
    }
    case "nova":
      return novaThinking(request, effort, off, capabilities, losses);
    case "none":
      losses.dropped(PARAM);
      return off;
  }
}

function switchedOff({ thinking, thinkingOff }: BedrockCapabilities, losses: Losses): Json {
  if (thinking === "nova") return { reasoningConfig: { type: "disabled" } };
  if (thinking !== "adaptive" || thinkingOff === "omitted") return {};
  if (thinkingOff !== "low_effort") return { thinking: { type: thinkingOff } };
  losses.clamped(PARAM, "none", "low");
  return { output_config: { effort: "low" } };
}

/** The budget comes on top of what the caller wants to read. */
function withBudget(
  { messages }: ChatRequest,
  effort: string,
  off: Thinking,
  { budgets, signatures }: BedrockCapabilities,
  losses: Losses,
): Thinking {
  const budget = Object.hasOwn(budgets, effort) ? budgets[effort] : undefined;
  if (budget === undefined || !mayThink(messages, signatures)) {
    losses.dropped(PARAM);
    return off;
  }
  const budget_tokens = Math.max(LEAST_BUDGET, budget);
  const { maxTokens } = off;
  return {
    additional: { thinking: { type: "enabled", budget_tokens } },
    ...(maxTokens !== undefined && { maxTokens: maxTokens + budget_tokens }),
    on: true,
  };
}

/** Nova takes neither limit nor sampling parameters at its highest effort. */
function novaThinking(
  { maxTokens, temperature, topP }: ChatRequest,
  effort: string,
  off: Thinking,
  capabilities: BedrockCapabilities,
  losses: Losses,
): Thinking {
  let level = levelOf(effort, capabilities.efforts, losses);
  if (level === undefined) return off;
  const limited = maxTokens !== undefined || temperature !== undefined || topP !== undefined;
  if (level === "high" && limited) {
    losses.clamped(PARAM, effort, "medium");
    level = "medium";
  }
  const reasoningConfig = { type: "enabled", maxReasoningEffort: level };
  return { ...off, additional: { reasoningConfig } };
}
