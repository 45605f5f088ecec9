import type { GatewayOptions } from "../options/mod.ts";
import { bunFetch, bunHash, serveBun } from "./bun.ts";
import { lazyMediaFetch } from "./lazy_media_fetch.ts";
import { type GatewayServer, type ListenOptions, serveWith } from "./serve_with.ts";

/**
 * Serves a gateway on Bun, as the command does: without Bun's own limits on silence, and draining when it closes.
 * Reads no environment. Rejects with 2116 when an option is wrong, and with Bun's own error when the port is taken.
 *
 * Without access keys the gateway is open on a loopback address, and closed on any other. Bun holds at most 256
 * requests to providers at a time unless it was started with `BUN_CONFIG_MAX_HTTP_REQUESTS=65535`, and gives freed
 * memory back so soon that streams cost up to a third more unless it was started with
 * `MIMALLOC_PURGE_DELAY=1000 MIMALLOC_PURGE_HOLES=0`.
 *
 * @example
 * ```ts
 * import { serve } from "dragoman/bun";
 *
 * const server = await serve({ demo: true }, { port: 0 });
 * const answer = await fetch(`${server.url}/v1/models`);
 * console.log(answer.status); // 200
 * await server.close();
 * ```
 */
export function serve(
  options: GatewayOptions = {},
  where: ListenOptions = {},
): Promise<GatewayServer> {
  const means = { serve: serveBun, fetch: bunFetch, hash: bunHash, mediaFetch: lazyMediaFetch };
  return serveWith(means, options, where);
}
