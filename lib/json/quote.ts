// deno-lint-ignore no-control-regex
const NEEDS_ESCAPES = /["\\\x00-\x1f\ud800-\udfff]/;

/** Whether a text is not itself what stands between the quotes of its JSON. */
export function needsEscapes(text: string): boolean {
  return NEEDS_ESCAPES.test(text);
}

/** A string as JSON text. Most words need no escapes, and to look for some is quicker than `JSON.stringify`. */
export function quote(text: string): string {
  return needsEscapes(text) ? JSON.stringify(text) : `"${text}"`;
}
