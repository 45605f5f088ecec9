/** What a statement rests on: documents and results of tools. https://docs.cohere.com/docs/documents-and-citations */
import type { CitationPart } from "../../chat/request.ts";
import { type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { extend, extensionOf } from "./profile.ts";
import type { WireCitation } from "./wire.ts";

/**
 * One part for every source of a citation; the first keeps the citation itself. `base` is how much text comes
 * before the block whose characters Cohere counts; `undefined` where they are no characters of the answer.
 */
export function decodeCitation(wire: Json, base: number | undefined): CitationPart[] {
  const { start, end } = wire;
  const placed = base !== undefined && typeof start === "number" && typeof end === "number";
  const place = placed ? { start: start + base, end: end + base } : {};
  const sources = objectsOf(wire.sources);
  const parts = (sources.length === 0 ? [{}] : sources).map((source, at): CitationPart => ({
    type: "citation",
    ...sourceOf(source),
    ...place,
    ...extend(at === 0 ? { citation: wire } : { more: true }),
  }));
  return parts;
}

/** Whether a citation speaks of the answer's text rather than of its plan or thoughts. */
export function isOfText(wire: Json): boolean {
  return wire.type === undefined || wire.type === "TEXT_CONTENT";
}

function sourceOf(source: Json): { uri: string; title?: string } {
  const content = { ...objectOf(source.tool_output), ...objectOf(source.document) };
  const uri = textOf(content.url) ?? textOf(content.uri) ?? textOf(source.id) ?? "";
  const title = textOf(content.title);
  return { uri, ...(title !== undefined && { title }) };
}

/** The citations of an answer; those of other protocols get the words they speak of from `text`. */
export function encodeCitations(parts: readonly CitationPart[], text: string): WireCitation[] {
  return parts.flatMap((part): WireCitation[] => {
    const { citation, more } = extensionOf(part);
    if (more === true) return [];
    return [citation === undefined ? made(part, text) : objectOf(citation)];
  });
}

function made({ uri, title, start = 0, end = 0 }: CitationPart, text: string): WireCitation {
  const document = { url: uri, ...(title !== undefined && { title }) };
  return {
    start,
    end,
    text: text.slice(start, end),
    sources: [{ type: "document", id: uri, document }],
    type: "TEXT_CONTENT",
  };
}
