/** The vocabulary of a script: what a provider says, how it fails, and what may happen to an answer on its way. */
import type {
  AnswerTurn,
  BreakOff,
  ScriptedAnswer,
  ScriptedCall,
  ScriptedFailure,
  Turn,
} from "./turn.ts";

/** An answer with anything in it: text, reasoning, calls, counts. */
export function answer(answer: ScriptedAnswer): AnswerTurn {
  return { kind: "answer", answer };
}

/** An answer of text: `text("Hello")`, or `text(["Hel", "lo"])` to say how a stream is cut. */
export function text(
  words: string | readonly string[],
  more: Omit<ScriptedAnswer, "text"> = {},
): AnswerTurn {
  return answer({ ...more, text: words });
}

/** An answer that calls one tool: `toolCall("get_weather", { city: "Paris" })`. */
export function toolCall(
  name: string,
  args: unknown = {},
  more: Pick<ScriptedCall, "id"> & Omit<ScriptedAnswer, "toolCalls"> = {},
): AnswerTurn {
  const { id, ...rest } = more;
  return answer({
    ...rest,
    toolCalls: [{ name, arguments: args, ...(id !== undefined && { id }) }],
  });
}

/** An error answer: `failure(400, { code: "context_length_exceeded" })`. */
export function failure(status: number, more: Omit<ScriptedFailure, "status"> = {}): Turn {
  return { kind: "failure", failure: { ...more, status } };
}

/** A 429: `rateLimited({ retryAfter: 2 })` asks to wait two seconds. */
export function rateLimited(more: Omit<ScriptedFailure, "status"> = {}): Turn {
  return failure(429, { type: "rate_limit_error", code: "rate_limit_exceeded", ...more });
}

/** No connection: `fetch` rejects, as it does when nobody listens. */
export function unreachable(reason = "fetch failed: ECONNREFUSED"): Turn {
  return { kind: "unreachable", reason };
}

/** Takes the request and never answers; ends when the request is aborted. */
export function silent(): Turn {
  return { kind: "silent" };
}

/** Waits before the turn, at most until the request is aborted. */
export function delayed<T extends Turn>(milliseconds: number, turn: T): T {
  return { ...turn, delay: (turn.delay ?? 0) + milliseconds };
}

/** Waits between the pieces of a streamed answer, at most until the request is aborted. */
export function paced(milliseconds: number, turn: AnswerTurn): AnswerTurn {
  return { ...turn, pace: milliseconds };
}

/** Sends a stream so many bytes at a time, through the middle of lines and characters. */
export function chopped(bytes: number, turn: AnswerTurn): AnswerTurn {
  return { ...turn, chunkSize: bytes };
}

/** Ends the answer after so many pieces of content, without its finish; a whole answer loses its second half. */
export function truncated(turn: AnswerTurn, after = 1): AnswerTurn {
  return brokenOff(turn, "end", after);
}

/** Says nothing more after so many pieces of content, until the request is aborted. */
export function stalled(turn: AnswerTurn, after = 1): AnswerTurn {
  return brokenOff(turn, "silence", after);
}

/** Loses the connection after so many pieces of content: reading on fails. */
export function disconnected(turn: AnswerTurn, after = 1): AnswerTurn {
  return brokenOff(turn, "disconnect", after);
}

/**
 * Reports an error inside the stream after so many pieces of content. Who asks for a whole answer gets the error
 * with its status instead.
 */
export function interrupted(
  turn: AnswerTurn,
  failure: Partial<ScriptedFailure> = {},
  after = 1,
): AnswerTurn {
  return brokenOff(turn, { status: 500, ...failure }, after);
}

function brokenOff(turn: AnswerTurn, how: BreakOff, after: number): AnswerTurn {
  return { ...turn, breaksOff: { how, after } };
}
