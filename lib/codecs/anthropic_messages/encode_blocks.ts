/** The parts of a turn → content blocks. What is blank is left out, since Anthropic answers it with 400. */
import type { Message, Part, ReasoningPart, TextPart, ToolCallPart } from "../../chat/request.ts";
import type { ToolCallResponsePart } from "../../chat/request.ts";
import { isSigned } from "../../chat/thinking.ts";
import { isObject, type Json, objectsOf, parseJson } from "../../json/fields.ts";
import { encodeMedia, type MediaContext } from "./encode_media.ts";
import { extensionOf, sharedMembers } from "./extension.ts";
import { THINKING_FORMAT } from "./profile.ts";
import { encodeToolName } from "./tool_name.ts";
import type { WireBlock } from "./wire.ts";

const CACHE = ["cache_control"];

/** Writes what a user, or the system, says; results of tools are the turn's business. */
export function encodeSpoken(parts: readonly Part[], context: MediaContext): WireBlock[] {
  return parts.flatMap((part): WireBlock[] => {
    switch (part.type) {
      case "text":
        return textBlocks(part);
      case "blob":
      case "uri":
      case "file":
        return [encodeMedia(part, context) ?? []].flat();
      case "tool_call_response":
        return [];
      case "opaque":
        return opaqueBlocks(extensionOf(part), context);
      default:
        context.losses.dropped("messages.content");
        return [];
    }
  });
}

/** Words; none where they are blank. */
export function textBlocks(part: TextPart): WireBlock[] {
  const { list: _, ...own } = extensionOf(part);
  if (part.content.trim() === "") return [];
  return [{ type: "text", text: part.content, ...sharedMembers(part, CACHE), ...own }];
}

function opaqueBlocks({ block }: Json, { losses }: MediaContext): WireBlock[] {
  if (isObject(block) && typeof block.type === "string") return [{ ...block } as WireBlock];
  losses.dropped("messages.content");
  return [];
}

/** Writes what the assistant said before; `id` says under which id a call is sent. */
export function encodeAnswered(
  { parts }: Message,
  context: MediaContext,
  id: (call: ToolCallPart) => string,
): WireBlock[] {
  const blocks: WireBlock[] = [];
  for (const part of parts) {
    switch (part.type) {
      case "text":
        blocks.push(...textBlocks(part));
        break;
      case "refusal":
        blocks.push(...textBlocks({ type: "text", content: part.content }));
        break;
      case "reasoning":
        blocks.push(...thinkingBlocks(part, context));
        break;
      case "tool_call":
        blocks.push(toolUse(part, id(part), context));
        break;
      case "citation":
        cite(blocks.at(-1), extensionOf(part).citation);
        break;
      case "opaque": {
        const { citation } = extensionOf(part);
        if (citation !== undefined) cite(blocks.at(-1), citation);
        else blocks.push(...opaqueBlocks(extensionOf(part), context));
        break;
      }
      default:
        context.losses.dropped("messages.content");
    }
  }
  return blocks;
}

/**
 * Thoughts come back as they were, also when they are a signature and nothing else. Those of other models
 * would be refused: they are left out, never signed anew.
 */
function thinkingBlocks(part: ReasoningPart, { losses }: MediaContext): WireBlock[] {
  if (!isSigned(part, THINKING_FORMAT)) {
    losses.dropped("messages.reasoning_content");
    return [];
  }
  const { content, signature, redacted } = part;
  if (redacted === true) return [{ type: "redacted_thinking", data: signature }];
  return [{ type: "thinking", thinking: content, signature }];
}

function toolUse(part: ToolCallPart, id: string, { losses }: MediaContext): WireBlock {
  const { input, whole } = inputOf(part);
  if (!whole) losses.emulated("messages.tool_calls.function.arguments");
  return {
    type: "tool_use",
    id,
    name: encodeToolName(part.name),
    input,
    ...sharedMembers(part, CACHE),
    ...extensionOf(part),
  };
}

/** The arguments as the object they must be here; text that is none is wrapped into one. */
export function inputOf({ arguments: args, kind }: ToolCallPart): { input: Json; whole: boolean } {
  if (kind === "custom") return { input: { input: args }, whole: true };
  if (args.trim() === "" || args.trim() === "null") return { input: {}, whole: true };
  const input = parseJson(args);
  return isObject(input) ? { input, whole: true } : { input: { _raw: args }, whole: false };
}

/** Sources stand inside the words they are for. */
function cite(block: WireBlock | undefined, citation: unknown): void {
  if (block?.type !== "text" || !isObject(citation)) return;
  block.citations = [...objectsOf(block.citations), citation];
}

/** Writes the result of a call. */
export function encodeResult(
  part: ToolCallResponsePart,
  id: string,
  context: MediaContext,
): WireBlock {
  const { content, list, ...own } = extensionOf(part);
  const written = content ?? resultContent(part, list === true, context);
  return {
    type: "tool_result",
    tool_use_id: id,
    ...(written !== undefined && { content: written }),
    ...(part.isError === true && { is_error: true }),
    ...sharedMembers(part, CACHE),
    ...own,
  };
}

function resultContent(
  { response }: ToolCallResponsePart,
  list: boolean,
  context: MediaContext,
): string | WireBlock[] | undefined {
  const [first] = response;
  const plain = response.length === 1 && first?.type === "text" && !list;
  if (plain && Object.keys(sharedMembers(first, CACHE)).length === 0) {
    if (Object.keys(extensionOf(first)).length === 0) return first.content;
  }
  const blocks = encodeSpoken(response, context);
  return blocks.length > 0 || list ? blocks : undefined;
}
