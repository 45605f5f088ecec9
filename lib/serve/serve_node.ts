import type { GatewayOptions } from "../options/mod.ts";
import { serveNode } from "./node.ts";
import { createNodeFetch } from "./node_egress.ts";
import { nodeHash } from "./node_hash.ts";
import { lazyMediaFetch } from "./lazy_media_fetch.ts";
import { type GatewayServer, type ListenOptions, serveWith } from "./serve_with.ts";

/**
 * Serves a gateway on Node, as the command does: providers are reached over undici's connections, streams are
 * written without a web stream in between. Reads no environment. Rejects with 2116 when an option is wrong, and with
 * Node's own error when the port is taken.
 *
 * Without access keys the gateway is open on a loopback address, and closed on any other.
 *
 * @example
 * ```ts
 * import { serve } from "dragoman/node";
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
  const means = {
    serve: serveNode,
    fetch: createNodeFetch(),
    hash: nodeHash,
    mediaFetch: lazyMediaFetch,
  };
  return serveWith(means, options, where);
}
