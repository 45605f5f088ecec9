/**
 * Dragoman: one web-standard `fetch` handler that speaks every AI provider's dialect.
 *
 * @module
 */
export { createGateway, type Gateway } from "./lib/gateway.ts";
export { defineConfig, type GatewayOptions } from "./lib/options/mod.ts";
export { defineProvider, type Provider } from "./lib/providers/provider.ts";
export { ERROR_CATALOGUE, type ErrorCode, GatewayError, isGatewayError } from "./lib/errors.ts";
export type { Context } from "./lib/http/http_call.ts";
export { default } from "./lib/serve/default.ts";
