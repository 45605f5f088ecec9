import type { FinishReason } from "../../chat/response.ts";

/** OpenAI's (repaired) finish reason → the neutral one. */
export function decodeFinishReason(reason: string): FinishReason {
  switch (reason) {
    case "length":
      return "length";
    case "content_filter":
      return "content_filter";
    case "tool_calls":
    case "function_call":
      return "tool_call";
    default:
      return "stop";
  }
}

/** The neutral finish reason → OpenAI's, which has no word for an answer that failed. */
export function encodeFinishReason(reason: FinishReason, native: string | undefined): string {
  switch (reason) {
    case "tool_call":
      return native === "function_call" ? native : "tool_calls";
    case "error":
      return "stop";
    default:
      return reason;
  }
}
