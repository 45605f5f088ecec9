import type { Message, Part, Role, TextPart, ToolCallResponsePart } from "../../chat/request.ts";
import { decodeCalls } from "./answer_parts.ts";
import { refuse } from "../../json/read_members.ts";
import { extend } from "./extension.ts";
import { isObject, type Json, restOf, textOf } from "../../json/fields.ts";
import { decodeMediaPart } from "./media_parts.ts";
import { PROTOCOL } from "./profile.ts";
import { decodeReasoning, withThoughtsBack } from "./reasoning.ts";

const MESSAGE_MEMBERS = new Set(["role", "content", "name"]);
const RESULT_MEMBERS = new Set(["role", "content", "name", "tool_call_id"]);
const TEXT_MEMBERS = new Set(["type", "text"]);
const REFUSAL_MEMBERS = new Set(["type", "refusal"]);

const ROLES = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

/** Reads a conversation. Throws 2019 naming the message that can't be read. */
export function decodeMessages(messages: Json[]): Message[] {
  // The deprecated functions have no ids: call and result are paired by their order.
  let legacyCalls = 0;
  return messages.map((wire, at) => {
    const param = `messages[${at}]`;
    if (!ROLES.has(String(wire.role))) refuse(`${param}.role`, "a known role");
    if (isObject(wire.function_call)) legacyCalls++;
    const legacyId = `call_function${legacyCalls}`;
    if (wire.role === "tool") {
      return decodeResult(wire, param, String(wire.tool_call_id ?? ""), false);
    }
    if (wire.role === "function") return decodeResult(wire, param, legacyId, true);
    if (wire.role === "assistant") return decodeAssistant(wire, param, legacyId);
    return decodePlain(wire, param);
  });
}

function decodePlain(wire: Json, param: string): Message {
  const { parts, rest } = decodeContent(wire.content, `${param}.content`);
  return {
    role: wire.role as Role,
    parts,
    ...nameOf(wire),
    ...extend({ ...rest, ...restOf(wire, MESSAGE_MEMBERS) }),
  };
}

const ASSISTANT_MEMBERS = new Set([
  "role",
  "content",
  "name",
  "refusal",
  "reasoning",
  "reasoning_content",
  "reasoning_details",
  "thinking_blocks",
  "tool_calls",
  "function_call",
  "audio",
]);

function decodeAssistant(given: Json, param: string, legacyId: string): Message {
  const wire = withThoughtsBack(given);
  const { parts, rest } = decodeContent(wire.content, `${param}.content`);
  const refusal = textOf(wire.refusal);
  if (wire.audio !== undefined && wire.audio !== null && !isObject(wire.audio)) {
    refuse(`${param}.audio`, "an object");
  }
  const audio = isObject(wire.audio) ? textOf(wire.audio.id) : undefined;
  return {
    role: "assistant",
    parts: [
      ...decodeReasoning(wire),
      ...parts,
      ...(refusal === undefined ? [] : [{ type: "refusal" as const, content: refusal }]),
      ...(audio === undefined
        ? []
        : [{ type: "file" as const, modality: "audio" as const, fileId: audio }]),
      ...decodeCalls(wire, legacyId),
    ],
    ...nameOf(wire),
    ...extend({ ...rest, ...restOf(wire, ASSISTANT_MEMBERS) }),
  };
}

function decodeResult(wire: Json, param: string, id: string, legacy: boolean): Message {
  const { parts, rest } = decodeContent(wire.content, `${param}.content`);
  const response = parts.filter((part) =>
    part.type === "text" || "modality" in part
  ) as ToolCallResponsePart["response"];
  return {
    role: "tool",
    parts: [{
      type: "tool_call_response",
      id,
      response,
      ...extend({ ...rest, ...(legacy && { legacy }) }),
    }],
    ...nameOf(wire),
    ...extend(restOf(wire, RESULT_MEMBERS)),
  };
}

function nameOf(wire: Json): { name?: string } {
  return typeof wire.name === "string" ? { name: wire.name } : {};
}

/** Text stays a string and a list a list, also a list of one plain text or of nothing. */
function decodeContent(content: unknown, param: string): { parts: Part[]; rest: Json } {
  if (content === undefined || content === null) return { parts: [], rest: {} };
  if (typeof content === "string") return { parts: [{ type: "text", content }], rest: {} };
  if (!Array.isArray(content)) refuse(param, "a string or an array of parts");
  const parts = content.map((part, at) => decodePart(part, `${param}[${at}]`));
  return { parts, rest: isPlainText(parts) || parts.length === 0 ? { list: true } : {} };
}

/** Whether parts could also be written as one string. */
export function isPlainText(parts: readonly Part[]): parts is [TextPart] {
  const [part] = parts;
  return parts.length === 1 && part?.type === "text" && part.extensions === undefined;
}

function decodePart(part: unknown, param: string): Part {
  if (typeof part === "string") return { type: "text", content: part };
  if (!isObject(part)) refuse(param, "an object");
  if (part.type === "text" && typeof part.text === "string") {
    return { type: "text", content: part.text, ...extend(restOf(part, TEXT_MEMBERS)) };
  }
  if (part.type === "refusal" && typeof part.refusal === "string") {
    return {
      type: "refusal",
      content: part.refusal,
      ...extend({ ...restOf(part, REFUSAL_MEMBERS), part: true }),
    };
  }
  return decodeMediaPart(part) ?? { type: "opaque", extensions: { [PROTOCOL]: { part } } };
}
