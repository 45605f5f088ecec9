import type { Dispatcher } from "undici";
import { type ByteSource, fromStream, sourceOfBytes, toIterable } from "../byte_source.ts";
import type { FetchBody, FetchedResponse } from "../fetch_like.ts";
import { terminated } from "./node_body.ts";
import type { Connection, Connections } from "./node_connections.ts";
import { NodeResponse } from "./node_response.ts";
import { PushedBytes, type Pusher } from "./pushed_bytes.ts";

/** A request as it goes out. */
export interface SentRequest {
  path: string;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: FetchBody | undefined;
}

/** One request, from its sending to the end of its answer. */
export class NodeCall implements Dispatcher.DispatchHandler, Pusher {
  readonly #method: string;
  /** Let go of when the answer comes: a stream may run for minutes, and the prompt may be large. */
  #request: SentRequest | undefined;
  readonly #connections: Connections;
  readonly #signal: AbortSignal;
  readonly #answer = Promise.withResolvers<FetchedResponse>();
  /** Its own until it is over. */
  #connection: Connection | undefined;
  /** The connection had carried an answer before. */
  #reused = false;
  /** A body that undici asks for. */
  #upload: ByteSource | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #body: PushedBytes | undefined;

  constructor(request: SentRequest, connections: Connections, signal: AbortSignal) {
    this.#method = request.method;
    this.#request = request;
    this.#connections = connections;
    this.#signal = signal;
  }

  /** Resolves with the answer's beginning; rejects where there is none. */
  send(): Promise<FetchedResponse> {
    this.#signal.addEventListener("abort", this.#abort, { once: true });
    this.#sendOver(this.#connections.take());
    return this.#answer.promise;
  }

  #sendOver(connection: Connection): void {
    this.#connection = connection;
    this.#reused = connection.used;
    const request = this.#request!;
    const { body } = request;
    if (isStream(body)) return this.#sendInPieces(connection, request, fromStream(body));
    if (body === undefined || body.length <= SMALL) {
      connection.client.dispatch(request as Dispatcher.DispatchOptions, this);
      return;
    }
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const headers = { ...request.headers, "content-length": String(bytes.length) };
    this.#sendInPieces(connection, { ...request, headers }, sourceOfBytes(bytes));
  }

  /** undici keeps a body for as long as the answer takes; one that it has to ask for leaves nothing with it. */
  #sendInPieces({ client }: Connection, request: SentRequest, upload: ByteSource): void {
    this.#upload = upload;
    // It takes whatever can be iterated over, which its types don't know.
    client.dispatch({ ...request, body: toIterable(upload) as unknown as string }, this);
  }

  // undici takes whoever has this method for a handler of today's form.
  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#request = undefined;
    this.#controller = controller;
    this.#body = new PushedBytes(this);
    const headers = (controller.rawHeaders as Buffer[]).map((text) => text.toString("latin1"));
    this.#answer.resolve(new NodeResponse(status, headers, this.#body, this.#method));
  }

  onResponseData(_controller: unknown, bytes: Buffer): void {
    this.#body?.push(bytes);
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener("abort", this.#abort);
    this.#stopUpload();
    const connection = this.#connection;
    if (connection !== undefined) {
      this.#connection = undefined;
      connection.used = true;
      this.#connections.giveBack(connection);
    }
    this.#body?.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { aborted, reason } = this.#signal;
    this.#drop();
    const unanswered = this.#request;
    if (unanswered !== undefined && this.#reused && isLost(error) && !aborted) {
      // The connection proved dead before it answered: once more, with a fresh one.
      if (!isStream(unanswered.body)) return this.#sendOver(this.#connections.open());
    }
    this.#signal.removeEventListener("abort", this.#abort);
    if (this.#body === undefined) this.#answer.reject(aborted ? reason : failed(error));
    else this.#body.fail(aborted ? reason : terminated(error));
  }

  readonly #abort = (): void => {
    const { reason } = this.#signal;
    this.#answer.reject(reason);
    this.#body?.fail(reason);
    this.#drop();
  };

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  cancel(): void {
    this.#drop();
  }

  /** Closes the connection, in whichever state it is. */
  #drop(): void {
    this.#stopUpload();
    void this.#connection?.client.destroy();
    this.#connection = undefined;
  }

  /** An answer may come before all is sent, and a departure at any time. */
  #stopUpload(): void {
    this.#upload?.cancel();
    this.#upload = undefined;
  }
}

/** Bytes that are not worth the trouble of letting go of them. */
const SMALL = 16_384;

/** Such a body can be sent once only. */
function isStream(body: FetchBody | undefined): body is ReadableStream<Uint8Array> {
  return body instanceof ReadableStream;
}

/** The other side had closed the connection, as it may at any time. */
function isLost({ code }: NodeJS.ErrnoException): boolean {
  return code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET";
}

/** As `fetch` fails: a TypeError whose cause carries Node's code, such as ECONNREFUSED. */
export function failed(error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return new TypeError(`fetch failed: ${code ?? message}`, { cause: error });
}
