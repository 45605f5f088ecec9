/** Keeping secrets secret: comparing them without leaking time, and taking them out of what is shown. */

/** Compares two strings of one alphabet in a time that depends on their length only. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/**
 * Takes every occurrence of the secrets out of a text. Secrets shorter than four characters are left:
 * they would blank ordinary words, and nobody's key is that short.
 */
export function redact(text: string, secrets: Iterable<string | undefined>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret !== undefined && secret.length >= 4) clean = clean.replaceAll(secret, "[redacted]");
  }
  return clean;
}
