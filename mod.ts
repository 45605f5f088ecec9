/**
 * Dragoman: one web-standard `fetch` handler that speaks every AI provider's dialect.
 *
 * @example
 * ```ts
 * import { createGateway } from "dragoman";
 *
 * const gateway = createGateway({ demo: true });
 * const answer = await gateway.fetch("http://gateway/v1/chat/completions", {
 *   method: "POST",
 *   body: JSON.stringify({ model: "demo/echo", messages: [{ role: "user", content: "Hello" }] }),
 * });
 * console.log((await answer.json()).choices[0].message.content); // Hello
 * ```
 *
 * The default export is the same as a module that runtimes serve by themselves (`deno serve`, `bun`, Workers); it
 * reads its configuration from the environment, on the first request.
 *
 * @module
 */
export { createGateway, type Gateway } from "./lib/gateway.ts";
export { defineConfig } from "./lib/options/mod.ts";
export { defineProvider } from "./lib/providers/provider.ts";
export { ERROR_CATALOGUE, type ErrorCode, type ErrorEntry } from "./lib/error_catalogue.ts";
export { GatewayError, type GatewayErrorOptions, isGatewayError } from "./lib/errors.ts";
export type { ModelName, ModelPrefix } from "./lib/providers/model_name.ts";
export type { GatewayBinding, UniversalConfig, UniversalEntry } from "./lib/http/binding.ts";
export type { ListedModel, ModelList } from "./lib/http/endpoints/models.ts";
export type { ExplainedElement, ExplainedStep, Explanation } from "./lib/routing/explain.ts";
export type { KeyInfo } from "./lib/http/endpoints/key.ts";
export type { KeyLimit } from "./lib/http/endpoints/key_limits.ts";
export type { Context } from "./lib/http/http_call.ts";
export type { Principal } from "./lib/http/authenticate.ts";
export type * from "./lib/exports/options.ts";
export { default, type DefaultHandler } from "./lib/serve/default.ts";
