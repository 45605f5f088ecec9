import type { CallerCodec } from "../chat/codec.ts";
import type { Clock } from "../clock.ts";
import type { Visit } from "./visit.ts";

/** What a turn is played with. */
export interface Stage {
  codec: CallerCodec;
  clock: Clock;
  visit: Visit;
}

/** Never resolves; rejects when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}
