/**
 * Whether an answer's text, whole or streamed, tells at a glance that all of it is there and good: `undefined` where it
 * must be read for that. Inside a JSON string every quote is written `\"`, so none of these can be part of what a model
 * says.
 */
export function endsWell(text: string): boolean | undefined {
  const reason = REASON.exec(text)?.[1];
  // A turn that pauses waits for the server's own tools.
  if (reason !== undefined && /^(?:max_tokens|refusal|pause_turn)$/.test(reason)) return false;
  const plain = reason === "end_turn" || reason === "stop_sequence";
  return plain && !CALL.test(text) ? true : undefined;
}

const REASON = /"stop_reason":\s*"(\w+)"/;
const CALL = /"type":\s*"tool_use"/;
