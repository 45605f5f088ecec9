/** A text and what it rests on, in one block. */
import type { CitationPart, Part, TextPart } from "../../chat/request.ts";
import { isObject, type Json } from "../../json/fields.ts";
import { extensionOf } from "./profile.ts";
import type { WireBlock } from "./wire.ts";

/** The block of a text that Bedrock's own citations follow; `undefined` for every other text. */
export function encodeCited(part: TextPart, parts: readonly Part[]): WireBlock[] | undefined {
  const citations = citationsAfter(part, parts).flatMap(encodeCitation);
  if (citations.length === 0) return undefined;
  const content = part.content === "" ? {} : { content: [{ text: part.content }] };
  return [{ citationsContent: { ...content, citations } }];
}

/** The citations that stand between a text and the next part of another kind. */
export function citationsAfter(part: TextPart, parts: readonly Part[]): CitationPart[] {
  const found: CitationPart[] = [];
  for (let at = parts.indexOf(part) + 1; at < parts.length; at++) {
    const next = parts[at];
    if (next?.type !== "citation") break;
    found.push(next);
  }
  return found;
}

/** Only Bedrock's own: what another provider found is no evidence here. */
export function encodeCitation(part: CitationPart): Json[] {
  const { citation } = extensionOf(part);
  return isObject(citation) ? [citation] : [];
}
