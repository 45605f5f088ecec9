/**
 * Ids of tool calls whose provider gave none: `call_` and at most 35 letters and digits, since OpenAI
 * refuses a later request whose ids are longer than 40 characters. Always the same for the same answer,
 * and unique within it.
 */
export function makeCallId(answerId: string, choice: number, position: number): string {
  const tail = answerId.replace(/[^A-Za-z0-9]/g, "").slice(-24);
  return `call_${tail}c${choice}t${position}`.slice(0, 40);
}

/** Whether {@linkcode makeCallId} made it: such an id means nothing to a provider. */
export function isMadeCallId(id: string): boolean {
  return /^call_[A-Za-z0-9]{0,24}c\d+t\d+$/.test(id);
}
