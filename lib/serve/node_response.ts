import { Readable } from "node:stream";
import type { FetchedResponse } from "../fetch_like.ts";
import { type ByteSource, NO_BYTES, toIterable, toStream } from "../byte_source.ts";
import { decoderFor } from "./content_encoding.ts";
import { nodeSource, terminated } from "./node_body.ts";
import type { PushedBytes } from "./pushed_bytes.ts";
import { RawHeaders } from "./raw_headers.ts";

/** A provider's answer in the shape of a `Response`. Nothing is built until it is asked for. */
export class NodeResponse implements FetchedResponse {
  readonly status: number;
  readonly headers: RawHeaders;
  /** Absent where the answer can have none. */
  readonly #bytes: PushedBytes | undefined;
  #body: ReadableStream<Uint8Array> | null | undefined;

  /** `headers` are names and values in turn; `method` is the request's. */
  constructor(status: number, headers: readonly string[], bytes: PushedBytes, method: string) {
    this.status = status;
    this.headers = new RawHeaders(headers);
    this.#bytes = method === "HEAD" || status === 204 || status === 304 ? undefined : bytes;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#body ??= this.#bytes === undefined ? null : toStream(this.source());
  }

  source(): ByteSource {
    return this.#decoded() ?? NO_BYTES;
  }

  async text(): Promise<string> {
    const bytes = await this.#decoded()?.whole();
    return bytes === undefined ? "" : textOf(bytes);
  }

  #decoded(): PushedBytes | undefined {
    const bytes = this.#bytes;
    const decode = bytes && decoderFor(this.headers);
    if (decode === undefined) return bytes;
    // What broke the bytes off says more than what a decoder makes of it.
    return nodeSource(
      decode(Readable.from(toIterable(bytes!))),
      (error) => bytes!.failure ?? terminated(error),
    );
  }
}

/** What bytes say in UTF-8, without a byte order mark. */
function textOf(bytes: Buffer): string {
  const marked = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString("utf8", marked ? 3 : 0);
}
