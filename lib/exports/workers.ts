/**
 * Dragoman on Cloudflare Workers and workerd: the `{ fetch }` that a Worker exports.
 *
 * @module
 */
export { createWorker, type GatewayWorker, type WorkerContext } from "../serve/workers.ts";
export type * from "./options.ts";
