/** Why an answer ended. https://docs.cohere.com/v2/reference/chat, `finish_reason` */
import { type FinishWords, finishWords } from "../../chat/finish_words.ts";

/** Cohere's words. */
export const FINISH_REASONS: FinishWords = finishWords({
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool_call",
  ERROR_TOXIC: "content_filter",
  ERROR: "error",
  ERROR_LIMIT: "error",
  TIMEOUT: "error",
}, {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  tool_call: "TOOL_CALL",
  content_filter: "ERROR_TOXIC",
  error: "ERROR",
});
