/** Keeping secrets secret: comparing them without leaking time, and taking them out of what is shown. */

/** Compares two strings of one alphabet in a time that depends on their length only. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/** Shorter secrets are left: they would blank ordinary words, and nobody's key is that short. */
const SHORTEST = 4;

/** A shorter piece of a key tells nothing: many begin alike (`sk-proj-`). */
const SHORTEST_PIECE = 9;

const REDACTED = "[redacted]";

/** Takes every occurrence of the secrets out of a text, also of one that the text's end cuts off. */
export function redact(text: string, secrets: Iterable<string | undefined>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === undefined || secret.length < SHORTEST) continue;
    clean = withoutCutOff(clean.replaceAll(secret, REDACTED), secret);
  }
  return clean;
}

/** Messages are shortened before they get here, perhaps in the middle of a key. */
function withoutCutOff(text: string, secret: string): string {
  const end = text.replace(/["'.…\s]{1,4}$/, "");
  for (let length = secret.length - 1; length >= SHORTEST_PIECE; length--) {
    const piece = secret.slice(0, length);
    if (end.endsWith(piece)) return end.slice(0, -length) + REDACTED + text.slice(end.length);
  }
  return text;
}
