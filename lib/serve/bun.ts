import type { GatewayDoor } from "../gateway.ts";
import type { Context } from "../http/http_call.ts";
import type { FetchedResponse, FetchInit } from "../fetch_like.ts";
import { type Reply, toResponse } from "../http/incoming.ts";
import type { BunApi, BunServer } from "./bun_api.ts";
import { reportDefect } from "./defect.ts";
import { failureReply } from "./plain_error.ts";
import type { RunningServer, ServeOptions } from "./running_server.ts";

const { Bun } = globalThis as unknown as { Bun: BunApi };

/** SHA-256 as lower-case hex, at a fortieth of WebCrypto's cost. */
export const bunHash = (text: string): string => Bun.SHA256.hash(text, "hex");

/** Bun's fetch without its own five-minute limit on silence: the gateway's timers are the ones people set. */
export function bunFetch(url: string, init: FetchInit): Promise<FetchedResponse> {
  return fetch(url, { ...init, timeout: false } as RequestInit);
}

/** What Bun knows of a caller; read only when asked for. */
class BunContext implements Context {
  #server: BunServer;
  #request: Request;

  constructor(server: BunServer, request: Request) {
    this.#server = server;
    this.#request = request;
  }

  get clientAddress(): string | undefined {
    return this.#server.requestIP(this.#request)?.address;
  }
}

/** Starts a Bun server; throws when the port is taken. */
export function serveBun(door: GatewayDoor, options: ServeOptions): RunningServer {
  const server = Bun.serve({
    port: options.port,
    hostname: options.hostname,
    // Its error pages and reports quote sources and messages.
    development: false,
    // Two servers on one port would share its requests without a word.
    reusePort: false,
    // A model may think in silence for longer than any limit here; the gateway has its own timers.
    idleTimeout: 0,
    // The gateway limits what it parses (`bodyLimit`); uploads that only pass through have no limit.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch(request, server) {
      return door.reply(request, new BunContext(server, request)).then(respond);
    },
    error: fail,
  });
  let closed: Promise<void> | undefined;
  return {
    address: { hostname: server.hostname ?? options.hostname, port: server.port ?? options.port },
    close: () => closed ??= stop(server, door, options.drainTimeout),
  };
}

function respond(reply: Reply): Response {
  return toResponse(reply);
}

/** Replies don't reject, so this is a defect; the caller sees nothing of it. */
function fail(error: unknown): Response {
  reportDefect(error);
  return toResponse(failureReply(error));
}

async function stop(
  server: BunServer,
  door: GatewayDoor,
  drainTimeout: number,
): Promise<void> {
  door.drain();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const overdue = new Promise<"overdue">((resolve) => {
    timer = setTimeout(() => resolve("overdue"), drainTimeout);
  });
  const outcome = await Promise.race([server.stop(false), overdue]);
  clearTimeout(timer);
  if (outcome === "overdue") await Promise.race([server.stop(true), Bun.sleep(500)]);
}
