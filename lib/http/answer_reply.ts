/** From what a provider answered to what the caller gets. */
import type { Warning } from "../chat/warning.ts";
import { within } from "../clock.ts";
import { addRoom } from "../policy/limits/refusal.ts";
import type { Run, RunContext } from "../routing/run.ts";
import type { Answer, AnswerFacts, OpenedStream } from "../upstream/answer.ts";
import { answerStream } from "../upstream/answer_stream.ts";
import type { Asker } from "../upstream/exchange.ts";
import type { HttpCall } from "./http_call.ts";
import type { Reply } from "./incoming.ts";
import { release, settle } from "./limits.ts";
import { reportDefect } from "./report_defect.ts";
import { warningsHeader } from "./warnings_header.ts";

interface Answering {
  call: HttpCall;
  asker: Asker;
  context: RunContext;
  run: Run;
}

/**
 * Waits for the answer; a stream's headers go out at its first content, but no later than
 * `timeouts.commit` after the request arrived.
 */
export async function replyWith(running: Promise<Answer>, answering: Answering): Promise<Reply> {
  const { call, asker, context } = answering;
  if (!asker.stream) return answerReply(await running, answering);
  const { clock, timeouts: { commit } } = context;
  const left = call.arrivedAt + commit - clock.now();
  const answer = await (commit === 0 ? running : within(clock, Math.max(0, left), running));
  if (answer !== undefined) return answerReply(answer, answering);
  const facts = {};
  addWarnings(facts, context.warnings);
  return streamReply(running as Promise<OpenedStream>, answering, facts);
}

function answerReply(answer: Answer, answering: Answering): Reply {
  const headers = answerHeaders(answer, answering);
  if (answer.kind === "stream") return streamReply(answer, answering, headers);
  const { call, run, context } = answering;
  settle(call, run, context, answer.target, () => answer.usage());
  headers["content-type"] = "application/json";
  return { status: 200, headers, body: answer.text };
}

function streamReply(
  opening: OpenedStream | Promise<OpenedStream>,
  { call, asker, context, run }: Answering,
  facts: Record<string, string>,
): Reply {
  const { core, logId } = call;
  core.running++;
  const settleStream = ({ target, relay: { progress } }: OpenedStream, complete: boolean) =>
    settle(call, run, context, target, () => progress.usage, complete);
  const body = answerStream({
    opening,
    caller: asker.caller,
    clock: context.clock,
    keepAlive: context.timeouts.keepAlive,
    departure: asker.departure,
    onEnd(error, opened) {
      core.running--;
      if (error !== undefined) reportDefect(error, logId);
      if (opened !== undefined) return settleStream(opened, error === undefined);
      // Nobody had shown content by then; who does after the caller has left is paid for all the same.
      Promise.resolve(opening).then((late) => settleStream(late, false), () => release(call, run));
    },
  });
  return {
    status: 200,
    headers: {
      ...facts,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      // nginx would otherwise collect a stream before passing it on.
      "x-accel-buffering": "no",
    },
    body,
  };
}

/** Who served it, at which cost of meaning and time. */
export function answerHeaders(
  { target, headers, warnings }: AnswerFacts,
  { call, context, run }: Pick<Answering, "call" | "context" | "run">,
): Record<string, string> {
  const upstream = run.attempts.reduce((sum, { duration }) => sum + duration, 0);
  const gateway = context.clock.now() - call.arrivedAt - upstream;
  // The answer is this request's alone, so its headers are added to in place.
  const facts = headers;
  const { cached } = run;
  facts["cf-aig-step"] = String(cached ?? run.attempts.at(-1)?.step ?? 0);
  facts["cf-aig-provider"] = target.provider.definition.slug;
  facts["cf-aig-model"] = headerText(target.model);
  facts["cf-aig-cache-status"] = cached === undefined ? "MISS" : "HIT";
  facts["server-timing"] = `gateway;dur=${gateway}, upstream;dur=${upstream}`;
  const { tab } = run;
  if (tab !== undefined) {
    // Of the limit that leaves least.
    if (tab.room !== undefined) addRoom(facts, tab.room);
    warnings.push(...tab.warnings);
  }
  const known = context.warnings;
  addWarnings(facts, known.length === 0 ? warnings : [...known, ...warnings]);
  return facts;
}

function addWarnings(headers: Record<string, string>, warnings: readonly Warning[]): void {
  const value = warningsHeader(warnings);
  if (value !== undefined) headers["dragoman-warnings"] = value;
}

/** A model's name is the caller's text: what a header can't hold is percent-encoded. */
function headerText(text: string): string {
  if (/^[\x21-\x7e]{1,256}$/.test(text)) return text;
  return text.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent).slice(0, 256);
}
