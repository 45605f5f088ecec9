/**
 * A vector as it came: numbers of JSON, or base64 of float32, least byte first, as OpenAI writes it. It becomes the
 * other only where somebody wants that, and then exactly: numbers are rounded to float32 once, and never back.
 */
import { bytesOfText, textOfBytes } from "../byte_text.ts";

/** Numbers, or base64 of float32. */
export type Vector = readonly number[] | string;

/** Writes a vector as base64. */
export function base64OfVector(vector: Vector): string {
  if (typeof vector === "string") return vector;
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  for (let at = 0; at < vector.length; at++) bytes.setFloat32(at * 4, vector[at]!, true);
  return btoa(textOfBytes(new Uint8Array(bytes.buffer)));
}

/** Reads a vector's numbers; `undefined` for text that is no base64 of float32. */
export function numbersOfVector(vector: Vector): readonly number[] | undefined {
  if (typeof vector !== "string") return vector;
  const bytes = bytesOfBase64(vector);
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
}

/** Bytes of base64, `undefined` for text that is none. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  try {
    return bytesOfText(atob(text));
  } catch {
    return undefined;
  }
}

/** The value as a vector, if it is one: a list of numbers, or base64 of float32. */
export function vectorOf(value: unknown): Vector | undefined {
  if (typeof value === "string") return isBase64OfFloats(value) ? value : undefined;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((each) => typeof each === "number") ? value as number[] : undefined;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Told by its length and letters alone: most callers get it as it is. */
function isBase64OfFloats(text: string): boolean {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return false;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return (text.length / 4 * 3 - padding) % 4 === 0;
}

/** The values as vectors; `undefined` where there are none, or one of them is none. */
export function vectorsOf(values: unknown): Vector[] | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const vectors = values.map(vectorOf).filter((each) => each !== undefined);
  return vectors.length === values.length ? vectors : undefined;
}
