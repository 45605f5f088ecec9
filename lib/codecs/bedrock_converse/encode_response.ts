/** Neutral → a whole answer as Converse gives it. */
import type { CitationPart, Part } from "../../chat/request.ts";
import type { ChatResponse } from "../../chat/response.ts";
import { isObject, type Json } from "../../json/fields.ts";
import { encodeCall, encodeText } from "./encode_blocks.ts";
import { citationsAfter } from "./encode_citations.ts";
import { formatOf } from "./media_formats.ts";
import { extensionOf } from "./profile.ts";
import { STOP_REASONS } from "./stop_reason.ts";
import { encodeUsage } from "./usage.ts";
import type { WireAnswer, WireBlock } from "./wire.ts";

/** Writes a whole answer as JSON text; of several choices the first, since Amazon gives but one. */
export function encodeResponse(response: ChatResponse): string {
  const { parts = [], finishReason = "stop", nativeFinishReason } = response.choices[0] ?? {};
  const content = parts.flatMap((part) => encodePart(part, parts));
  const answer: WireAnswer = {
    output: { message: { role: "assistant", content } },
    stopReason: STOP_REASONS.encode(finishReason, nativeFinishReason),
    usage: encodeUsage(response.usage),
    metrics: { latencyMs: 0 },
    ...extensionOf(response),
  };
  return JSON.stringify(answer);
}

function encodePart(part: Part, parts: readonly Part[]): WireBlock[] {
  switch (part.type) {
    case "text": {
      const citations = citationsAfter(part, parts).map(answerCitation);
      if (citations.length === 0) return encodeText(part.content);
      return [{ citationsContent: { content: [{ text: part.content }], citations } }];
    }
    case "citation":
      return followsText(part, parts)
        ? []
        : [{ citationsContent: { citations: [answerCitation(part)] } }];
    case "refusal":
      return encodeText(part.content);
    case "reasoning":
      return [{ reasoningContent: reasoningOf(part) }];
    case "tool_call":
      return [encodeCall(part, part.id)];
    case "opaque": {
      const { block } = extensionOf(part);
      return isObject(block) ? [block] : [];
    }
    case "blob": {
      const format = formatOf("image", part.mimeType);
      const shown = part.modality === "image" && format !== undefined;
      return shown ? [{ image: { format, source: { bytes: part.content } } }] : [];
    }
    default:
      return [];
  }
}

/** Whether a citation is written with the text before it. */
function followsText(part: CitationPart, parts: readonly Part[]): boolean {
  const before = parts.slice(0, parts.indexOf(part)).findLast(({ type }) => type !== "citation");
  return before?.type === "text";
}

/** A thought with its signature, or what only its model can read. */
function reasoningOf(part: Extract<Part, { type: "reasoning" }>): Json {
  const { content: text, signature, redacted } = part;
  if (redacted === true) return { redactedContent: signature };
  return { reasoningText: { text, ...(signature !== undefined && { signature }) } };
}

/** Amazon's own as it was; any other as the address it names. */
export function answerCitation(part: CitationPart): Json {
  const { citation } = extensionOf(part);
  if (isObject(citation)) return citation;
  const title = part.title === undefined ? {} : { title: part.title };
  return { ...title, location: { web: { url: part.uri } } };
}
