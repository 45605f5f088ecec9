import { sleep } from "../clock.ts";
import { concatBytes } from "../stream/bytes.ts";
import { utf8Bytes } from "../stream/utf8.ts";
import { aborted, type Stage } from "./stage.ts";

/** How a body is sent. */
export interface BodyPlan {
  /** What comes after the last text. */
  end: "end" | "silence" | "disconnect";
  /** Milliseconds between two chunks. */
  pace?: number;
  /** Bytes in a chunk. Default: a text a chunk. */
  chunkSize?: number;
  /** How the texts become bytes. Default: as UTF-8. */
  bytesOf?: (text: string) => Uint8Array;
}

/** A body that is written when it is read; an aborted signal fails it with its reason, as `fetch` does. */
export function scriptedBody(
  texts: readonly string[],
  { end, pace = 0, chunkSize, bytesOf = utf8Bytes }: BodyPlan,
  { clock, visit }: Pick<Stage, "clock" | "visit">,
): ReadableStream<Uint8Array> {
  const chunks = cut(texts.map(bytesOf), chunkSize);
  const dropped = new AbortController();
  const signal = AbortSignal.any([visit.request.signal, dropped.signal]);
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (pace > 0 && sent > 0) await sleep(clock, pace, signal);
      signal.throwIfAborted();
      const chunk = chunks[sent++];
      if (chunk !== undefined) return controller.enqueue(chunk);
      if (end === "silence") await aborted(signal);
      if (end === "disconnect") throw new TypeError("terminated: the other side closed");
      visit.answered();
      controller.close();
    },
    cancel(reason) {
      visit.leave();
      dropped.abort(reason);
    },
  }, { highWaterMark: 0 });
}

function cut(texts: Uint8Array[], size: number | undefined): Uint8Array[] {
  if (size === undefined) return texts;
  const bytes = concatBytes(texts);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.slice(at * size, (at + 1) * size));
}
