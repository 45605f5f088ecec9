/**
 * Whether an answer's text, whole or streamed, tells at a glance that all of it is there and good: `undefined` where it
 * must be read for that. Inside a JSON string every quote is written `\"`, so none of these can be part of what a model
 * says; but the input of a tool, whoever's it is, may have members of any name.
 */
export function endsWell(text: string): boolean | undefined {
  if (OTHERS.test(text)) return undefined;
  const reason = REASON.exec(text)?.[1];
  if (reason === "end_turn" || reason === "stop_sequence") return true;
  return reason === "max_tokens" || reason === "refusal" ? false : undefined;
}

const REASON = /"stop_reason":\s*"(\w+)"/;
/** Calls, and an error after the end. */
const OTHERS = /"type":\s*"(?:\w*tool_use|error)"/;
