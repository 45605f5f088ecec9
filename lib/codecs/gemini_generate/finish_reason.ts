import type { Finish } from "../../chat/event.ts";
import type { FinishReason } from "../../chat/response.ts";

/** https://ai.google.dev/api/generate-content#FinishReason; every other word is taken for a `stop`, which is a guess. */
const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ...[
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "MODEL_ARMOR",
  ].map((word) => [word, "content_filter"] as const),
  ...[
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
    "MALFORMED_RESPONSE",
  ].map((word) => [word, "error"] as const),
]);

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  tool_call: "STOP",
  length: "MAX_TOKENS",
  content_filter: "SAFETY",
  error: "OTHER",
};

/**
 * Google says `STOP` after calls too. A limit or a filter is never called a tool call: what came before it
 * may be half of what the model meant.
 */
export function decodeFinish(given: string | undefined, called: boolean): Finish {
  const word = given ?? WORDS.stop;
  const plain = REASONS.get(word) ?? "stop";
  const reason = plain === "stop" && called ? "tool_call" : plain;
  return {
    reason,
    ...(WORDS[reason] !== word && { native: word }),
    ...((given === undefined || !REASONS.has(word)) && { doubtful: true }),
  };
}

/** The native word, where it is one of Google's. */
export function encodeFinish(reason: FinishReason, native: string | undefined): string {
  return native !== undefined && /^[A-Z][A-Z_]+$/.test(native) ? native : WORDS[reason];
}
