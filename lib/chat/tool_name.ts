/**
 * Names of tools for protocols that take letters, digits, `_` and `-` only: any other character is written as
 * its code between two marks, so that an answer's name can be read back without a table kept from the request.
 */

const PLAIN = /^[a-zA-Z0-9_-]+$/;
const MARKED = /__u([0-9a-f]{1,6})__/g;

/** A plain name of at most `longest` characters. */
export function encodeToolName(name: string, longest: number): string {
  const plain = PLAIN.test(name) ? name : name.replace(
    /[^a-zA-Z0-9_-]/gu,
    (letter) => `__u${(letter.codePointAt(0) ?? 0).toString(16)}__`,
  );
  return plain.slice(0, longest) || "_";
}

/** The name the caller gave. */
export function decodeToolName(name: string): string {
  if (!name.includes("__u")) return name;
  return name.replace(MARKED, (mark, code: string) => {
    const point = parseInt(code, 16);
    // What needs no mark was never marked: such a name is the caller's own.
    const letter = point <= 0x10ffff ? String.fromCodePoint(point) : mark;
    return PLAIN.test(letter) ? mark : letter;
  });
}
