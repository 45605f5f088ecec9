import type { Readable, Writable } from "node:stream";
import { PushedBytes } from "./pushed_bytes.ts";

/** The error of a body that ended before its end: what `fetch` says, with Node's own error as cause. */
export function terminated(cause: unknown): Error {
  if (cause instanceof DOMException) return cause;
  return new TypeError("terminated: the body was cut short", { cause });
}

/**
 * A Node stream as a source of bytes, which fails when it closes without an end; `letGo` is done when the rest isn't
 * wanted. `toStream` makes a web stream of it; `Readable.toWeb` costs three times as much and calls some cut-off bodies
 * complete.
 */
export function nodeSource(
  source: Readable,
  explain: (error: unknown) => unknown = terminated,
  letGo: (source: Readable) => void = destroy,
): PushedBytes {
  const bytes = new PushedBytes({
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel() {
      source.on("error", ignore);
      letGo(source);
    },
  });
  // `close` also follows every clean end; an error built for it would cost 20 µs.
  const fail = (error?: unknown) => {
    if (!bytes.over) bytes.fail(explain(error ?? source.errored));
  };
  if (isGone(source)) fail();
  source.on("data", (chunk: Buffer) => bytes.push(chunk));
  source.on("end", () => bytes.end());
  source.on("error", fail);
  source.on("close", fail);
  return bytes;
}

/** Waits until the other side has read what was written, or has left: `drain` alone would wait for ever then. */
export function writable(sink: Writable): Promise<void> {
  if (sink.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      sink.off("drain", settle);
      sink.off("close", settle);
      resolve();
    };
    sink.on("drain", settle);
    sink.on("close", settle);
  });
}

/** Destroyed before anybody listened: its `error` event has come and gone. */
function isGone(source: Readable): boolean {
  return source.destroyed && !source.readableEnded;
}

function ignore(): void {}

function destroy(source: Readable): void {
  source.destroy();
}

/** Reads the rest of a request's body into nothing: destroying it would take the answer's connection along. */
export function discard(source: Readable): void {
  source.resume();
}
