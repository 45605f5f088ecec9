import type { IncomingMessage } from "node:http";
import type { Readable, Transform } from "node:stream";
import zlib from "node:zlib";
import type { FetchedResponse } from "../fetch_like.ts";
import { type ByteSource, toStream } from "../byte_source.ts";
import { collect, nodeSource, terminated } from "./node_body.ts";
import { RawHeaders } from "./raw_headers.ts";

const DECODERS: Record<string, () => Transform> = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};
if (typeof zlib.createZstdDecompress === "function") {
  DECODERS.zstd = () => zlib.createZstdDecompress();
}

/** What a provider may encode its answer with, for `accept-encoding`. */
export const ACCEPTED_ENCODINGS = Object.keys(DECODERS).filter((name) => name !== "x-gzip").join(
  ", ",
);

/**
 * An answer of `node:http` in the shape of a `Response`. Nothing is built until it is asked for, and `text()`
 * goes without a web stream, which would cost more than the request.
 */
export class NodeResponse implements FetchedResponse {
  readonly status: number;
  readonly headers: RawHeaders;
  #message: IncomingMessage;
  #hasBody: boolean;
  #body: ReadableStream<Uint8Array> | null | undefined;
  #explain: (error: unknown) => unknown;

  constructor(message: IncomingMessage, method: string, signal: AbortSignal) {
    this.#message = message;
    this.status = message.statusCode!;
    this.headers = new RawHeaders(message.rawHeaders);
    this.#hasBody = method !== "HEAD" && this.status !== 204 && this.status !== 304;
    this.#explain = (error) => signal.aborted ? signal.reason : terminated(error);
    // Without it a response that is never read would hold its socket.
    if (!this.#hasBody) message.resume();
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#body === undefined) {
      this.#body = this.#hasBody ? toStream(this.source()) : null;
    }
    return this.#body;
  }

  source(): ByteSource {
    return nodeSource(this.#source(), this.#explain);
  }

  async text(): Promise<string> {
    if (!this.#hasBody) return "";
    const chunks = await collect(this.#source(), this.#explain);
    const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    return whole.toString("utf8", hasByteOrderMark(whole) ? 3 : 0);
  }

  #source(): Readable {
    const encoding = this.headers.get("content-encoding");
    if (encoding === null || this.headers.get("content-length") === "0") return this.#message;
    return decoded(this.#message, encoding);
  }
}

/** The message through its decoders, last encoding first; unknown encodings are left as they are, as `fetch` does. */
function decoded(message: IncomingMessage, encoding: string): Readable {
  const names = encoding.split(",").map((name) => name.trim().toLowerCase()).reverse();
  const makers = names.filter((name) => name !== "identity").map((name) => DECODERS[name]);
  let source: Readable = message;
  if (makers.length > MAX_ENCODINGS) return source;
  for (const make of makers) {
    if (make === undefined) return source;
    source = piped(source, make());
  }
  return source;
}

const MAX_ENCODINGS = 5;

/** `pipe` that also carries failures down and departures up; `pipeline` would call a cancelled body an error. */
function piped(source: Readable, decoder: Transform): Transform {
  source.on("error", (error) => decoder.destroy(error));
  source.on("close", () => {
    if (!source.readableEnded) decoder.destroy(source.errored ?? undefined);
  });
  decoder.on("close", () => source.destroy());
  return source.pipe(decoder);
}

function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
