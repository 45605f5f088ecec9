/**
 * Ids of tool calls. OpenAI refuses a later request whose ids are longer than 40 characters, so what is
 * made here is `call_` and at most 35 letters and digits, and always the same for the same answer.
 */

/** An id for a call whose provider gave none; unique within the answer. */
export function makeCallId(answerId: string, choice: number, position: number): string {
  const tail = answerId.replace(/[^A-Za-z0-9]/g, "").slice(-24);
  return `call_${tail}c${choice}t${position}`.slice(0, 40);
}

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
