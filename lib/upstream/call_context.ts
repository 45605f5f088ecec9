import type { AnswerDefaults } from "../chat/codec.ts";
import type { CarriedTurn } from "../chat/carried_turn.ts";
import type { Clock } from "../clock.ts";
import type { FetchLike } from "../fetch_like.ts";
import type { Timeouts } from "./timeouts.ts";

/** What a call needs besides the question and the target. */
export interface CallContext {
  fetch: FetchLike;
  clock: Clock;
  timeouts: Timeouts;
  /** For answers whose provider gives no id, model or time. */
  defaults: AnswerDefaults;
  /** Milliseconds until headers must be there, 0 for no such limit: `cf-aig-request-timeout`. */
  headersWithin: number;
  /** Told of an answer that called tools, with what its client may forget of it. */
  onTurn?: (turn: CarriedTurn) => void;
  /** The option that the timeouts until the first content come from, where they have a name of their own. */
  timeoutOption?: string;
}
