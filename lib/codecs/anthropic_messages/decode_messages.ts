/** A conversation of Anthropic's dialect → neutral. */
import type { Message, Part, TextPart, ToolCallResponsePart } from "../../chat/request.ts";
import { isObject, type Json, objectOf, objectsOf, restOf } from "../../json/fields.ts";
import { decodeCall, decodeOpaque, decodeRedacted, decodeThinking } from "./answer_blocks.ts";
import { refuse } from "./check_request.ts";
import { decodeMedia } from "./decode_media.ts";
import { unmarkSignature } from "./encode_answer_blocks.ts";
import { extend } from "./extension.ts";

const TEXT_MEMBERS = new Set(["type", "text"]);
const RESULT_MEMBERS = new Set(["type", "tool_use_id", "content", "is_error"]);

/** Reads `system`: a text, or a list of them. */
export function decodeSystem(system: unknown): Message[] {
  if (system === undefined || system === null) return [];
  const { parts, rest } = decodeContent(system, "system");
  return parts.length === 0 ? [] : [{ role: "system", parts, ...extend(rest) }];
}

/** Reads `messages`. Throws 2019 naming the message that can't be read. */
export function decodeMessages(messages: readonly unknown[]): Message[] {
  return messages.flatMap((wire, at) => {
    const param = `messages[${at}]`;
    if (!isObject(wire)) return refuse(param, "an object");
    const { parts, rest } = decodeContent(wire.content, `${param}.content`);
    switch (wire.role) {
      case "user":
        return decodeUser(parts, rest);
      case "assistant":
        return [{ role: "assistant", parts, ...extend(rest) }];
      case "system":
        return [{ role: "system", parts, ...extend({ ...rest, inline: true }) }];
      default:
        return refuse(`${param}.role`, "user or assistant");
    }
  });
}

/** Results of tools are messages of their own elsewhere; what the user says besides comes after them. */
function decodeUser(parts: Part[], rest: Json): Message[] {
  const results = parts.filter((part) => part.type === "tool_call_response");
  const words = parts.filter((part) => part.type !== "tool_call_response");
  if (results.length === 0) return [{ role: "user", parts, ...extend(rest) }];
  return [
    { role: "tool", parts: results },
    ...(words.length === 0 ? [] : [{ role: "user" as const, parts: words }]),
  ];
}

/** Text stays a string and a list a list, also a list of one plain text. */
function decodeContent(content: unknown, param: string): { parts: Part[]; rest: Json } {
  if (typeof content === "string") return { parts: [{ type: "text", content }], rest: {} };
  if (!Array.isArray(content)) refuse(param, "a string or an array of content blocks");
  const parts = content.map((block, at) => {
    if (!isObject(block)) refuse(`${param}[${at}]`, "an object");
    return decodePart(block);
  });
  return { parts, rest: isPlainText(parts) ? { list: true } : {} };
}

function isPlainText(parts: readonly Part[]): parts is [TextPart] {
  const [part] = parts;
  return parts.length === 1 && part?.type === "text" && part.extensions === undefined;
}

function decodePart(block: Json): Part {
  switch (block.type) {
    case "text":
      return {
        type: "text",
        content: String(block.text ?? ""),
        ...extend(restOf(block, TEXT_MEMBERS)),
      };
    case "thinking":
      return unmarkSignature(decodeThinking(block));
    case "redacted_thinking":
      return unmarkSignature(decodeRedacted(block));
    case "tool_use":
      // Names have marks in what providers answer: a caller's are as he wrote them, whatever they look like.
      return {
        ...decodeCall(block, JSON.stringify(objectOf(block.input))),
        name: String(block.name ?? ""),
      };
    case "tool_result":
      return decodeResult(block);
    default:
      return decodeMedia(block) ?? decodeOpaque(block);
  }
}

function decodeResult(block: Json): ToolCallResponsePart {
  const { content = null } = block;
  const blocks = objectsOf(content).map(decodePart);
  const response = typeof content === "string"
    ? [{ type: "text" as const, content }]
    : blocks.filter((part) => part.type === "text" || "modality" in part);
  const whole = response.length === blocks.length || typeof content === "string";
  return {
    type: "tool_call_response",
    id: String(block.tool_use_id ?? ""),
    response: response as ToolCallResponsePart["response"],
    ...(block.is_error === true && { isError: true }),
    ...extend({
      ...restOf(block, RESULT_MEMBERS),
      // What is found by a search, say, has no word elsewhere.
      ...(!whole && { content }),
      ...(Array.isArray(content) && isPlainText(response) && { list: true }),
    }),
  };
}
