import { refuse } from "../json/read_members.ts";

/**
 * A model's name as one step of a path: nothing in it ends the step, dots alone would mean another path, and half
 * a character cannot be written at all. Throws 400 for those two.
 */
export function pathSegment(model: string): string {
  if (/^\.{0,2}$/.test(model) || !model.isWellFormed()) refuse("model", "a model's name");
  return encodeURIComponent(model);
}

/** The same for a name whose slashes are the path's own: `publishers/google/models/gemini-embedding-001`. */
export function pathSegments(model: string): string {
  return model.split("/").map(pathSegment).join("/");
}

/** A name as it stands in a path, read back; `undefined` for a malformed percent-encoding. */
export function decodedSegments(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
