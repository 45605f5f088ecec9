import { Readable } from "node:stream";
import type { FetchedResponse } from "../fetch_like.ts";
import { type ByteSource, NO_BYTES, toStream } from "../byte_source.ts";
import { decoderFor } from "./content_encoding.ts";
import { nodeSource, terminated, textOf } from "./node_body.ts";
import type { PushedBytes } from "./pushed_bytes.ts";
import { RawHeaders } from "./raw_headers.ts";

/** A provider's answer in the shape of a `Response`. Nothing is built until it is asked for. */
export class NodeResponse implements FetchedResponse {
  readonly status: number;
  readonly headers: RawHeaders;
  /** Absent where the answer can have none. */
  readonly #bytes: PushedBytes | undefined;
  #body: ReadableStream<Uint8Array> | null | undefined;

  constructor(status: number, headers: readonly Buffer[], bytes: PushedBytes, method: string) {
    this.status = status;
    this.headers = new RawHeaders(headers.map((text) => text.toString("latin1")));
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
    return nodeSource(decode(readable(bytes!)), (error) => bytes!.failure ?? terminated(error));
  }
}

function readable(bytes: ByteSource): Readable {
  return new Readable({
    read() {
      bytes.next().then((piece) => this.push(piece ?? null), (cause) => {
        this.destroy(new Error("the body broke off", { cause }));
      });
    },
    destroy(error, done) {
      bytes.cancel();
      done(error);
    },
  });
}
