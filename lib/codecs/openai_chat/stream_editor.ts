import type { StreamProgress } from "../../chat/stream_relay.ts";
import { parseJson } from "../../json/fields.ts";
import { faultInside, isFault } from "./read_fault.ts";
import type { SseEvent } from "../../stream/sse.ts";

/** Rewrites blocks of complete events; the relay around it knows about bytes, this knows what they mean. */
export interface StreamEditor {
  /** Gives the very same string when nothing in it had to change. */
  edit(block: string): string;
  /** The upstream has ended: what is still owed to a caller whose answer is complete. */
  end(): string;
}

/** The last event of a complete stream. */
export const DONE = "data: [DONE]\n\n";

/** The data of the last event of a complete stream. */
export function isDone(event: SseEvent): boolean {
  return event.data.trim() === "[DONE]";
}

/**
 * Parses an event's data. An error of the provider, or data that is not JSON, becomes the fault of the
 * stream. `undefined`: nothing to look at.
 */
export function readEvent(event: SseEvent, progress: StreamProgress): unknown {
  if (event.data.trim() === "") return undefined;
  const value = parseJson(event.data);
  if (event.event === "error" || isFault(value)) {
    // A finish before an error was no finish.
    progress.finished = false;
    progress.fault = faultInside(value ?? { message: event.data.slice(0, 500) });
    return undefined;
  }
  if (value === undefined) {
    progress.fault = {
      status: 502,
      type: "api_error",
      message: "The provider sent an event that is not JSON",
      retryable: true,
    };
  }
  return value;
}
