import { createDoor, type Gateway, type GatewayDoor } from "../gateway.ts";
import { isGatewayError } from "../errors.ts";
import { configurationError } from "../options/mod.ts";
import type { GatewayOptions, OpenRedis } from "../options/mod.ts";
import type { PriceBook } from "../policy/price_book.ts";
import type { Settings } from "../routing/settings.ts";
import { isLoopback, refuseOwnAddress } from "./address.ts";
import { createCoarseClock } from "./coarse_clock.ts";
import type { RunningServer, ServeOptions } from "./running_server.ts";
import type { Runtime } from "./runtime.ts";

/** Where a server listens; every field has a default. */
export interface ListenOptions {
  /** 0 takes any free port. Default: 8787. */
  port?: number;
  /** Default: `127.0.0.1`, which only this machine can reach. */
  hostname?: string;
  /** Milliseconds that running answers get when the server closes. Default: 25,000. */
  drainTimeout?: number;
}

/** A server that accepts requests, and the gateway behind it. */
export interface GatewayServer extends RunningServer {
  /** How this machine reaches it: `http://127.0.0.1:8787`. */
  readonly url: string;
  /** The same gateway without the network: `new OpenAI({ baseURL: `${url}/v1`, fetch: gateway.fetch })`. */
  readonly gateway: Gateway;
}

type Means = Pick<Runtime, "fetch" | "hash" | "mediaFetch">;

/** What only the command brings along, for options that name it. */
interface Brought {
  openRedis?: OpenRedis;
  priceTable?: PriceBook | undefined;
}

/**
 * A gateway to be served at an address, with the runtime's own means where the options bring no others. Without
 * access keys it is open on a loopback address only. Throws 2116 for options that are wrong, or that name this very
 * address as a provider's.
 */
export function doorAt(
  options: GatewayOptions,
  { hostname, port }: Pick<ServeOptions, "hostname" | "port">,
  { fetch, hash, mediaFetch }: Means,
  { openRedis, priceTable }: Brought = {},
): GatewayDoor {
  const loopback = isLoopback(hostname);
  const means = { clock: createCoarseClock(), hash, ...(fetch && { fetch }) };
  const brought = { priceTable, ...(openRedis && { openRedis }) };
  const reach = { loopback, openByDefault: loopback, mediaFetch, ...brought };
  const door = createDoor({ ...means, ...options }, reach);
  refuseOwnAddress(door.settings, hostname, port);
  return door;
}

/**
 * Reads the providers' keys that lie in the store. Throws 2116 with the places that name one which is not there. A store
 * that does not answer is no mistake: the gateway serves what it can, and says at `/ready` what is missing.
 */
export async function checkSharedKeys({ sharedKeys }: Settings): Promise<void> {
  if (sharedKeys === undefined) return;
  await sharedKeys.load().catch((error: unknown) => {
    if (!isGatewayError(error) || error.code === 2116) throw error;
  });
  const faults = sharedKeys.missing.map(({ name, path }) => ({
    path,
    problem: `is not in the store: put it there with dragoman key set ${name}`,
  }));
  if (faults.length > 0) throw configurationError(faults);
}

/** What `serve` of every runtime does. */
export async function serveWith(
  runtime: Pick<Runtime, "serve"> & Means,
  options: GatewayOptions,
  { port = 8787, hostname = "127.0.0.1", drainTimeout = 25_000 }: ListenOptions,
): Promise<GatewayServer> {
  const door = doorAt(options, { hostname, port }, runtime);
  await checkSharedKeys(door.settings);
  const { address, close } = await runtime.serve(door, { port, hostname, drainTimeout });
  return { address, url: urlOf(hostname, address.port), gateway: door.gateway, close };
}

/** An address that stands for all of a machine's is none to connect to. */
function urlOf(hostname: string, port: number): string {
  const host = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
