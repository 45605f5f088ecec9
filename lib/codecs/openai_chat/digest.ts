/** At most 14 letters and digits that stand for a text: not secret, only to keep a conversation's ids apart. */
export function digestOf(text: string, length: number): string {
  const half = Math.ceil(length / 2);
  return hashOf(text, 0x811c9dc5).slice(7 - half) +
    hashOf(text, 0x01000193).slice(7 - (length - half));
}

/** FNV-1a in seven letters and digits, of which the last vary most. */
function hashOf(text: string, seed: number): string {
  let hash = seed;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(36).padStart(7, "0");
}
