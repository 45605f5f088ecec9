const encoder = new TextEncoder();

/** In UTF-16 units: below it an engine's own way is quicker. */
const LONG = 1024;
/** In UTF-16 units, each of which takes three bytes at most. */
const LONGEST = 32 * 1024;
const room = new Uint8Array(3 * LONGEST);

/**
 * Text as UTF-8, in an array of its own. `TextEncoder.encode` measures a text before it writes it, which on
 * V8 takes as long again: what a long read became is written into a room that is large enough, and copied.
 */
export function utf8Bytes(text: string): Uint8Array {
  if (text.length < LONG || text.length > LONGEST) return encoder.encode(text);
  return room.slice(0, encoder.encodeInto(text, room).written);
}
