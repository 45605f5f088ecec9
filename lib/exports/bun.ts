/**
 * Dragoman on Bun: a server of its own, and the egress and digest it uses, for a `Bun.serve` of yours.
 *
 * @example
 * ```ts
 * import { createGateway } from "dragoman";
 * import { bunFetch, bunHash } from "dragoman/bun";
 *
 * const gateway = createGateway({ demo: true, fetch: bunFetch, hash: bunHash });
 * const server = Bun.serve({ port: 0, idleTimeout: 0, fetch: (request) => gateway.fetch(request) });
 * await server.stop();
 * ```
 *
 * @module
 */
export { serve } from "../serve/serve_bun.ts";
export { bunFetch, bunHash } from "../serve/bun.ts";
export type * from "./serving.ts";
