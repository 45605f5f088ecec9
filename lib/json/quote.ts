// deno-lint-ignore no-control-regex
const NEEDS_ESCAPES = /["\\\x00-\x1f\ud800-\udfff]/;

/** Whether anything in a text may be written otherwise in its JSON; where nothing is, quotes around it are enough. */
export function needsEscapes(text: string): boolean {
  return NEEDS_ESCAPES.test(text);
}

/** A string as JSON text. Most words need no escapes, and to look for some is quicker than `JSON.stringify`. */
export function quote(text: string): string {
  return needsEscapes(text) ? JSON.stringify(text) : `"${text}"`;
}
