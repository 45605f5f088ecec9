/** Asks step after step until one answers. */
import { type GatewayError, isGatewayError } from "../../errors.ts";
import { type Attempt, lastOf, type Run } from "../../routing/run.ts";
import { errorReply } from "../error_reply.ts";
import type { HttpCall } from "../http_call.ts";
import type { Reply } from "../incoming.ts";
import { reportDefect } from "../report_defect.ts";
import type { Step } from "./step.ts";

/** Says which of the entries was the last to be asked. */
const STEP = "cf-aig-step";

/**
 * The answer of the first step that has one. Where none has, one step's error is told as if it had been asked by itself,
 * since the client library behind it reads that; of several, the last error is thrown, with a list of all that was tried.
 */
export async function walkSteps(steps: readonly Step[], call: HttpCall): Promise<Reply> {
  const run: Run = { attempts: [] };
  const tried: string[] = [];
  for (const [index, step] of steps.entries()) {
    const begun = run.attempts.length;
    const turn = { last: index === steps.length - 1, only: steps.length === 1 };
    try {
      return answered(await step.ask(run, turn), step, index);
    } catch (error) {
      if (!isGatewayError(error) || call.incoming.signal.aborted) throw error;
      if (turn.only) return failed(error, step, call);
      tried.push(`[${index}] ${outcomeOf(step, error, run.attempts.slice(begun))}`);
      const ended = run.tab?.ended !== undefined;
      if (!turn.last && !ended) continue;
      const headers = { ...error.headers, [STEP]: String(index) };
      const what = ended ? "no other step is tried" : "every step failed";
      throw lastOf(error, `${what}: ${tried.join("; ")}`, headers);
    }
  }
  throw new RangeError("There is at least one step");
}

function answered(reply: Reply, { options }: Step, index: number): Reply {
  reply.headers[STEP] = String(index);
  if (options.eventId !== undefined) reply.headers["cf-aig-event-id"] = options.eventId;
  return reply;
}

function failed(error: GatewayError, { dialect }: Step, { logId }: HttpCall): Reply {
  reportDefect(error, logId);
  const reply = errorReply(error, dialect, logId);
  reply.headers[STEP] = "0";
  return reply;
}

/** The calls of a step, each with its status; what failed before any call has the error's number. */
function outcomeOf({ name }: Step, error: GatewayError, attempts: readonly Attempt[]): string {
  if (attempts.length === 0) return `${name}: not called (${error.code})`;
  return attempts.map(({ provider, model, error }) =>
    // What is passed on as it is names its model where only the provider looks.
    `${model === "" ? name : `${provider}/${model}`}: ${error?.status ?? "no answer"}`
  ).join(", ");
}
