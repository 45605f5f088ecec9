/** Checked values of request headers: absent, within their range, or error 2107 that names both. */
import { GatewayError } from "../errors.ts";
import type { HeaderReader } from "../fetch_like.ts";

/** A whole number within bounds. */
export function wholeNumber(
  headers: HeaderReader,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = headers.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw outside(name, `a whole number from ${min} to ${max}`);
}

/** One of some words. */
export function oneOf<T extends string>(
  headers: HeaderReader,
  name: string,
  words: readonly T[],
): T | undefined {
  const text = headers.get(name);
  return text === null ? undefined : wordIn(text, name, words);
}

/** The one of some words that a header's text is. */
export function wordIn<T extends string>(text: string, name: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw outside(name, `one of ${words.join(", ")}`);
}

/** Whether a header's text is `true`, which else must be `false`. */
export function isTrue(text: string, name: string): boolean {
  return wordIn(text, name, ["true", "false"]) === "true";
}

/** Text that is echoed in a header of the answer, and so must be able to stand in one; empty is absent. */
export function plainText(headers: HeaderReader, name: string): string | undefined {
  const text = headers.get(name);
  if (text === null || text === "") return undefined;
  if (/^[\x20-\x7e]{1,256}$/.test(text)) return text;
  throw outside(name, "1 to 256 printable ASCII characters");
}

/** The error of a value that is none of those the header can have. */
export function outside(name: string, range: string): GatewayError {
  return new GatewayError(2107, `The header ${name} must be ${range}`, { param: name });
}
