import { sha256Hex } from "../digest.ts";

const DIGEST = "sha256:";

/** A key for an engine that takes `longest` characters at most: itself, or its digest. */
export function shortKey(key: string, longest: number): string {
  // One that looks like a digest becomes one too, so that no key can be another's.
  if (key.length <= longest && !key.startsWith(DIGEST)) return key;
  return DIGEST + sha256Hex(key);
}
