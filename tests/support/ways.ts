/**
 * The two ways to reach a gateway: inside the process, and over the loopback network through the door of
 * the runtime that runs the test, with that door's own egress.
 */
import { createDoor, type GatewayDoor } from "./gateway.ts";
import type { FetchLike } from "../../lib/fetch_like.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import type { RunningServer } from "../../lib/serve/running_server.ts";
import { runtime } from "./runtime.ts";

/** A way to reach one gateway after another. */
export interface Way {
  readonly name: string;
  /** Makes a gateway, which from now on is the one that is reached. */
  open(options: GatewayOptions): Promise<GatewayDoor>;
  /** Sends a request to the gateway: `path` begins with a slash. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

const OPEN = { loopback: true, openByDefault: true };

/** `gateway.fetch` and the runtime's own `fetch`, without a server. */
export function inProcess(): Way {
  let door: GatewayDoor;
  return {
    name: "in process",
    open: (options) =>
      Promise.resolve(door = createDoor({ fetch: networkFetch, ...options }, OPEN)),
    fetch: (path, init) => door.gateway.fetch(new Request(`http://localhost${path}`, init)),
    close: () => Promise.resolve(),
  };
}

const networkFetch: FetchLike = (url, init) => fetch(url, init);

/** A server of this runtime; one for all gateways that are opened through it. */
export function throughDoor(): Way & { port(): Promise<number> } {
  let door: GatewayDoor;
  let starting: Promise<RunningServer> | undefined;
  const facade: GatewayDoor = {
    get gateway() {
      return door.gateway;
    },
    get settings() {
      return door.settings;
    },
    get running() {
      return door.running;
    },
    reply: (incoming, context) => door.reply(incoming, context),
    drain: () => door.drain(),
  };
  const server = () => starting ??= serveHere(facade);
  const port = async () => (await server()).address.port;
  return {
    name: `through ${runtime}'s door`,
    port,
    async open(options) {
      await server();
      return door = createDoor({ fetch: await egressHere(), ...options }, OPEN);
    },
    fetch: async (path, init) => await fetch(`http://127.0.0.1:${await port()}${path}`, init),
    async close() {
      await (await starting)?.close();
    },
  };
}

/** Serves a gateway as the command would on this runtime. */
export async function serveHere(door: GatewayDoor): Promise<RunningServer> {
  const options = { port: 0, hostname: "127.0.0.1", drainTimeout: 0 };
  if (runtime === "bun") return (await import("../../lib/serve/bun.ts")).serveBun(door, options);
  if (runtime === "deno") return (await import("../../lib/serve/deno.ts")).serveDeno(door, options);
  return await (await import("../../lib/serve/node.ts")).serveNode(door, options);
}

let egress: Promise<FetchLike> | undefined;

/** What the command reaches providers with on this runtime. */
export function egressHere(): Promise<FetchLike> {
  return egress ??= loadEgress();
}

async function loadEgress(): Promise<FetchLike> {
  if (runtime === "bun") return (await import("../../lib/serve/bun.ts")).bunFetch;
  if (runtime === "deno") return (await import("../../lib/serve/block_fetch.ts")).blockFetch;
  return (await import("../../lib/serve/node_egress.ts")).createNodeFetch();
}
