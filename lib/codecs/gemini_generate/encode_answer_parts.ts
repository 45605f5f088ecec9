/** Parts of answers → parts of a candidate. */
import { Losses } from "../../chat/losses.ts";
import type { CitationPart, Part } from "../../chat/request.ts";
import type { Json } from "../../json/fields.ts";
import { FORMAT } from "./candidate_decoder.ts";
import { encodeCall, encodePart, encodeThought, type Writing } from "./encode_parts.ts";
import type { WirePart } from "./wire.ts";

/** An answer is for a client, who is to repeat whatever stands in it. */
const ANSWER: Writing = {
  profile: { modelPrefix: "", callIds: true, takes: [] },
  losses: new Losses(),
};

/** Writes one part; sources stand beside the parts, and what only another protocol says stays out. */
export function encodeAnswerPart(part: Part): WirePart[] {
  if (part.type === "tool_call") return [encodeCall(part, ANSWER)];
  if (part.type === "reasoning") {
    if (part.redacted === true) return [];
    const { signature: _, ...unsigned } = part;
    // A signature of another provider's would come back as one of Google's.
    return [encodeThought(part.format === FORMAT ? part : unsigned)];
  }
  return encodePart(part, ANSWER);
}

/** Sources as a search would have found them. Google counts bytes of UTF-8, citations count characters. */
export function encodeGrounding(citations: readonly CitationPart[], text: string): Json {
  const utf8 = new TextEncoder();
  const bytes = (end: number) => utf8.encode(text.slice(0, end)).length;
  const supports = citations.flatMap(({ start, end }, index) =>
    start === undefined || end === undefined ? [] : [{
      segment: { startIndex: bytes(start), endIndex: bytes(end), text: text.slice(start, end) },
      groundingChunkIndices: [index],
    }]
  );
  return {
    groundingMetadata: {
      groundingChunks: citations.map(({ uri, title }) => ({
        web: { uri, ...(title !== undefined && { title }) },
      })),
      ...(supports.length > 0 && { groundingSupports: supports }),
    },
  };
}
