/** Cohere's log probabilities, also in the shape in which OpenAI's clients read them. */
import type { Extensions } from "../../chat/request.ts";
import { type Json, objectsOf } from "../../json/fields.ts";
import { PROTOCOL } from "./profile.ts";

/** `[{text, token_ids, logprobs}]` → extensions of the choice; `undefined` where there are none. */
export function decodeLogprobs(wire: unknown): Extensions | undefined {
  const items = objectsOf(wire);
  if (items.length === 0) return undefined;
  const logprobs = { content: items.map(tokenOf), refusal: null };
  return { [PROTOCOL]: { logprobs: items }, openai_chat: { logprobs } };
}

/** A piece of several tokens is as likely as all of them together. */
function tokenOf({ text, logprobs }: Json): Json {
  const each: unknown[] = Array.isArray(logprobs) ? logprobs : [];
  const logprob = each.reduce((sum: number, value) => sum + Number(value), 0);
  return { token: String(text ?? ""), logprob, bytes: null, top_logprobs: [] };
}
