/**
 * Reasoning beside the text, in the two forms clients of this protocol know: `reasoning_content` to be
 * read, and `reasoning_details`, which loses nothing and can be sent back to the model it came from.
 */
import type { ReasoningPart } from "../../chat/request.ts";
import { extend, extensionOf } from "./extension.ts";
import { isObject, type Json, objectOf, objectsOf, restOf, textOf } from "../../json/fields.ts";

const DETAIL_MEMBERS = new Set(["text", "summary", "data", "signature", "format", "type"]);

/**
 * Reads the reasoning of a message. Details win, since `reasoning_content` then only repeats their text;
 * where none of them can be read, it is the text beside them.
 */
export function decodeReasoning(message: Json): ReasoningPart[] {
  const content = textOf(message.reasoning_content) ?? textOf(message.reasoning);
  const plain: ReasoningPart[] = content === undefined ? [] : [{ type: "reasoning", content }];
  const details = objectsOf(message.reasoning_details).map(decodeDetail);
  const blocks = details.length > 0 ? details : objectsOf(message.thinking_blocks).map(decodeBlock);
  return blocks.some((block) => block.content !== "") ? blocks : [...plain, ...blocks];
}

/**
 * Signed thoughts stand a second time beside a streamed answer's first call. OpenAI's own client keeps only the
 * last piece of a member it does not know, also of `reasoning_details`, which comes in many; but it keeps all of
 * a call. Google has put signatures there for the same reason:
 * https://ai.google.dev/gemini-api/docs/thought-signatures, "OpenAI compatibility"
 */
export function besideCall(parts: readonly ReasoningPart[]): Json {
  return { dragoman: { reasoning_details: parts.map(encodeDetail) } };
}

/** Puts such thoughts back where they belong; messages without them are the very same. */
export function thoughtsBack(messages: readonly unknown[]): readonly unknown[] {
  return messages.some((each) => thoughtsBeside(each) !== undefined)
    ? messages.map((each) => isObject(each) ? withThoughtsBack(each) : each)
    : messages;
}

/** The same for one message. */
export function withThoughtsBack(message: Json): Json {
  const reasoning_details = thoughtsBeside(message);
  if (reasoning_details === undefined) return message;
  const tool_calls = objectsOf(message.tool_calls)
    .map(({ extra_content, ...call }) => ({ ...call, ...othersBesideCall(extra_content) }));
  return { ...message, reasoning_details, tool_calls };
}

function thoughtsBeside(message: unknown): unknown[] | undefined {
  if (!isObject(message) || !Array.isArray(message.tool_calls)) return undefined;
  const { extra_content } = objectOf(message.tool_calls[0]);
  const { reasoning_details } = objectOf(objectOf(extra_content).dragoman);
  return Array.isArray(reasoning_details) ? reasoning_details : undefined;
}

/** A call's `extra_content` without them: what somebody else has put there. */
export function othersBesideCall(extra: unknown): Json {
  const { dragoman: _, ...others } = objectOf(extra);
  return Object.keys(others).length === 0 ? {} : { extra_content: others };
}

/** One detail: readable text or summary, or something encrypted that only its model can read. */
export function decodeDetail(detail: Json, position: number): ReasoningPart {
  const type = textOf(detail.type) ?? "reasoning.text";
  const rest = restOf(detail, DETAIL_MEMBERS);
  if (rest.index === position) delete rest.index;
  const format = textOf(detail.format);
  const shared = {
    ...(format !== undefined && { format }),
    ...extend({ detail: { type, ...rest } }),
  };
  if (type === "reasoning.encrypted") {
    return {
      type: "reasoning",
      content: "",
      signature: String(detail.data ?? ""),
      redacted: true,
      ...shared,
    };
  }
  const signature = textOf(detail.signature);
  return {
    type: "reasoning",
    content: textOf(detail.text) ?? textOf(detail.summary) ?? "",
    ...(signature !== undefined && { signature }),
    ...shared,
  };
}

/** Another gateway's name for the same thing: Anthropic's own blocks. */
function decodeBlock(block: Json): ReasoningPart {
  const format = "anthropic-claude-v1";
  if (block.type === "redacted_thinking") {
    return {
      type: "reasoning",
      content: "",
      signature: String(block.data ?? ""),
      redacted: true,
      format,
    };
  }
  const signature = textOf(block.signature);
  return {
    type: "reasoning",
    content: textOf(block.thinking) ?? "",
    ...(signature !== undefined && { signature }),
    format,
  };
}

/** Whether a part says more than its text, so that it needs a detail to survive. */
export function needsDetail(part: ReasoningPart): boolean {
  return part.signature !== undefined || part.format !== undefined || part.redacted === true ||
    extensionOf(part).detail !== undefined;
}

/** The members of a message that carry its reasoning. */
export function encodeReasoning(parts: readonly ReasoningPart[]): Json {
  const text = parts.map(({ content }) => content).join("");
  const special = parts.filter(needsDetail);
  // Plain text beside unreadable details stands in `reasoning_content` alone.
  const details = special.some(({ content }) => content !== "") ? parts : special;
  return {
    ...(text !== "" && { reasoning_content: text }),
    ...(details.length > 0 && { reasoning_details: details.map(encodeDetail) }),
  };
}

/** One part as a detail; `index` is its place among the message's reasoning. */
export function encodeDetail(part: ReasoningPart, index: number): Json {
  const { type, ...rest } = (extensionOf(part).detail ?? {}) as Json;
  const common = { ...(part.format !== undefined && { format: part.format }), index, ...rest };
  if (part.redacted === true) {
    return { type: "reasoning.encrypted", data: part.signature ?? "", ...common };
  }
  const signed = part.signature !== undefined ? { signature: part.signature } : {};
  if (type === "reasoning.summary") return { type, summary: part.content, ...signed, ...common };
  return { type: textOf(type) ?? "reasoning.text", text: part.content, ...signed, ...common };
}
