import { withCost } from "../chat/response.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import type { WholeAnswer } from "./answer.ts";
import { costTeller } from "./cost_teller.ts";
import { dialectOf } from "./dialect.ts";
import { answerHeaders } from "./headers.ts";
import { withProvider } from "./provider_error.ts";
import type { RunningCall } from "./running_call.ts";
import { tellTurns } from "./tell_turns.ts";

/** Writes a whole answer in the caller's dialect; an error inside a 200 is thrown. */
export function readWhole(
  call: RunningCall,
  response: FetchedResponse,
  text: string,
): WholeAnswer {
  const { asker, target, context, warnings } = call;
  call.finish();
  const { codec, relay } = dialectOf(asker, target);
  const headers = answerHeaders(response);
  const { defaults, turns } = context;
  const cost = costTeller(call);
  try {
    if (relay !== undefined) {
      if (turns !== undefined) tellTurns(codec.decodeResponse(text, defaults), turns);
      const relayed = relay.relayResponse(text, defaults, cost);
      const { usage, model } = relayed;
      return { kind: "whole", target, warnings, headers, text: relayed.text, usage, model };
    }
    const answer = codec.decodeResponse(text, defaults);
    if (turns !== undefined) tellTurns(answer, turns);
    const { usage, model } = answer;
    const told = cost === undefined || usage === undefined
      ? answer
      : { ...answer, usage: withCost(usage, cost) };
    const written = asker.caller.encodeResponse(told);
    return { kind: "whole", target, warnings, headers, text: written, usage: () => usage, model };
  } catch (error) {
    throw withProvider(target, error);
  }
}
