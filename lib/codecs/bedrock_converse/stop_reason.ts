/** Why an answer ended. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, `stopReason` */
import { type FinishWords, finishWords } from "../../chat/finish_words.ts";

/** Amazon's words. */
export const STOP_REASONS: FinishWords = finishWords({
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool_call",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
  malformed_model_output: "error",
  malformed_tool_use: "error",
}, {
  stop: "end_turn",
  tool_call: "tool_use",
  length: "max_tokens",
  content_filter: "content_filtered",
  error: "malformed_model_output",
});
