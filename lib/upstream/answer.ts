import type { Usage } from "../chat/response.ts";
import type { StreamRelay } from "../chat/stream_relay.ts";
import type { Warning } from "../chat/warning.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import type { RunningCall } from "./running_call.ts";
import type { Target } from "./target.ts";

/** What every answer brings, whole or streamed. */
export interface AnswerFacts {
  target: Target;
  warnings: Warning[];
  /** The provider's headers that the caller gets. */
  headers: Record<string, string>;
}

/** A whole answer in the caller's dialect. */
export interface WholeAnswer extends AnswerFacts {
  kind: "whole";
  text: string;
  usage(): Usage | undefined;
  /** What the provider says served it. */
  model?: string;
}

/** A stream that has shown content: from here on nobody else can answer. */
export interface OpenedStream extends AnswerFacts {
  kind: "stream";
  call: RunningCall;
  response: FetchedResponse;
  relay: StreamRelay;
  /** What was written up to the first content. */
  head: Uint8Array[];
  /** The provider's stream has ended already. */
  ended: boolean;
}

export type Answer = WholeAnswer | OpenedStream;
