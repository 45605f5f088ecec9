/**
 * Dragoman on Deno: a server of its own. `Deno.serve(gateway.fetch)` works as well, with a gateway that
 * `createGateway` made.
 *
 * @module
 */
export { serve } from "../serve/serve_deno.ts";
export type * from "./serving.ts";
