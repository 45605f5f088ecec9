import type { Dispatcher } from "undici";
import type { FetchBody, FetchedResponse } from "../fetch_like.ts";
import { terminated } from "./node_body.ts";
import type { Connection, Connections } from "./node_connections.ts";
import { NodeResponse } from "./node_response.ts";
import { PushedBytes } from "./pushed_bytes.ts";

/** A request as it goes out, but for its body. */
export interface NodeRequestHead {
  path: string;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
}

/** One request, from its sending to the end of its answer. */
export class NodeCall implements Dispatcher.DispatchHandler {
  readonly #head: NodeRequestHead;
  /** Let go of when the answer comes: a stream may run for minutes, and the prompt may be large. */
  #content: FetchBody | undefined;
  readonly #connections: Connections;
  readonly #signal: AbortSignal;
  readonly #resolve: (response: FetchedResponse) => void;
  readonly #reject: (error: unknown) => void;
  /** Its own until it is over. */
  #connection: Connection | undefined;
  /** The connection had carried an answer before. */
  #reused = false;
  #body: PushedBytes | undefined;

  constructor(
    head: NodeRequestHead,
    content: FetchBody | undefined,
    connections: Connections,
    signal: AbortSignal,
    resolve: (response: FetchedResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#head = head;
    this.#content = content;
    this.#connections = connections;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    this.#signal.addEventListener("abort", this.#abort, { once: true });
    this.#sendOver(this.#connections.take());
  }

  #sendOver(connection: Connection): void {
    this.#connection = connection;
    this.#reused = connection.used;
    connection.client.dispatch(requestOf(this.#head, this.#content), this);
  }

  // undici takes whoever has this method for a handler of today's form.
  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    const body = new PushedBytes({
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      cancel: () => this.#drop(),
    });
    this.#body = body;
    this.#content = undefined;
    const headers = controller.rawHeaders as Buffer[];
    this.#resolve(new NodeResponse(status, headers, body, this.#head.method));
  }

  onResponseData(_controller: unknown, bytes: Buffer): void {
    this.#body?.push(bytes);
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener("abort", this.#abort);
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
    const unanswered = this.#body === undefined && !aborted;
    if (unanswered && this.#reused && isLost(error) && !isStream(this.#content)) {
      // The connection proved dead before it answered: once more, with a fresh one.
      return this.#sendOver(this.#connections.open());
    }
    this.#signal.removeEventListener("abort", this.#abort);
    if (this.#body === undefined) this.#reject(aborted ? reason : failed(error));
    else this.#body.fail(aborted ? reason : terminated(error));
  }

  readonly #abort = (): void => {
    const { reason } = this.#signal;
    this.#reject(reason);
    this.#body?.fail(reason);
    this.#drop();
  };

  /** Closes the connection, in whichever state it is. */
  #drop(): void {
    void this.#connection?.client.destroy();
    this.#connection = undefined;
  }
}

/** Bytes that are not worth the trouble of letting go of them. */
const SMALL = 16_384;

/** undici keeps a body for as long as the answer takes; one that it has to ask for leaves nothing with it. */
function requestOf(
  head: NodeRequestHead,
  content: FetchBody | undefined,
): Dispatcher.DispatchOptions {
  if (content === undefined || isStream(content) || content.length <= SMALL) {
    return { ...head, body: content as Dispatcher.DispatchOptions["body"] }; // its types know no web streams
  }
  const length = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  const headers = { ...head.headers, "content-length": String(length) };
  return { ...head, headers, body: pieceOf(content) as unknown as string };
}

function pieceOf(content: string | Uint8Array): Iterable<string | Uint8Array> {
  let left: string | Uint8Array | undefined = content;
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
function isStream(content: FetchBody | undefined): content is ReadableStream<Uint8Array> {
  return content instanceof ReadableStream;
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
