/** Earlier answers that a conversation sends back: their reasoning, refusals and tool calls. */
import type { AppliedProfile } from "./apply_profile.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import type { Edits } from "./edits.ts";
import { joinTexts } from "./order_messages.ts";
import type { Losses } from "../../chat/losses.ts";
import { decodeReasoning } from "./reasoning.ts";

const REASONING = ["reasoning_content", "reasoning", "reasoning_details", "thinking_blocks"];

/** Rewrites what only an assistant's message has. */
export function adaptAssistant(
  profile: AppliedProfile,
  copy: Json,
  edits: Edits,
  losses: Losses,
): void {
  const { members, emptyContent } = profile;
  if (profile.reasoning !== undefined) adaptReasoning(profile, copy, edits, losses);
  const allowed = members?.assistant;
  const refusal = textOf(copy.refusal);
  if (allowed !== undefined && refusal !== undefined && !allowed.includes("refusal")) {
    edits.set(copy, "content", joinTexts(copy.content, refusal));
    edits.drop(copy, "refusal");
    losses.emulated("messages.refusal");
  }
  if (allowed?.includes("tool_calls") && Array.isArray(copy.tool_calls)) {
    plainCalls(copy, copy.tool_calls, edits);
  }
  const calls = Array.isArray(copy.tool_calls) && copy.tool_calls.length > 0;
  const wanted = emptyContent === "always" || (emptyContent === "without_calls" && !calls);
  if (wanted && (copy.content ?? null) === null) edits.set(copy, "content", "");
}

/** One name for the thoughts, or none. Details stay where a provider takes them. */
function adaptReasoning(profile: AppliedProfile, copy: Json, edits: Edits, losses: Losses): void {
  const { reasoning, members } = profile;
  const thoughts = decodeReasoning(copy);
  const text = thoughts.map(({ content }) => content).join("");
  for (const name of REASONING) {
    const kept = name === "reasoning_details" && members === undefined;
    if (name !== reasoning && !kept) edits.drop(copy, name);
  }
  // What only another model can read has no words to be sent in.
  const unread = members !== undefined && thoughts.some(({ redacted }) => redacted === true);
  if (unread || (reasoning === "none" && thoughts.length > 0)) {
    losses.dropped("messages.reasoning_content");
  }
  if (reasoning !== undefined && reasoning !== "none" && text !== "") {
    edits.set(copy, reasoning, text);
  }
}

const SIGNATURES = ["extra_content", "provider_specific_fields"];
const THOUGHTS = [...REASONING, ...SIGNATURES];
/** OpenAI's own client puts its reading of an answer beside it: https://github.com/openai/openai-node/issues/1161 */
const FOREIGN = [...THOUGHTS, "parsed"];
const FOREIGN_IN_CALLS = [...SIGNATURES, "index", "parsed_arguments"];

/** Takes out what others have put into answers of the history; without any it is the very same list. */
export function withoutForeign(messages: readonly unknown[], losses: Losses): readonly unknown[] {
  if (!messages.some(hasForeign)) return messages;
  const thoughts = (each: unknown) => isObject(each) && THOUGHTS.some((name) => name in each);
  if (messages.some(thoughts)) losses.dropped("messages.reasoning_content");
  return messages.map((message) => {
    if (!hasForeign(message)) return message;
    const rest = without(FOREIGN, message);
    if (!Array.isArray(rest.tool_calls)) return rest;
    return { ...rest, tool_calls: rest.tool_calls.map(plainCall) };
  });
}

function plainCall(call: unknown): unknown {
  if (!isObject(call)) return call;
  const rest = without(FOREIGN_IN_CALLS, call);
  const called = rest.function;
  return isObject(called) ? { ...rest, function: without(FOREIGN_IN_CALLS, called) } : rest;
}

function without(names: readonly string[], object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function hasForeign(message: unknown): message is Json {
  if (!isObject(message) || message.role !== "assistant") return false;
  return FOREIGN.some((name) => name in message) ||
    objectsOf(message.tool_calls).some(isForeignCall);
}

function isForeignCall(call: Json): boolean {
  const called = objectOf(call.function);
  return FOREIGN_IN_CALLS.some((name) => name in call || name in called);
}

const CALL_MEMBERS = ["id", "type", "function"];

/** Strict providers know `{id, type, function: {name, arguments}}` and nothing else. */
function plainCalls(copy: Json, calls: readonly unknown[], edits: Edits): void {
  const plain = calls.map((call) => {
    if (!isObject(call) || !isObject(call.function)) return call;
    const { name, arguments: args, ...more } = call.function;
    const text = typeof args === "string" && args !== "" ? args : JSON.stringify(args || {});
    const known = Object.keys(call).every((key) => CALL_MEMBERS.includes(key));
    if (known && call.type === "function" && text === args && Object.keys(more).length === 0) {
      return call;
    }
    return { id: call.id, type: "function", function: { name, arguments: text } };
  });
  if (plain.some((call, at) => call !== calls[at])) edits.set(copy, "tool_calls", plain);
}

/** For providers without tools: what was called, in words. */
export function tellCalls(message: Json, copy: Json, edits: Edits, losses: Losses): void {
  const calls = objectsOf(message.tool_calls).map(({ function: called }) => {
    const { name, arguments: args } = objectOf(called);
    return `Calls ${name}(${args ?? ""})`;
  });
  if (calls.length === 0) return;
  edits.set(copy, "content", joinTexts(copy.content, calls.join("\n")));
  losses.emulated("messages.tool_calls");
}
