/** A neutral conversation → Cohere's, which refuses members it does not know at every level. */
import type { Losses } from "../../chat/losses.ts";
import type {
  MediaPart,
  Message,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolCallResponsePart,
} from "../../chat/request.ts";
import { isObject, objectOf, parseJson } from "../../json/fields.ts";
import { type CohereCapabilities, extensionOf } from "./profile.ts";
import type { WireCall, WireContent, WireMessage } from "./wire.ts";

/** What writing a conversation needs to know. */
export interface MessageContext {
  capabilities: CohereCapabilities;
  losses: Losses;
}

/** Writes a conversation; what has no words here is reported. */
export function encodeMessages(
  messages: readonly Message[],
  context: MessageContext,
): WireMessage[] {
  return messages.flatMap((message) => encodeMessage(message, context));
}

function encodeMessage(message: Message, context: MessageContext): WireMessage[] {
  const { losses } = context;
  if (message.name !== undefined) losses.dropped("messages.name");
  const results = message.parts.filter((part) => part.type === "tool_call_response");
  const others = message.parts.filter((part) => part.type !== "tool_call_response");
  const out = results.map((part) => encodeResult(part, losses));
  const media = results.flatMap(({ response }) => response.filter((part) => part.type !== "text"));
  if (media.length > 0) {
    // Results are text or documents: their pictures follow as if the user had sent them.
    losses.emulated("messages.content");
    out.push({ role: "user", content: encodeParts(media, losses) });
  }
  if (others.length === 0 && results.length > 0) return out;
  if (message.role === "assistant") {
    return [...out, encodeAssistant({ ...message, parts: others }, context)];
  }
  const role = message.role === "developer" ? "system" : message.role;
  const content = encodeContent(others, extensionOf(message).list === true, losses);
  return [...out, { role: role === "tool" ? "user" : role, content }];
}

/** A list stays a list and a string a string, as far as they can. */
function encodeContent(
  parts: readonly Part[],
  list: boolean,
  losses: Losses,
): string | WireContent[] {
  const [first] = parts;
  if (first === undefined && !list) return "";
  if (parts.length === 1 && first?.type === "text" && !list) return first.content;
  return encodeParts(parts, losses);
}

function encodeParts(parts: readonly Part[], losses: Losses): WireContent[] {
  return parts.flatMap((part): WireContent[] => {
    const wire = encodePart(part);
    if (wire === undefined) losses.dropped("messages.content");
    return wire === undefined ? [] : [wire];
  });
}

function encodePart(part: Part): WireContent | undefined {
  switch (part.type) {
    case "text":
      return encodeText(part);
    case "refusal":
      return { type: "text", text: part.content };
    case "blob":
    case "uri":
      return part.modality === "image" ? encodeImage(part) : undefined;
    default:
      return undefined;
  }
}

function encodeText(part: TextPart): WireContent {
  const { document } = extensionOf(part);
  return isObject(document) ? { type: "document", document } : { type: "text", text: part.content };
}

function encodeImage(part: Exclude<MediaPart, { type: "file" }>): WireContent {
  const url = part.type === "uri"
    ? part.uri
    : `data:${part.mimeType ?? "image/png"};base64,${part.content}`;
  const inner = objectOf(part.extensions?.openai_chat?.inner);
  const detail = extensionOf(part).detail ?? inner.detail;
  return { type: "image_url", image_url: { url, ...(detail !== undefined && { detail }) } };
}

function encodeResult(part: ToolCallResponsePart, losses: Losses): WireMessage {
  if (part.isError === true) losses.dropped("messages.is_error");
  const texts = part.response.filter((each) => each.type === "text");
  const content = encodeContent(texts, extensionOf(part).list === true, losses);
  const plain = typeof content !== "string" && content.length === 0 ? "" : content;
  return { role: "tool", tool_call_id: part.id, content: plain };
}

/**
 * Beside calls Cohere takes no text ("If you wish to pass a tool plan…"): what was said there is the plan.
 */
function encodeAssistant(message: Message, context: MessageContext): WireMessage {
  const { list, citations } = extensionOf(message);
  const calls = message.parts.filter((part) => part.type === "tool_call");
  const thoughts = message.parts.filter((part) => part.type === "reasoning");
  const said = message.parts.filter((part) =>
    part.type !== "tool_call" && part.type !== "reasoning" && part.type !== "citation"
  );
  const { plans, thinking } = encodeThoughts(thoughts, calls.length > 0, context);
  const texts = encodeParts(said, context.losses);
  const plan = calls.length > 0 ? [...plans, ...textsOf(texts)].join("\n") : plans.join("\n");
  const content = calls.length > 0 ? thinking : [...thinking, ...texts];
  return {
    role: "assistant",
    ...contentOf(content, list === true, calls.length > 0 || plan !== ""),
    ...(plan !== "" && { tool_plan: plan }),
    ...(calls.length > 0 && { tool_calls: calls.map((call) => encodeCall(call, context.losses)) }),
    ...(Array.isArray(citations) && { citations }),
  };
}

function contentOf(
  content: WireContent[],
  list: boolean,
  optional: boolean,
): Pick<WireMessage, "content"> {
  const [first] = content;
  if (first === undefined) return optional && !list ? {} : { content: list ? [] : "" };
  const plain = content.length === 1 && first.type === "text" && !list;
  return { content: plain ? first.text : content };
}

function textsOf(contents: readonly WireContent[]): string[] {
  return contents.flatMap((each) => each.type === "text" && each.text !== "" ? [each.text] : []);
}

/** Thoughts of other providers stay away; a model that doesn't think takes its own only as a plan. */
function encodeThoughts(
  parts: readonly ReasoningPart[],
  calling: boolean,
  { capabilities, losses }: MessageContext,
): { plans: string[]; thinking: WireContent[] } {
  const plans: string[] = [];
  const thinking: WireContent[] = [];
  for (const part of parts) {
    const foreign = part.format !== undefined || part.signature !== undefined;
    if (foreign || part.content === "") losses.dropped("messages.reasoning_content");
    else if (extensionOf(part).plan === true) plans.push(part.content);
    else if (capabilities.thinking) thinking.push({ type: "thinking", thinking: part.content });
    else if (calling) plans.push(part.content);
    else losses.dropped("messages.reasoning_content");
  }
  return { plans, thinking };
}

/** Writes a call; arguments must be the JSON text of an object. */
export function encodeCall(part: ToolCallPart, losses?: Losses): WireCall {
  const { id, name } = part;
  return { id, type: "function", function: { name, arguments: argumentsOf(part, losses) } };
}

function argumentsOf(part: ToolCallPart, losses: Losses | undefined): string {
  const text = part.arguments.trim();
  if (text === "" || text === "null") return "{}";
  if (isObject(parseJson(text))) return part.arguments;
  losses?.emulated("messages.tool_calls.function.arguments");
  return JSON.stringify({ _raw: part.arguments });
}
