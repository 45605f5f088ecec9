/** What several protocols that serve the same models need to know of earlier thoughts and of effort. */
import { isObject, type Json, objectOf } from "../json/fields.ts";
import type { Losses } from "./losses.ts";
import type { Message, Part, ReasoningPart } from "./request.ts";

const PARAM = "reasoning_effort";

/** A model's own word for a level of effort; a level it lacks is reported, as is one that becomes another. */
export function levelOf(
  effort: string,
  efforts: Readonly<Record<string, string>>,
  losses: Losses,
): string | undefined {
  const level = Object.hasOwn(efforts, effort) ? efforts[effort] : undefined;
  if (level === undefined) losses.dropped(PARAM);
  else if (level !== effort) losses.clamped(PARAM, effort, level);
  return level;
}

/**
 * Claude with a budget wants its own thought before the calls of the turn that is being answered: whether it
 * is there, signed in `format`, or not needed. A caller who did not keep it gets an answer without thinking
 * instead of a 400.
 */
export function mayThink(messages: readonly Message[], format: string): boolean {
  const last = messages.findLast(({ role }) => role === "assistant");
  const calls = last?.parts.some(({ type }) => type === "tool_call") ?? false;
  if (!calls || messages.at(-1)?.role === "user") return true;
  return last?.parts.some((part) => isSigned(part, format)) ?? false;
}

/** The same for a `thinking` in Claude's own words, of which only one with a budget wants that. */
export function mayThinkSo(
  thinking: unknown,
  messages: readonly Message[],
  format: string,
): boolean {
  return objectOf(thinking).type !== "enabled" || mayThink(messages, format);
}

/** Whether a part is a thought with a signature of that format; one that names none is taken for one. */
export function isSigned(
  part: Part,
  format: string,
): part is ReasoningPart & { signature: string } {
  return part.type === "reasoning" && part.signature !== undefined &&
    (part.format ?? format) === format;
}

/**
 * Whether a `thinking` is in Claude's own words, rather than in another provider's by the same name.
 * https://platform.claude.com/docs/en/api/messages/create, `thinking`
 */
export function isClaudeThinking(thinking: unknown): thinking is Json {
  if (!isObject(thinking)) return false;
  const { type, budget_tokens } = thinking;
  return type === "disabled" || type === "adaptive" ||
    (type === "enabled" && typeof budget_tokens === "number");
}
