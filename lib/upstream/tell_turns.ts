/** Tells of answers that called tools, beside passing them on. */
import { type CarriedTurn, carriedTurn, TurnCollector } from "../chat/carried_turn.ts";
import type { ChatEvent } from "../chat/event.ts";
import type { ChatResponse } from "../chat/response.ts";
import type { StreamRelay } from "../chat/stream_relay.ts";
import type { Step } from "../stream/step.ts";

type OnTurn = (turn: CarriedTurn) => void;

/** Of a whole answer. */
export function tellTurns({ choices }: ChatResponse, onTurn: OnTurn): void {
  for (const { parts } of choices) {
    const turn = carriedTurn(parts);
    if (turn !== undefined) onTurn(turn);
  }
}

/** Of a stream that is being translated: the same decoder, listened to. */
export function listenedTo(
  decoder: Step<Uint8Array, ChatEvent>,
  onTurn: OnTurn,
): Step<Uint8Array, ChatEvent> {
  const turns = new TurnCollector();
  const heard = (events: ChatEvent[]) => {
    for (const event of events) {
      const turn = turns.add(event);
      if (turn !== undefined) onTurn(turn);
    }
    return events;
  };
  return { push: (bytes) => heard(decoder.push(bytes)), end: () => heard(decoder.end()) };
}

/** Of a stream that passes as it is, which is read a second time for that. */
export function readAlong(
  relay: StreamRelay,
  decoder: Step<Uint8Array, ChatEvent>,
  onTurn: OnTurn,
): StreamRelay {
  const listener = listenedTo(decoder, onTurn);
  return {
    progress: relay.progress,
    push(bytes) {
      listener.push(bytes);
      return relay.push(bytes);
    },
    end() {
      listener.end();
      return relay.end();
    },
  };
}
