/** Copies what a provider answers beside passing it on, for whoever keeps it. */
import type { RelayedResponse } from "../chat/codec.ts";
import type { StreamRelay } from "../chat/stream_relay.ts";
import { concatBytes } from "../stream/bytes.ts";
import { type KeptAnswer, keptBody } from "./kept_answer.ts";

/** What is known of an answer without the question. */
export type CopiedAnswer = Omit<KeptAnswer, "model">;

/** Whoever gets an answer's copy once it is over: not one that broke off, or is longer than `maxBytes`. */
export interface CopyTaker {
  maxBytes: number;
  /** `endsWell` where somebody has read the answer: see {@linkcode RelayedResponse.endsWell}. */
  take(answer: CopiedAnswer, endsWell?: RelayedResponse["endsWell"]): void;
}

/** Gives an answer that came in one piece. */
export function copyText(
  { maxBytes, take }: CopyTaker,
  body: string,
  endsWell?: RelayedResponse["endsWell"],
): void {
  if (fits(body, maxBytes)) take({ form: "whole", type: "application/json", body }, endsWell);
}

/** No character takes more than three bytes a code unit, so most texts need not be measured. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || new TextEncoder().encode(text).length <= maxBytes;
}

/** The same relay; what the provider sends is copied on its way in, and given when the provider has said all. */
export function copiedStream(relay: StreamRelay, type: string, taker: CopyTaker): StreamRelay {
  const copy = new ByteCopy(taker.maxBytes);
  const { progress } = relay;
  const give = () => {
    const bytes = copy.take();
    if (bytes !== undefined) taker.take({ form: "stream", type, ...keptBody(bytes) });
  };
  return {
    progress,
    get pending() {
      return relay.pending;
    },
    push(read) {
      copy.add(read);
      const written = relay.push(read);
      if (progress.ended === true && progress.fault === undefined) give();
      return written;
    },
    end() {
      const last = relay.end();
      if (progress.finished && progress.fault === undefined) give();
      return last;
    },
  };
}

/** Bytes in the order in which they came, as long as they are not too many. */
export class ByteCopy {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] | undefined = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > this.#maxBytes) this.#pieces = undefined;
    this.#pieces?.push(bytes);
  }

  /** All of them, once; `undefined` where they were too many. */
  take(): Uint8Array | undefined {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    return pieces && concatBytes(pieces);
  }
}
