import type {
  Message,
  Part,
  TextPart,
  ToolCallPart,
  ToolCallResponsePart,
} from "../../chat/request.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { refuse } from "../../json/read_members.ts";
import { extend } from "./profile.ts";

/** Reads a conversation. Throws 2019 naming the message that can't be read. */
export function decodeMessages(messages: readonly Json[]): Message[] {
  return messages.map((wire, at) => {
    const param = `messages[${at}]`;
    switch (wire.role) {
      case "system":
      case "user": {
        const { parts, list } = decodeContent(wire.content, `${param}.content`);
        return { role: wire.role, parts, ...extend(list) };
      }
      case "assistant":
        return decodeAssistant(wire, param);
      case "tool":
        return decodeResult(wire, param);
      default:
        return refuse(`${param}.role`, "system, user, assistant or tool");
    }
  });
}

function decodeAssistant(wire: Json, param: string): Message {
  const { parts, list } = decodeContent(wire.content, `${param}.content`);
  const plan = textOf(wire.tool_plan);
  const { citations } = wire;
  return {
    role: "assistant",
    parts: [
      ...parts,
      ...(plan === undefined
        ? []
        : [{ type: "reasoning" as const, content: plan, ...extend({ plan: true }) }]),
      ...objectsOf(wire.tool_calls).map(decodeHistoryCall),
    ],
    ...extend({ ...list, ...(Array.isArray(citations) && { citations }) }),
  };
}

/** What the model called in an earlier turn, as it was written. */
function decodeHistoryCall(call: Json): ToolCallPart {
  const called = objectOf(call.function);
  return {
    type: "tool_call",
    id: String(call.id ?? ""),
    name: String(called.name ?? ""),
    arguments: textOf(called.arguments) ?? "{}",
    kind: "function",
  };
}

function decodeResult(wire: Json, param: string): Message {
  const { parts, list } = decodeContent(wire.content, `${param}.content`);
  const response = parts.filter((part): part is TextPart => part.type === "text");
  const part: ToolCallResponsePart = {
    type: "tool_call_response",
    id: String(wire.tool_call_id ?? ""),
    response,
    ...extend(list),
  };
  return { role: "tool", parts: [part] };
}

/** Text stays a string and a list a list, also a list of one plain text or of nothing. */
function decodeContent(content: unknown, param: string): { parts: Part[]; list: Json } {
  if (content === undefined || content === null) return { parts: [], list: {} };
  if (typeof content === "string") {
    return { parts: content === "" ? [] : [{ type: "text", content }], list: {} };
  }
  if (!Array.isArray(content)) refuse(param, "a string or an array of parts");
  const parts = content.map((part, at) => decodePart(part, `${param}[${at}]`));
  const [first] = parts;
  const ambiguous = first === undefined ||
    (parts.length === 1 && first.type === "text" && first.extensions === undefined);
  return { parts, list: ambiguous ? { list: true } : {} };
}

function decodePart(part: unknown, param: string): Part {
  if (!isObject(part)) refuse(param, "an object");
  switch (part.type) {
    case "text":
      return { type: "text", content: String(part.text ?? "") };
    case "thinking":
      return { type: "reasoning", content: String(part.thinking ?? "") };
    case "image_url":
      return decodeImage(part.image_url, param);
    case "document": {
      const document = objectOf(part.document);
      return {
        type: "text",
        content: JSON.stringify(document.data ?? {}),
        ...extend({ document }),
      };
    }
    default:
      return refuse(`${param}.type`, "text, image_url, thinking or document");
  }
}

function decodeImage(image: unknown, param: string): Part {
  const { url, detail } = objectOf(image);
  if (typeof url !== "string") refuse(`${param}.image_url.url`, "an address");
  const kept = extend(detail === undefined ? {} : { detail });
  const data = /^data:([\w.+/-]+);base64,/.exec(url);
  if (data === null) return { type: "uri", modality: "image", uri: url, ...kept };
  return {
    type: "blob",
    modality: "image",
    mimeType: data[1],
    content: url.slice(data[0].length),
    ...kept,
  };
}
