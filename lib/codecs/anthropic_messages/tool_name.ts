/**
 * Names of tools. Anthropic takes `^[a-zA-Z0-9_-]{1,128}$`; any other character is written as its code
 * between two marks, so that an answer's name can be read back without a table kept from the request.
 */

/** The tool that stands for an answer in JSON where a model cannot be held to a schema otherwise. */
export const JSON_TOOL = "dragoman_json_answer";

const MARKED = /__u([0-9a-f]{1,6})__/g;

/** A name that Anthropic takes. */
export function encodeToolName(name: string): string {
  if (/^[a-zA-Z0-9_-]{1,128}$/.test(name)) return name;
  const marked = name.replace(
    /[^a-zA-Z0-9_-]/gu,
    (letter) => `__u${(letter.codePointAt(0) ?? 0).toString(16)}__`,
  );
  return marked.slice(0, 128) || "_";
}

/** The name the caller gave. */
export function decodeToolName(name: string): string {
  if (!name.includes("__u")) return name;
  return name.replace(MARKED, (mark, code: string) => {
    const point = parseInt(code, 16);
    // What needs no mark was never marked: such a name is the caller's own.
    const letter = point <= 0x10ffff ? String.fromCodePoint(point) : mark;
    return /^[a-zA-Z0-9_-]$/.test(letter) ? mark : letter;
  });
}
