/** The types that every runtime's `serve` speaks of. */
export type { Gateway } from "../gateway.ts";
export type { ExplainedElement, ExplainedStep, Explanation } from "../routing/explain.ts";
export type { Context } from "../http/http_call.ts";
export type { Principal } from "../http/authenticate.ts";
export type { GatewayServer, ListenOptions } from "../serve/serve_with.ts";
export type { RunningServer } from "../serve/running_server.ts";
export type * from "./options.ts";
