import { createDoor, type GatewayDoor } from "../gateway.ts";
import { toResponse } from "../http/incoming.ts";
import type { GatewayOptions } from "../options/mod.ts";
import { withAiBinding } from "./ai_binding.ts";
import { failureReply } from "./plain_error.ts";

/** The part of a Worker's execution context that is used here. */
export interface WorkerContext {
  /** Keeps the Worker alive until the promise settles. */
  waitUntil(work: Promise<unknown>): void;
}

/** A Worker: what its module exports by default. */
export interface GatewayWorker<Env> {
  /** Answers a request; never rejects. */
  fetch(request: Request, env: Env, context: WorkerContext): Promise<Response>;
}

/**
 * A Worker from options, or from a function that makes them of the Worker's `env`; it is asked once, on the first
 * request. Options that are wrong answer every request with 500 and say what is wrong.
 *
 * A Worker faces the world, so a gateway without access keys is closed unless it says `open: true`. For a Worker
 * that is configured by its variables alone, `dragoman` itself has a default export.
 *
 * @example
 * ```ts
 * import { createWorker } from "dragoman/workers";
 *
 * interface Env {
 *   OPENAI_API_KEY: string;
 *   ACCESS_KEY: string;
 * }
 *
 * export default createWorker((env: Env) => ({
 *   providers: { openai: { apiKey: env.OPENAI_API_KEY } },
 *   gateways: { default: { accessKeys: [{ name: "website", key: env.ACCESS_KEY }] } },
 * }));
 * ```
 */
export function createWorker<Env = unknown>(
  options: GatewayOptions | ((env: Env) => GatewayOptions),
): GatewayWorker<Env> {
  let door: GatewayDoor | undefined;
  return {
    async fetch(request, env, context) {
      try {
        door ??= createDoor(
          withAiBinding(typeof options === "function" ? options(env) : options, env),
          { loopback: false, openByDefault: false },
        );
      } catch (error) {
        return toResponse(failureReply(error));
      }
      const clientAddress = request.headers.get("cf-connecting-ip") ?? undefined;
      return await door.gateway.handle(request, {
        env,
        ...(clientAddress !== undefined && { clientAddress }),
        // Called as a method: Workers refuse it detached.
        waitUntil: (work) => context.waitUntil(work),
      });
    },
  };
}
