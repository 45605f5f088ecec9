/** Why an answer ended. https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
import type { FinishReason } from "../../chat/response.ts";

/** Anthropic's word → the neutral one. Only calls of the client's own tools make it `tool_call`. */
export function decodeStopReason(native: string | undefined, calls: boolean): FinishReason {
  switch (native) {
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "refusal":
      return "content_filter";
    default:
      return calls ? "tool_call" : "stop";
  }
}

/** The words after which nothing more comes. A turn that pauses, or is made shorter, goes on. */
const LAST: ReadonlySet<string | undefined> = new Set([
  "end_turn",
  "stop_sequence",
  "tool_use",
  "max_tokens",
  "model_context_window_exceeded",
  "refusal",
]);

/** Whether that the answer ended is a guess. */
export function isDoubtful(native: string | undefined): boolean {
  return !LAST.has(native);
}

/** The words that may stand for a neutral reason; the first is the usual one. */
const WORDS: Readonly<Record<FinishReason, readonly string[]>> = {
  stop: ["end_turn", "stop_sequence", "pause_turn", "compaction", "tool_use"],
  length: ["max_tokens", "model_context_window_exceeded"],
  content_filter: ["refusal"],
  tool_call: ["tool_use", "end_turn", "stop_sequence", "pause_turn"],
  error: ["end_turn"],
};

/** The neutral reason → Anthropic's word, the very one it came from where that was Anthropic's. */
export function encodeStopReason(reason: FinishReason, native: string | undefined): string {
  const words = WORDS[reason];
  return words.find((word) => word === native) ?? words[0] ?? "end_turn";
}
