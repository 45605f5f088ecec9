import type { RelayedResponse } from "../chat/codec.ts";
import { type ChatResponse, withCost } from "../chat/response.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import type { WholeAnswer } from "./answer.ts";
import { copyText } from "./answer_copy.ts";
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
  const { asker, target, context: { defaults, turns }, warnings, copy } = call;
  call.finish();
  const { codec, relay } = dialectOf(asker, target);
  const headers = answerHeaders(response);
  try {
    let answer: WholeAnswer;
    let endsWell: RelayedResponse["endsWell"];
    if (relay === undefined) {
      answer = writtenAnswer(call, codec.decodeResponse(text, defaults), headers);
    } else {
      if (turns !== undefined) tellTurns(codec.decodeResponse(text, defaults), turns);
      const relayed = relay.relayResponse(text, defaults, costTeller(call));
      const { usage, model } = relayed;
      endsWell = relayed.endsWell;
      answer = { kind: "whole", target, warnings, headers, text: relayed.text, usage, model };
    }
    if (copy !== undefined) copyText(copy, text, endsWell);
    return answer;
  } catch (error) {
    throw withProvider(target, error);
  }
}

/** What has been read of an answer, in the caller's dialect. */
export function writtenAnswer(
  call: RunningCall,
  answer: ChatResponse,
  headers: Record<string, string>,
): WholeAnswer {
  const { asker, target, context: { turns }, warnings } = call;
  if (turns !== undefined) tellTurns(answer, turns);
  const { usage, model } = answer;
  const cost = costTeller(call);
  const told = cost === undefined || usage === undefined
    ? answer
    : { ...answer, usage: withCost(usage, cost) };
  const text = asker.caller.encodeResponse(told);
  return { kind: "whole", target, warnings, headers, text, usage: () => usage, model };
}
