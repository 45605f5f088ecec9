/**
 * Dragoman on Node: a server of its own, a listener for the server you have, and the egress both use.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { createGateway } from "dragoman";
 * import { createNodeFetch, createNodeListener, nodeHash } from "dragoman/node";
 *
 * const gateway = createGateway({ demo: true, fetch: createNodeFetch(), hash: nodeHash });
 * const server = createServer(createNodeListener(gateway));
 * await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
 * server.close();
 * ```
 *
 * @module
 */
export { serve } from "../serve/serve_node.ts";
export { createNodeListener, type NodeListener } from "../serve/node.ts";
export { createNodeFetch, type NodeFetchOptions } from "../serve/node_egress.ts";
export { createMediaFetch, type MediaFetchOptions } from "../serve/media_fetch.ts";
export { nodeHash } from "../serve/node_hash.ts";
export type { Env } from "../serve/proxy_rules.ts";
export type * from "./serving.ts";
