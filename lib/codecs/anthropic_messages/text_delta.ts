import { parseJson } from "../../json/fields.ts";
import { needsEscapes } from "../../json/quote.ts";

/** A few more words of a text block. */
export interface TextDelta {
  /** The block's number. */
  index: number;
  /** Never empty. */
  text: string;
  /** The same as JSON text. */
  quoted: string;
}

const BLOCK = '{"type":"content_block_delta","index":';
const TEXT = ',"delta":{"type":"text_delta","text":"';
/** Anthropic pads its events with spaces. */
const PADDED_END = /"\} *\}$/;

/**
 * Reads the event that a stream mostly consists of, `{"type":"content_block_delta","index":0,"delta":{"type":
 * "text_delta","text":"Hello"}}`, by its places instead of parsing all of it, which takes three times as long.
 * `undefined` for any other event.
 */
export function readTextDelta(data: string): TextDelta | undefined {
  if (!data.startsWith(BLOCK)) return undefined;
  const comma = data.indexOf(",", BLOCK.length);
  if (!data.startsWith(TEXT, comma)) return undefined;
  const start = comma + TEXT.length;
  const end = data.endsWith('"}}') ? data.length - 3 : endBeforePadding(data);
  if (end <= start) return undefined;
  const index = Number(data.slice(BLOCK.length, comma));
  const text = unquoted(data.slice(start, end));
  if (text === undefined || !Number.isInteger(index)) return undefined;
  return { index, text, quoted: data.slice(start - 1, end + 1) };
}

/** Where the text of a padded event ends; -1 if something else follows it. */
function endBeforePadding(data: string): number {
  return data.search(PADDED_END);
}

/** What a JSON string holds; nothing if its quotes are not the outer ones of one string. */
function unquoted(inner: string): string | undefined {
  if (!needsEscapes(inner)) return inner;
  const value = parseJson(`"${inner}"`);
  return typeof value === "string" ? value : undefined;
}
