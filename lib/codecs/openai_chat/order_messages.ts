/** Rules about the order of messages. */
import type { AppliedProfile } from "./apply_profile.ts";
import { isObject, type Json, objectsOf } from "../../json/fields.ts";
import type { Losses } from "../../chat/losses.ts";

/** Two contents one after the other: strings as paragraphs, anything else as a list of parts. */
export function joinTexts(first: unknown, second: unknown): unknown {
  if (first === undefined || first === null || first === "") return second;
  if (second === undefined || second === null || second === "") return first;
  if (typeof first === "string" && typeof second === "string") return `${first}\n\n${second}`;
  return [...partsOf(first), ...partsOf(second)];
}

function partsOf(content: unknown): unknown[] {
  return Array.isArray(content) ? content : [{ type: "text", text: String(content) }];
}

/** Puts messages into an order the provider accepts. */
export function orderMessages(
  { order, prefix, reasoningRequired }: AppliedProfile,
  messages: readonly unknown[],
  losses: Losses,
): readonly unknown[] {
  let out = messages;
  if (order === "alternating") out = alternate(objectsOf(out), losses);
  if (order === "no_user_after_tool") out = separateTools(out, losses);
  if (reasoningRequired === true) out = fillReasoning(out, losses);
  return prefix === undefined ? out : markPrefix(out, prefix, losses);
}

function alternate(messages: readonly Json[], losses: Losses): Json[] {
  const isSystem = ({ role }: Json) => role === "system";
  const turns: Json[] = [];
  for (const message of messages.filter((each) => !isSystem(each))) {
    const last = turns.at(-1);
    if (last?.role === message.role) {
      turns[turns.length - 1] = {
        ...last,
        ...message,
        content: joinTexts(last?.content, message.content),
      };
    } else if (last !== undefined || message.role !== "assistant") turns.push(message);
    else losses.dropped("messages");
  }
  // The last word must be the user's.
  if (turns.at(-1)?.role !== "user") turns.push({ role: "user", content: "Continue." });
  const out = [...messages.filter(isSystem), ...turns];
  if (out.length !== messages.length || out.some((each, at) => each !== messages[at])) {
    losses.emulated("messages");
  }
  return out;
}

function roleOf(message: unknown): unknown {
  return isObject(message) ? message.role : undefined;
}

function separateTools(messages: readonly unknown[], losses: Losses): readonly unknown[] {
  const follows = (at: number) =>
    roleOf(messages[at]) === "user" && roleOf(messages[at - 1]) === "tool";
  if (!messages.some((_, at) => follows(at))) return messages;
  losses.emulated("messages");
  return messages.flatMap((message, at) =>
    follows(at) ? [{ role: "assistant", content: "OK." }, message] : [message]
  );
}

/** Thinking models that have called tools want every thought back, also one the caller did not keep. */
function fillReasoning(messages: readonly unknown[], losses: Losses): readonly unknown[] {
  const calls = messages.some((message) => isObject(message) && message.tool_calls !== undefined);
  if (!calls) return messages;
  return messages.map((message) => {
    if (!isObject(message) || message.role !== "assistant") return message;
    if (message.reasoning_content !== undefined) return message;
    if (message.tool_calls !== undefined) losses.filled("messages.reasoning_content");
    return { ...message, reasoning_content: "" };
  });
}

function markPrefix(messages: readonly unknown[], member: string, losses: Losses) {
  const last = messages.at(-1);
  const open = isObject(last) && last.role === "assistant" && last.tool_calls === undefined;
  if (!open || last[member] !== undefined) return messages;
  losses.emulated("messages");
  return [...messages.slice(0, -1), { ...last, [member]: true }];
}
