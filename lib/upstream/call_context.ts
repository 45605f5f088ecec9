import type { AnswerDefaults } from "../chat/codec.ts";
import type { Clock } from "../clock.ts";
import type { Usage } from "../chat/response.ts";
import type { FetchLike } from "../fetch_like.ts";
import type { Target } from "./target.ts";
import type { TurnListener } from "./tell_turns.ts";
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
  /** Told of the turns of an answer, of which its client may forget something. */
  turns?: TurnListener;
  /** What an answer cost, in dollars, `null` where nobody knows; for callers who ask. */
  costOf?: (target: Target, usage: Usage) => number | null;
  /** Told whenever the provider itself is really asked, who may have to be paid from then on. */
  onAsked?: () => void;
  /** The option that the timeouts until the first content come from, where they have a name of their own. */
  timeoutOption?: string;
}
