import type { GatewayDoor } from "../gateway.ts";
import { toResponse } from "../http/incoming.ts";
import { reportDefect } from "./defect.ts";
import { failureReply } from "./plain_error.ts";
import type { RunningServer, ServeOptions } from "./running_server.ts";

/** The part of Deno's API used here: its own types are not among the project's packages. */
interface DenoNamespace {
  serve(options: object, handler: (request: Request, info: DenoInfo) => unknown): DenoServer;
}
interface DenoInfo {
  remoteAddr: { hostname?: string };
}
interface DenoServer {
  addr: { hostname: string; port: number };
  shutdown(): Promise<void>;
}

const { Deno } = globalThis as unknown as { Deno: DenoNamespace };

/** Starts a Deno server; throws when the port is taken. */
export function serveDeno(door: GatewayDoor, options: ServeOptions): RunningServer {
  const aborter = new AbortController();
  const server = Deno.serve({
    port: options.port,
    hostname: options.hostname,
    signal: aborter.signal,
    onListen() {}, // the command prints its own line
    onError(error: unknown) {
      reportDefect(error);
      return toResponse(failureReply(error));
    },
  }, (request, info) => {
    const context = {
      get clientAddress() {
        return info.remoteAddr.hostname;
      },
    };
    return door.reply(request, context).then(toResponse);
  });
  const { hostname, port } = server.addr;
  let closed: Promise<void> | undefined;
  return { address: { hostname, port }, close: () => closed ??= stop() };

  async function stop(): Promise<void> {
    door.drain();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const overdue = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        aborter.abort();
        resolve();
      }, options.drainTimeout);
    });
    await Promise.race([server.shutdown(), overdue]);
    clearTimeout(timer);
  }
}
