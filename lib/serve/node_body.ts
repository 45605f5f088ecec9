import type { Readable } from "node:stream";
import type { ByteSource } from "../byte_source.ts";

/** Bytes a stream holds before its source is paused. */
const HIGH_WATER = 65_536;

const strategy: QueuingStrategy<Uint8Array> = {
  highWaterMark: HIGH_WATER,
  size: (chunk) => chunk!.byteLength,
};

/** The error of a body that ended before its end: what `fetch` says, with Node's own error as cause. */
export function terminated(cause: unknown): Error {
  if (cause instanceof DOMException) return cause;
  return new TypeError("terminated: the body was cut short", { cause });
}

/**
 * A Node stream as a web stream: pauses its source when the reader is slow, destroys it when the reader
 * cancels, and fails when the source closes without an end. (`Readable.toWeb` costs three times as much
 * and calls some cut-off bodies complete.)
 */
export function webBody(
  source: Readable,
  explain: (error: unknown) => unknown = terminated,
): ReadableStream<Uint8Array> {
  let open = true;
  let stalled: (() => void) | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const settle = (task: () => void) => {
        if (!open) return;
        open = false;
        task();
      };
      const fail = (error?: unknown) =>
        settle(() => controller.error(explain(error ?? source.errored)));
      if (isGone(source)) return fail();
      const flush = onData(source, (chunk) => {
        if (!open) return;
        controller.enqueue(chunk);
        if (controller.desiredSize! > 0) return;
        source.pause();
        stalled?.();
      });
      source.on("end", () => {
        flush();
        settle(() => controller.close());
      });
      source.on("error", fail);
      source.on("close", fail);
    },
    // Pending for as long as the source flows, so that the stream doesn't ask again after every chunk.
    pull() {
      source.resume();
      return new Promise<void>((resolve) => stalled = resolve);
    },
    cancel() {
      open = false;
      source.on("error", ignore);
      source.destroy();
    },
  }, strategy);
}

/** The same without a web stream: a Node stream as a source that is asked for bytes. */
export function nodeSource(
  source: Readable,
  explain: (error: unknown) => unknown = terminated,
): ByteSource {
  let held: Uint8Array[] = [];
  let ended = false;
  let failure: { error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const notify = () => {
    wake?.();
    wake = undefined;
  };
  const fail = (error?: unknown) => {
    if (!ended) failure ??= { error: explain(error ?? source.errored) };
    notify();
  };
  if (isGone(source)) fail();
  const flush = onData(source, (chunk) => {
    held.push(chunk);
    source.pause();
    notify();
  });
  source.on("end", () => {
    flush();
    ended = true;
    notify();
  });
  source.on("error", fail);
  source.on("close", fail);
  return {
    async next() {
      for (;;) {
        const chunks = held;
        if (chunks.length > 0) {
          held = [];
          return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        }
        if (failure !== undefined) throw failure.error;
        if (ended) return undefined;
        source.resume();
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    cancel() {
      ended = true;
      source.on("error", ignore);
      source.destroy();
      notify();
    },
  };
}

/**
 * Calls `take` once for everything that arrived with one read of the socket: providers send each event as an
 * HTTP chunk of its own, and a stream's cost is per chunk. Returns what hands over the rest.
 */
function onData(source: Readable, take: (chunk: Uint8Array<ArrayBuffer>) => void): () => void {
  let held: Buffer<ArrayBuffer>[] = [];
  const flush = () => {
    if (held.length === 0) return;
    const chunks = held;
    held = [];
    take(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
  };
  source.on("data", (chunk: Buffer<ArrayBuffer>) => {
    if (held.push(chunk) === 1) process.nextTick(flush);
  });
  return flush;
}

/** The whole of a Node stream as its chunks; rejects when the source closes without an end. */
export function collect(
  source: Readable,
  explain: (error: unknown) => unknown = terminated,
): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let complete = false;
    // `close` also follows every clean end; an error built for it would cost 20 µs.
    const fail = (error?: unknown) => {
      if (!complete) reject(explain(error ?? source.errored));
    };
    if (isGone(source)) return fail();
    source.on("data", (chunk: Buffer) => chunks.push(chunk));
    source.on("end", () => {
      complete = true;
      resolve(chunks);
    });
    source.on("error", fail);
    source.on("close", fail);
  });
}

/** Destroyed before anybody listened: its `error` event has come and gone. */
function isGone(source: Readable): boolean {
  return source.destroyed && !source.readableEnded;
}

function ignore(): void {}
