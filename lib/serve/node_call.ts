import type { Dispatcher } from "undici";
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
  /** What is left of a body that is a stream. */
  #upload: ReadableStreamDefaultReader<Uint8Array> | undefined;
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
    if (isStream(request.body)) this.#upload = request.body.getReader();
    connection.client.dispatch(dispatchable(request, this.#upload), this);
  }

  // undici takes whoever has this method for a handler of today's form.
  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#request = undefined;
    this.#controller = controller;
    this.#body = new PushedBytes(this);
    const headers = controller.rawHeaders as Buffer[];
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
    const again = this.#reused && isLost(error) && !aborted && this.#request !== undefined;
    if (again && !isStream(this.#request?.body)) {
      // The connection proved dead before it answered: once more, with a fresh one.
      return this.#sendOver(this.#connections.open());
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
    void this.#upload?.cancel().catch(() => {}); // it may have failed already: the same to us
    this.#upload = undefined;
  }
}

/** Bytes that are not worth the trouble of letting go of them. */
const SMALL = 16_384;

/** undici keeps a body for as long as the answer takes; one that it has to ask for leaves nothing with it. */
function dispatchable(
  request: SentRequest,
  upload: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Dispatcher.DispatchOptions {
  if (upload !== undefined) return { ...request, body: asBody(piecesOf(upload)) };
  const body = request.body as Exclude<FetchBody, ReadableStream> | undefined;
  if (body === undefined || body.length <= SMALL) return { ...request, body: asBody(body) };
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  return {
    ...request,
    headers: { ...request.headers, "content-length": String(length) },
    body: asBody(pieceOf(body)),
  };
}

/** undici takes whatever can be iterated over; its types don't know it. */
function asBody(body: unknown): Dispatcher.DispatchOptions["body"] {
  return body as Dispatcher.DispatchOptions["body"];
}

async function* piecesOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncIterable<Uint8Array> {
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) return;
    yield value;
  }
}

function pieceOf(body: string | Uint8Array): Iterable<string | Uint8Array> {
  let left: string | Uint8Array | undefined = body;
  return {
    [Symbol.iterator]: () => ({
      next() {
        const value = left;
        left = undefined;
        return value === undefined ? { done: true, value } : { done: false, value };
      },
    }),
  };
}

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
