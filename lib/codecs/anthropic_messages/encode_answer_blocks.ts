/** What an answer says → content blocks, for callers who speak Anthropic's protocol. */
import type { CitationPart, Part, ReasoningPart } from "../../chat/request.ts";
import { isObject, type Json } from "../../json/fields.ts";
import { inputOf } from "./encode_blocks.ts";
import { extensionOf } from "./extension.ts";
import { THINKING_FORMAT } from "./profile.ts";
import type { WireBlock } from "./wire.ts";

/** The block of a part; `undefined` for what stands elsewhere or has no place: sources, refusals, media. */
export function encodeAnswerBlock(part: Part): WireBlock | undefined {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.content, citations: null, ...extensionOf(part) };
    case "reasoning":
      return encodeThought(part);
    case "tool_call": {
      const { id, name } = part;
      const { input } = inputOf(part);
      return {
        type: "tool_use",
        id,
        name,
        input,
        caller: { type: "direct" },
        ...extensionOf(part),
      };
    }
    case "opaque": {
      const { block } = extensionOf(part);
      return isObject(block) && typeof block.type === "string" ? block as WireBlock : undefined;
    }
    default:
      return undefined;
  }
}

function encodeThought(part: ReasoningPart): WireBlock {
  const signature = markSignature(part);
  if (part.redacted === true) {
    return { type: "redacted_thinking", data: signature, ...extensionOf(part) };
  }
  return { type: "thinking", thinking: part.content, signature, ...extensionOf(part) };
}

/** Anthropic's signatures are base64, in which this never occurs. */
const MARK = "#";

/** A signature of another model's bears its format, so that it finds its way back through the caller. */
export function markSignature({ signature = "", format = THINKING_FORMAT }: ReasoningPart): string {
  return format === THINKING_FORMAT || signature === "" ? signature : format + MARK + signature;
}

/** Takes the format off a signature that bears one. */
export function unmarkSignature(part: ReasoningPart): ReasoningPart {
  const at = part.signature?.indexOf(MARK) ?? -1;
  if (part.signature === undefined || at < 0) return part;
  const format = part.signature.slice(0, at);
  return { ...part, signature: part.signature.slice(at + MARK.length), format };
}

/** A source as it stands inside its text; `undefined` for every other part. */
export function encodeSource(part: Part): Json | undefined {
  if (part.type === "opaque") {
    const { citation } = extensionOf(part);
    return isObject(citation) ? citation : undefined;
  }
  return part.type === "citation" ? encodeCitation(part) : undefined;
}

function encodeCitation(part: CitationPart): Json {
  const { citation } = extensionOf(part);
  if (isObject(citation)) return citation;
  const { uri: url, title = null } = part;
  return {
    type: "web_search_result_location",
    url,
    title,
    cited_text: "",
    encrypted_index: "",
  };
}
