import type { LookupFunction } from "node:net";
import { buildConnector, Client } from "undici";

/** What opens the socket of a connection. */
export type Connect = buildConnector.connector;

/** A connection to one origin, which carries one request at a time. */
export interface Connection {
  readonly client: Client;
  /** It is open since an answer came over it, so the other side may be about to close it. */
  used: boolean;
}

/** Milliseconds that a connection may take to open. */
export const CONNECT_TIMEOUT = 30_000;

/** Opens sockets, TLS where the origin has it; their sessions are resumed. */
export function createConnect(lookup?: LookupFunction): Connect {
  return buildConnector({ timeout: CONNECT_TIMEOUT, ...(lookup && { lookup }) });
}

/** Idle connections kept for the next request. */
const MOST_IDLE = 4096;

/** Nothing but the gateway's own deadlines ends a request; a connection is idle for as long as most servers let it be. */
const OPTIONS = {
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 90_000,
};

/**
 * The connections to one origin. The one that was used last is used next, as the likeliest to be alive; undici's own
 * pool looks through all of them for each request, and doesn't tell whether a connection is fresh.
 */
export class Connections {
  readonly #origin: string;
  readonly #connect: Connect;
  readonly #idle: Connection[] = [];

  constructor(origin: string, connect: Connect) {
    this.#origin = origin;
    this.#connect = connect;
  }

  /** An idle one, else a fresh one. */
  take(): Connection {
    return this.#idle.pop() ?? this.open();
  }

  /** A fresh one, whose socket is opened by its first request. */
  open(): Connection {
    const client = new Client(this.#origin, { ...OPTIONS, connect: this.#connect });
    const connection = { client, used: false };
    client.on("disconnect", () => connection.used = false);
    return connection;
  }

  /** It has carried its request. */
  giveBack(connection: Connection): void {
    if (this.#idle.length < MOST_IDLE) this.#idle.push(connection);
    else void connection.client.destroy();
  }
}
