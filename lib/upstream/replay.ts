/** An answer that was kept, given again: read and written as if its provider had just sent it. */
import { sourceOfBytes } from "../byte_source.ts";
import { fold } from "../chat/fold.ts";
import type { Warning } from "../chat/warning.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import { runStep } from "../stream/step.ts";
import type { Answer, WholeAnswer } from "./answer.ts";
import type { CallContext } from "./call_context.ts";
import { chatCodecOf } from "./dialect.ts";
import type { Asker } from "./exchange.ts";
import { bytesOfKept, type KeptAnswer } from "./kept_answer.ts";
import { openStream } from "./open_stream.ts";
import { readWhole, writtenAnswer } from "./read_whole.ts";
import { RunningCall } from "./running_call.ts";
import type { Target } from "./target.ts";

/** Whole or streamed, as is wanted now; `warnings` are of the request as it was written for this target. */
export async function replayAnswer(
  kept: KeptAnswer,
  asker: Asker,
  target: Target,
  warnings: Warning[],
  context: CallContext,
): Promise<Answer> {
  const own = kept.model === target.model ? target : { ...target, model: kept.model };
  const answer = await answerOf(kept, new RunningCall(asker, own, warnings, context));
  if (context.turns?.pending !== undefined) await context.turns.pending;
  return answer;
}

function answerOf(kept: KeptAnswer, call: RunningCall): Answer | Promise<Answer> {
  if (call.asker.stream) return openStream(call, responseOf(kept));
  if (kept.form === "stream") return foldedAnswer(kept, call);
  return readWhole(call, responseOf(kept), kept.body);
}

/** A stream as the whole answer that it amounts to. */
function foldedAnswer(kept: KeptAnswer, call: RunningCall): WholeAnswer {
  const { target, context: { defaults } } = call;
  call.finish();
  const decoder = chatCodecOf(target).streamDecoder(defaults);
  return writtenAnswer(call, fold(runStep(decoder, [bytesOfKept(kept)])), {});
}

const NO_HEADERS: readonly [string, string][] = [];

/** Without the headers that spoke of another call: its id, and what was left of the limits then. */
function responseOf(kept: KeptAnswer): FetchedResponse {
  return {
    status: 200,
    headers: {
      get: (name) => name === "content-type" ? kept.type : null,
      [Symbol.iterator]: () => NO_HEADERS[Symbol.iterator](),
    },
    body: null,
    source: () => sourceOfBytes(bytesOfKept(kept)),
    text: () => Promise.resolve(kept.body),
  };
}
