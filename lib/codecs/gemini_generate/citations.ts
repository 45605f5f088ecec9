/** Sources of an answer: what a search found, and what the model repeats from elsewhere. */
import type { CitationPart } from "../../chat/request.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";

/**
 * One citation for every stretch of the text that a source supports, and one without a place for a source
 * that supports none. `texts` are the text parts so far: Google counts their UTF-8 bytes.
 * https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function decodeCitations(candidate: Json, texts: readonly string[]): CitationPart[] {
  const grounding = objectOf(candidate.groundingMetadata);
  const sources = objectsOf(grounding.groundingChunks).map(sourceOf);
  const offsets = new ByteOffsets(texts.join(""));
  const supported = new Set<number>();
  const citations: CitationPart[] = [];
  for (const support of objectsOf(grounding.groundingSupports)) {
    const place = placeOf(objectOf(support.segment), offsets);
    for (const index of indicesOf(support.groundingChunkIndices)) {
      const source = sources[index];
      if (source === undefined) continue;
      supported.add(index);
      citations.push({ ...source, ...place });
    }
  }
  sources.forEach((source, index) => {
    if (source !== undefined && !supported.has(index)) citations.push(source);
  });
  return [...citations, ...repetitions(objectOf(candidate.citationMetadata), offsets)];
}

function sourceOf(chunk: Json): CitationPart | undefined {
  const source = [chunk.web, chunk.maps, chunk.retrievedContext].find(isObject) ?? {};
  const uri = textOf(source.uri);
  const title = textOf(source.title);
  return uri === undefined
    ? undefined
    : { type: "citation", uri, ...(title !== undefined && { title }) };
}

function indicesOf(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "number") : [];
}

/** Proto JSON leaves out a start of 0. */
function placeOf(segment: Json, offsets: ByteOffsets): { start?: number; end?: number } {
  const { startIndex = 0, endIndex } = segment;
  if (typeof endIndex !== "number" || typeof startIndex !== "number") return {};
  return { start: offsets.character(startIndex), end: offsets.character(endIndex) };
}

/** Text the model repeats; AI Studio and Vertex name the list differently. */
function repetitions(metadata: Json, offsets: ByteOffsets): CitationPart[] {
  const list = [...objectsOf(metadata.citationSources), ...objectsOf(metadata.citations)];
  return list.flatMap((each) => {
    const uri = textOf(each.uri);
    const title = textOf(each.title);
    if (uri === undefined) return [];
    return [{
      type: "citation" as const,
      uri,
      ...(title !== undefined && { title }),
      ...placeOf(each, offsets),
    }];
  });
}

/** From places in UTF-8 to places in a string; without other than ASCII characters they are the same. */
class ByteOffsets {
  readonly #text: string;
  readonly #bytes: Uint8Array | undefined;

  constructor(text: string) {
    this.#text = text;
    // deno-lint-ignore no-control-regex
    this.#bytes = /^[\x00-\x7f]*$/.test(text) ? undefined : new TextEncoder().encode(text);
  }

  character(byte: number): number {
    if (this.#bytes === undefined) return Math.min(byte, this.#text.length);
    return new TextDecoder().decode(this.#bytes.subarray(0, byte)).length;
  }
}
