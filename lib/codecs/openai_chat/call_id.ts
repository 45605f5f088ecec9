/**
 * Ids of tool calls. OpenAI refuses a later request whose ids are longer than 40 characters, so what is
 * made here is `call_` and at most 35 letters and digits, and always the same for the same answer.
 */

/** An id for a call whose provider gave none; unique within the answer. */
export function makeCallId(answerId: string, choice: number, position: number): string {
  const tail = answerId.replace(/[^A-Za-z0-9]/g, "").slice(-24);
  return `call_${tail}c${choice}t${position}`.slice(0, 40);
}

/** An id OpenAI accepts: the same one when it is short enough, else a digest of it. */
export function shortCallId(id: string): string {
  return id.length <= 40 ? id : `call_${digest(id, 0x811c9dc5)}${digest(id, 0x01000193)}`;
}

/** FNV-1a: not secret, only needed to keep long ids of one conversation apart. */
function digest(text: string, seed: number): string {
  let hash = seed;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(36).padStart(7, "0");
}
