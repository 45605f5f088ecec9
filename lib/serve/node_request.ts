import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Incoming } from "../http/incoming.ts";
import { requestUrl } from "./request_url.ts";
import { toStream } from "../byte_source.ts";
import { discard, nodeSource, terminated } from "./node_body.ts";
import { RawHeaders } from "./raw_headers.ts";

/**
 * A request of `node:http` in the shape the gateway reads. Everything is made on first use, because a real
 * `Request` costs 25–30 µs and most callers never look at its signal or its stream.
 */
export class NodeRequest implements Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: RawHeaders;
  #message: IncomingMessage;
  #body: ReadableStream<Uint8Array> | null | undefined;
  #controller: AbortController | undefined;
  #left = false;

  private constructor(message: IncomingMessage, url: string, headers: RawHeaders) {
    this.#message = message;
    this.method = message.method!;
    this.url = url;
    this.headers = headers;
  }

  /** Undefined when the request line or the `Host` header can't be trusted: the door answers 400. */
  static from(message: IncomingMessage): NodeRequest | undefined {
    const scheme = (message.socket as TLSSocket).encrypted === true ? "https" : "http";
    const headers = new RawHeaders(message.rawHeaders);
    // Two Host headers are joined with a comma, which no plain host holds; HTTP/1.0 may send none.
    const host = headers.get("host") ?? "localhost";
    const url = requestUrl(scheme, host, message.url ?? "/");
    return url === undefined ? undefined : new NodeRequest(message, url, headers);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#left) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** The caller has gone before the answer's headers were out. */
  leave(): void {
    this.#left = true;
    this.#controller?.abort();
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#body === undefined) {
      this.#body = this.#hasBody()
        ? toStream(nodeSource(this.#message, terminated, discard))
        : null;
    }
    return this.#body;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (!this.#hasBody()) return new ArrayBuffer(0);
    const whole = await nodeSource(this.#message, terminated, discard).whole();
    // Its memory may be a part of what was read at once; not zeroed, since all of it is overwritten.
    const own = Buffer.allocUnsafeSlow(whole.length);
    own.set(whole);
    return own.buffer as ArrayBuffer;
  }

  #hasBody(): boolean {
    const length = this.headers.get("content-length");
    return length === null ? this.headers.get("transfer-encoding") !== null : length !== "0";
  }
}
