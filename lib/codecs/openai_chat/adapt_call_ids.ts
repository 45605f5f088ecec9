import type { AppliedCallIds } from "./apply_profile.ts";
import { digestOf } from "./digest.ts";
import { isObject, type Json } from "../../json/fields.ts";
import type { Losses } from "../../chat/losses.ts";

/**
 * Gives tool calls and their results ids that the provider accepts: the same one wherever it is valid, else
 * a digest of it, so that the same conversation has the same ids in every turn.
 */
export function adaptCallIds(
  form: AppliedCallIds,
  messages: readonly unknown[],
  losses: Losses,
): readonly unknown[] {
  const invalid = new Set<string>();
  eachId(messages, (id) => {
    if (!form.isValid(id)) invalid.add(id);
  });
  if (invalid.size === 0) return messages;
  const taken = new Set<string>();
  eachId(messages, (id) => taken.add(id));
  const ids = new Map<string, string>();
  for (const id of invalid) ids.set(id, freeId(id, form, taken));
  losses.renamed("messages.tool_calls.id");
  return messages.map((message) => isObject(message) ? withIds(message, ids) : message);
}

function eachId(messages: readonly unknown[], visit: (id: string) => void): void {
  for (const message of messages) {
    if (!isObject(message)) continue;
    const { tool_calls, tool_call_id } = message;
    if (typeof tool_call_id === "string") visit(tool_call_id);
    if (!Array.isArray(tool_calls)) continue;
    for (const call of tool_calls) {
      if (isObject(call) && typeof call.id === "string") visit(call.id);
    }
  }
}

/** Two ids of one conversation may have the same digest: then the later one gets another. */
function freeId(id: string, { prefix, length }: AppliedCallIds, taken: Set<string>): string {
  for (let salt = 0;; salt++) {
    const made = prefix + digestOf(salt === 0 ? id : `${id}#${salt}`, length);
    if (taken.has(made)) continue;
    taken.add(made);
    return made;
  }
}

function withIds(message: Json, ids: ReadonlyMap<string, string>): Json {
  const { tool_calls, tool_call_id } = message;
  const result = ids.get(String(tool_call_id));
  const calls = Array.isArray(tool_calls) &&
      tool_calls.some((call) => isObject(call) && ids.has(String(call.id)))
    ? tool_calls.map((call) => isObject(call) ? { ...call, id: idOf(call, ids) } : call)
    : undefined;
  if (result === undefined && calls === undefined) return message;
  return {
    ...message,
    ...(result !== undefined && { tool_call_id: result }),
    ...(calls !== undefined && { tool_calls: calls }),
  };
}

function idOf({ id }: Json, ids: ReadonlyMap<string, string>): unknown {
  return ids.get(String(id)) ?? id;
}
