/** The conversation as a provider takes it. Messages that need no change stay the very same objects. */
import { adaptContent } from "./adapt_content.ts";
import { adaptAssistant, tellCalls, withoutForeign } from "./adapt_assistant.ts";
import type { AppliedProfile } from "./apply_profile.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { Edits } from "./edits.ts";
import type { Losses } from "../../chat/losses.ts";
import { thoughtsBack } from "./reasoning.ts";
import { joinTexts, orderMessages } from "./order_messages.ts";

/** Gives the messages to send; `instruction` is told to the model beside what the caller says. */
export function adaptMessages(
  profile: AppliedProfile,
  given: readonly unknown[],
  instruction: string | undefined,
  losses: Losses,
): readonly unknown[] {
  const whole = thoughtsBack(given);
  const messages = profile.refusesForeign === true ? withoutForeign(whole, losses) : whole;
  if (!profile.rewritesMessages && instruction === undefined) return messages;
  const toolNames = new Map<unknown, unknown>();
  const adapted = messages.map((message) => {
    if (!isObject(message)) return message;
    for (const call of objectsOf(message.tool_calls)) {
      toolNames.set(call.id, objectOf(call.function).name);
    }
    return adaptMessage(profile, message, toolNames, losses);
  });
  const told = instruction === undefined ? adapted : instruct(adapted, instruction);
  const out = orderMessages(profile, told, losses);
  return sameItems(out, messages) ? messages : out;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

function adaptMessage(
  profile: AppliedProfile,
  message: Json,
  toolNames: ReadonlyMap<unknown, unknown>,
  losses: Losses,
): Json {
  const copy: Json = { ...message };
  const edits = new Edits();
  const role = String(message.role);
  if (role === "assistant") adaptAssistant(profile, copy, edits, losses);
  const members = profile.members?.[role];
  if (members !== undefined) keepMembers(members, copy, edits, losses);
  adaptContent(profile, copy, edits, losses);
  if (role === "assistant" && message.tool_calls !== undefined && copy.tool_calls === undefined) {
    tellCalls(message, copy, edits, losses);
  }
  renameRole(profile, copy, toolNames, edits, losses);
  return edits.changed ? copy : message;
}

function keepMembers(members: readonly string[], copy: Json, edits: Edits, losses: Losses): void {
  for (const [key, value] of Object.entries(copy)) {
    const empty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (key === "role" || key === "content" || (members.includes(key) && !empty)) continue;
    edits.drop(copy, key);
    // Calls are told in words below; an empty member says nothing.
    if (!empty && key !== "tool_calls") losses.dropped(`messages.${key}`);
  }
}

function renameRole(
  { roles = {}, members }: AppliedProfile,
  copy: Json,
  toolNames: ReadonlyMap<unknown, unknown>,
  edits: Edits,
  losses: Losses,
): void {
  const from = String(copy.role);
  const to = Object.hasOwn(roles, from) ? roles[from] : undefined;
  if (to === undefined) return;
  edits.set(copy, "role", to);
  if (from !== "tool") return losses.renamed("messages.role", to);
  losses.emulated("messages.role");
  const name = textOf(toolNames.get(copy.tool_call_id)) ?? textOf(copy.name) ?? "the tool";
  edits.set(copy, "content", joinTexts(`Result of ${name}:`, copy.content));
  if (members !== undefined) { for (const key of ["tool_call_id", "name"]) edits.drop(copy, key); }
}

/** Adds to the first system message, or begins with one. */
function instruct(messages: readonly unknown[], instruction: string): unknown[] {
  const at = messages.findIndex((message) => isObject(message) && message.role === "system");
  if (at < 0) return [{ role: "system", content: instruction }, ...messages];
  return messages.map((message, each) =>
    each === at && isObject(message)
      ? { ...message, content: joinTexts(message.content, instruction) }
      : message
  );
}
