// deno-lint-ignore no-control-regex
const NEEDS_ESCAPES = /["\\\x00-\x1f\ud800-\udfff]/;

/** A string as JSON text. Most words need no escapes, and to look for some is quicker than `JSON.stringify`. */
export function quote(text: string): string {
  return NEEDS_ESCAPES.test(text) ? JSON.stringify(text) : `"${text}"`;
}
