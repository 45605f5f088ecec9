import type { MediaPart, Message, Part, ToolCallResponsePart } from "../../chat/request.ts";
import { encodeCall, isLegacyCall } from "./answer_parts.ts";
import { isPlainText } from "./decode_messages.ts";
import { extensionOf } from "./extension.ts";
import { isObject, type Json } from "../../json/fields.ts";
import type { Losses } from "../../chat/losses.ts";
import { encodeMediaPart } from "./media_parts.ts";
import { encodeReasoning } from "./reasoning.ts";

/** Writes a conversation; what has no words here is reported to `losses`. */
export function encodeMessages(messages: readonly Message[], losses: Losses): Json[] {
  return messages.flatMap((message) => encodeMessage(message, losses));
}

/** Tool results become messages of their own, before whatever else the message holds. */
function encodeMessage(message: Message, losses: Losses): Json[] {
  const results = message.parts.filter((part) => part.type === "tool_call_response");
  const others = message.parts.filter((part) => part.type !== "tool_call_response");
  const out = results.map((part) => encodeResult(message, part, losses));
  const media = results.flatMap(({ response }) => response.filter((part) => part.type !== "text"));
  if (media.length > 0) {
    // A tool's answer is text here: its pictures follow as if the user had sent them.
    losses.emulated("messages.content");
    out.push({ role: "user", content: encodeParts(media, losses) });
  }
  if (others.length > 0 || results.length === 0) {
    out.push(
      message.role === "assistant"
        ? encodeAssistant(message, losses)
        : encodePlain(message, others, losses),
    );
  }
  return out;
}

function encodePlain(message: Message, parts: Part[], losses: Losses): Json {
  const { list, ...rest } = extensionOf(message);
  return {
    role: message.role === "tool" ? "user" : message.role,
    content: encodeContent(parts, list === true, losses),
    ...(message.name !== undefined && { name: message.name }),
    ...rest,
  };
}

function encodeResult(message: Message, part: ToolCallResponsePart, losses: Losses): Json {
  if (part.isError === true) losses.dropped("messages.is_error");
  const { list, legacy } = extensionOf(part);
  const texts = part.response.filter((each) => each.type === "text");
  const content = texts.length === 0 && list !== true
    ? ""
    : encodeContent(texts, list === true, losses);
  const name = message.name === undefined ? {} : { name: message.name };
  if (legacy === true) return { role: "function", ...name, content, ...extensionOf(message) };
  return {
    role: "tool",
    tool_call_id: part.id,
    content,
    ...name,
    ...extensionOf(message),
  };
}

function encodeAssistant(message: Message, losses: Losses): Json {
  const { parts, name } = message;
  const { list, ...rest } = extensionOf(message);
  const calls = parts.filter((part) => part.type === "tool_call");
  const toolCalls = calls.filter((part) => !isLegacyCall(part));
  const legacy = calls.find(isLegacyCall);
  const refusal = parts.find((part) => part.type === "refusal" && extensionOf(part).part !== true);
  const speech = parts.find((part) => part.type === "file" && part.modality === "audio");
  const content = parts.filter((part) => isContent(part) && part !== refusal && part !== speech);
  return {
    role: "assistant",
    content: content.length === 0 && list !== true
      ? null
      : encodeContent(content, list === true, losses),
    ...(name !== undefined && { name }),
    ...(refusal?.type === "refusal" && { refusal: refusal.content }),
    ...encodeReasoning(parts.filter((part) => part.type === "reasoning")),
    ...(speech?.type === "file" && { audio: { id: speech.fileId } }),
    ...(toolCalls.length > 0 &&
      { tool_calls: toolCalls.map(encodeCall) }),
    ...(legacy !== undefined &&
      { function_call: { name: legacy.name, arguments: legacy.arguments } }),
    ...rest,
  };
}

function isContent(part: Part): boolean {
  return part.type !== "reasoning" && part.type !== "tool_call" && part.type !== "citation";
}

function encodeContent(parts: readonly Part[], list: boolean, losses: Losses): unknown {
  if (isPlainText(parts) && !list) return parts[0].content;
  const written = encodeParts(parts, losses);
  // A list of nothing is refused.
  return written.length === 0 && parts.length > 0 ? "" : written;
}

function encodeParts(parts: readonly Part[], losses: Losses): Json[] {
  return parts.flatMap((part): Json[] => {
    const wire = encodePart(part);
    if (wire === undefined) losses.dropped("messages.content");
    return wire === undefined ? [] : [wire];
  });
}

function encodePart(part: Part): Json | undefined {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.content, ...extensionOf(part) };
    case "refusal": {
      const { part: _, ...rest } = extensionOf(part);
      return { type: "refusal", refusal: part.content, ...rest };
    }
    case "blob":
    case "uri":
    case "file":
      return encodeMediaPart(part satisfies MediaPart);
    case "opaque": {
      const { part: wire } = extensionOf(part);
      return isObject(wire) ? wire : undefined;
    }
    default:
      return undefined;
  }
}
