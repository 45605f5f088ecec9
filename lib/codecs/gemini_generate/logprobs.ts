/** Google's log probabilities in the shape in which OpenAI's clients read them. */
import { type Json, objectOf, objectsOf } from "../../json/fields.ts";

/** `{chosenCandidates, topCandidates}` → `{content, refusal}`; `undefined` where there are none. */
export function decodeLogprobs(result: Json): Json | undefined {
  const tops = objectsOf(result.topCandidates);
  const content = objectsOf(result.chosenCandidates).map((chosen, at) => ({
    ...tokenOf(chosen),
    top_logprobs: objectsOf(objectOf(tops[at]).candidates).map(tokenOf),
  }));
  return content.length === 0 ? undefined : { content, refusal: null };
}

function tokenOf({ token, logProbability }: Json): Json {
  return { token: String(token ?? ""), logprob: Number(logProbability ?? 0), bytes: null };
}
