/** Plays one turn of a script as a response. */
import type { RequestPeek } from "../chat/codec.ts";
import type { ChatEvent } from "../chat/event.ts";
import { fold } from "../chat/fold.ts";
import { sleep } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import { scanObject } from "../json/scan_object.ts";
import { answerEvents, firstPieces } from "./answer_events.ts";
import { scriptedBody } from "./scripted_body.ts";
import { aborted, type Stage } from "./stage.ts";
import type { AnswerTurn, ScriptedFailure, Turn } from "./turn.ts";

/** Answers as the turn says; rejects when there is no connection, or with the signal's reason. */
export async function play(turn: Turn, stage: Stage): Promise<Response> {
  const { visit: { request: { signal } }, clock } = stage;
  signal.throwIfAborted();
  if (turn.delay !== undefined) await sleep(clock, turn.delay, signal);
  switch (turn.kind) {
    case "answer":
      return answered(turn, stage);
    case "failure":
      return failed(turn.failure, stage);
    case "unreachable":
      throw new TypeError(turn.reason);
    case "silent":
      return await aborted(signal);
  }
}

function answered(turn: AnswerTurn, stage: Stage): Response {
  const { codec, clock, visit } = stage;
  let peek: RequestPeek;
  try {
    const { text, url } = visit.request;
    peek = codec.peekRequest(scanObject(text), new URL(url).pathname);
  } catch (error) {
    const message = isGatewayError(error) ? error.message : String(error);
    return failed({ status: 400, type: "invalid_request_error", message }, stage);
  }
  const created = Math.floor(clock.now() / 1000);
  const head = { id: `scripted-${visit.request.number}`, model: peek.model, created };
  const events = answerEvents(turn.answer, head);
  return peek.stream ? streamed(turn, events, peek, stage) : whole(turn, events, stage);
}

function whole(turn: AnswerTurn, events: ChatEvent[], stage: Stage): Response {
  const how = turn.breaksOff?.how;
  if (typeof how === "object") return failed(how, stage);
  const text = stage.codec.encodeResponse(fold(events));
  const headers = { "content-type": "application/json", ...turn.answer.headers };
  if (how === undefined) {
    stage.visit.answered();
    return new Response(text, { headers });
  }
  const half = text.slice(0, Math.ceil(text.length / 2));
  return new Response(scriptedBody([half], { end: how }, stage), { headers });
}

function streamed(
  { answer, breaksOff, pace, chunkSize }: AnswerTurn,
  events: ChatEvent[],
  { wishes }: RequestPeek,
  stage: Stage,
): Response {
  const { codec } = stage;
  const encoder = codec.streamEncoder(wishes);
  const said = breaksOff === undefined ? events : firstPieces(events, breaksOff.after);
  const texts = said.flatMap((event) => encoder.push(event));
  const how = breaksOff?.how;
  if (how === undefined) texts.push(...encoder.end());
  else if (typeof how === "object") texts.push(codec.encodeStreamError(errorOf(how)));
  const end = typeof how === "string" ? how : "end";
  const { bytesOf } = codec;
  const plan = { end, pace, chunkSize, ...(bytesOf && { bytesOf }) };
  const body = scriptedBody(texts, plan, stage);
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", ...answer.headers },
  });
}

function failed(failure: ScriptedFailure, { codec, visit }: Stage): Response {
  visit.answered();
  // A provider says nothing of the gateway's own numbers.
  const { success: _, errors: __, ...body } = JSON.parse(codec.encodeError(errorOf(failure)));
  const { status, retryAfter, headers } = failure;
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/json",
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
      ...headers,
    },
  });
}

function errorOf({ status, message, ...rest }: ScriptedFailure): GatewayError {
  const words = message ?? `The script says ${status}`;
  const { type = status < 500 ? "invalid_request_error" : "server_error", code, param } = rest;
  const fault = { status, message: words, type, retryable: false, code, param };
  return new GatewayError(2120, words, { fault });
}
