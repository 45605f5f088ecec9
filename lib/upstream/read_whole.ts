import type { FetchedResponse } from "../fetch_like.ts";
import type { WholeAnswer } from "./answer.ts";
import { dialectOf } from "./dialect.ts";
import { answerHeaders } from "./headers.ts";
import { withProvider } from "./provider_error.ts";
import type { RunningCall } from "./running_call.ts";

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
  const facts = { kind: "whole" as const, target, warnings, headers };
  try {
    if (relay !== undefined) return { ...facts, ...relay.relayResponse(text, context.defaults) };
    const answer = codec.decodeResponse(text, context.defaults);
    const { usage, model } = answer;
    return { ...facts, text: asker.caller.encodeResponse(answer), usage: () => usage, model };
  } catch (error) {
    throw withProvider(target, error);
  }
}
