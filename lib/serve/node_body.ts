import type { Readable, Writable } from "node:stream";
import type { ByteSource } from "../byte_source.ts";

/** The error of a body that ended before its end: what `fetch` says, with Node's own error as cause. */
export function terminated(cause: unknown): Error {
  if (cause instanceof DOMException) return cause;
  return new TypeError("terminated: the body was cut short", { cause });
}

/**
 * A Node stream as a source of bytes: it flows only while somebody waits, and fails when it closes without
 * an end; `letGo` is done when the rest isn't wanted. `toStream` makes a web stream of it; `Readable.toWeb`
 * costs three times as much and calls some cut-off bodies complete.
 */
export function nodeSource(
  source: Readable,
  explain: (error: unknown) => unknown = terminated,
  letGo: (source: Readable) => void = destroy,
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
    if (ended) return;
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
      letGo(source);
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
    // The listeners live as long as the connection: let go of, so that they don't keep the body that long.
    let waiting: { resolve(chunks: Buffer[]): void; reject(error: unknown): void } | undefined = {
      resolve,
      reject,
    };
    // `close` also follows every clean end; an error built for it would cost 20 µs.
    const fail = (error?: unknown) => {
      waiting?.reject(explain(error ?? source.errored));
      waiting = undefined;
    };
    if (isGone(source)) return fail();
    source.on("data", (chunk: Buffer) => chunks.push(chunk));
    source.on("end", () => {
      waiting?.resolve(chunks.splice(0));
      waiting = undefined;
    });
    source.on("error", fail);
    source.on("close", fail);
  });
}

/** The whole of a Node stream as text; rejects as `collect` does. */
export async function nodeText(
  source: Readable,
  explain?: (error: unknown) => unknown,
): Promise<string> {
  return textOf(Buffer.concat(await collect(source, explain)));
}

/** What bytes say in UTF-8, without a byte order mark. */
export function textOf(bytes: Buffer): string {
  const marked = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString("utf8", marked ? 3 : 0);
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
