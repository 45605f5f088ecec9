/** Tells of the turns of an answer, beside passing it on. */
import { type HeardPart, TurnCollector } from "../chat/carried_turn.ts";
import type { ChatEvent } from "../chat/event.ts";
import type { ChatResponse } from "../chat/response.ts";
import type { StreamRelay } from "../chat/stream_relay.ts";
import type { Step } from "../stream/step.ts";

/** Who is told. */
export interface TurnListener {
  /** One of an answer's choices is complete. */
  heard(parts: readonly HeardPart[]): void;
  /** What must be done before the caller has the end of the answer; never rejects. */
  readonly pending: Promise<void> | undefined;
}

/** Of a whole answer. */
export function tellTurns({ choices }: ChatResponse, listener: TurnListener): void {
  for (const { parts } of choices) listener.heard(parts);
}

/** Of a stream that is being translated: the same decoder, listened to. */
export function listenedTo(
  decoder: Step<Uint8Array, ChatEvent>,
  listener: TurnListener,
): Step<Uint8Array, ChatEvent> {
  const turns = new TurnCollector();
  const heard = (events: ChatEvent[]) => {
    for (const event of events) {
      const parts = turns.add(event);
      if (parts !== undefined) listener.heard(parts);
    }
    return events;
  };
  return { push: (bytes) => heard(decoder.push(bytes)), end: () => heard(decoder.end()) };
}

/** A stream whose end waits for the listener; with `beside`, it is read a second time for that. */
export function awaited(
  relay: StreamRelay,
  listener: TurnListener,
  beside?: Step<Uint8Array, ChatEvent>,
): StreamRelay {
  return {
    progress: relay.progress,
    get pending() {
      return listener.pending;
    },
    push(bytes) {
      beside?.push(bytes);
      return relay.push(bytes);
    },
    end() {
      beside?.end();
      return relay.end();
    },
  };
}
