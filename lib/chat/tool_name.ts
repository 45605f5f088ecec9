/**
 * Names of tools for protocols that take letters, digits, `_` and `-` only: any other character is written as
 * its code between two marks, so that an answer's name can be read back without a table kept from the request.
 */

const PLAIN = /^[a-zA-Z0-9_-]+$/;
const MARKED = /__u([0-9a-f]{1,6})__/g;

/** What would be taken for a mark, or become part of one beside it, and what needs one. */
const TO_MARK = /_(?=_u[0-9a-f])|[^a-zA-Z0-9_-]/gu;

/** A plain name of at most `longest` characters. */
export function encodeToolName(name: string, longest: number): string {
  const own = PLAIN.test(name) && name.search(MARKED) < 0;
  const plain = own ? name : name.replace(
    TO_MARK,
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
    return PLAIN.test(letter) && letter !== "_" ? mark : letter;
  });
}
