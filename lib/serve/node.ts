import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Gateway, GatewayDoor } from "../gateway.ts";
import type { Context } from "../http/http_call.ts";
import { reportDefect } from "./defect.ts";
import { type Answer, answerOf } from "./door.ts";
import { writeReply } from "./node_reply.ts";
import { NodeRequest } from "./node_request.ts";
import { failureReply, plainError, untrustedTarget } from "./plain_error.ts";
import type { RunningServer, ServeOptions } from "./running_server.ts";

/** Handles requests of a server made with `node:http` or `node:https`. */
export type NodeListener = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * A listener for an existing Node server.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { createGateway } from "dragoman";
 * import { createNodeListener } from "dragoman/node";
 *
 * const server = createServer(createNodeListener(createGateway({ demo: true })));
 * server.listen(0, "127.0.0.1", () => server.close());
 * ```
 */
export function createNodeListener(gateway: Gateway): NodeListener {
  return listenerOf(answerOf(gateway));
}

/** What Node knows of a caller; read only when asked for, since the address is a system call. */
class NodeContext implements Context {
  #req: IncomingMessage;

  constructor(req: IncomingMessage) {
    this.#req = req;
  }

  get clientAddress(): string | undefined {
    return this.#req.socket.remoteAddress;
  }
}

function listenerOf(answer: Answer): NodeListener {
  return (req, res) => {
    // A write that loses the race against the caller's departure reports here; there is nobody to tell.
    res.on("error", ignore);
    const incoming = NodeRequest.from(req);
    if (incoming === undefined) return writeReply(res, untrustedTarget(), "GET");
    res.on("close", () => {
      if (!res.headersSent) incoming.leave();
    });
    answer(incoming, new NodeContext(req)).then(
      (reply) => writeReply(res, reply, incoming.method),
    ).catch((error) => failed(res, error));
  };
}

/** A defect, since replies don't reject. */
function failed(res: ServerResponse, error: unknown): void {
  reportDefect(error);
  if (res.headersSent) res.destroy();
  else writeReply(res, failureReply(error), "GET");
}

/** Starts a Node server; rejects when the port is taken. */
export function serveNode(door: GatewayDoor, options: ServeOptions): Promise<RunningServer> {
  const listener = listenerOf(answerOf(door));
  let closing = false;
  const server = http.createServer({
    keepAliveTimeout: 65_000, // longer than the 60 s of common load balancers, which must be the first to close
    headersTimeout: 60_000,
    requestTimeout: 300_000,
    noDelay: true,
  }, (req, res) => {
    if (closing) res.shouldKeepAlive = false;
    listener(req, res);
  });
  server.on("clientError", refuse);
  const close = async () => {
    closing = true;
    door.drain();
    await stop(server, options.drainTimeout);
  };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.hostname, () => {
      server.off("error", reject);
      const { address, port } = server.address() as AddressInfo;
      resolve({ address: { hostname: address, port }, close });
    });
  });
}

/** Stops accepting, lets what runs finish, and cuts what is left after `drainTimeout` milliseconds. */
function stop(server: Server, drainTimeout: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection kept alive after its last answer would hold the server open until its timeout.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const cut = setTimeout(() => server.closeAllConnections(), drainTimeout);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const PARSE_FAILURES: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, "The request's headers are larger than 16 KiB."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not arrive in time."],
};

/** Answers what isn't HTTP, on the bare connection, and closes it. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, message] = PARSE_FAILURES[error.code ?? ""] ?? [400, "The request is not HTTP."];
  const body = plainError(2103, message).body as string;
  socket.on("error", ignore);
  socket.end(
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nconnection: close\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function ignore(): void {}
