import { GatewayError } from "../errors.ts";
import { createDoor, type GatewayDoor } from "../gateway.ts";
import type { Context } from "../http/http_call.ts";
import { toResponse } from "../http/incoming.ts";
import { withAiBinding } from "./ai_binding.ts";
import { blockFetch } from "./block_fetch.ts";
import { configurationOf } from "./environment.ts";
import { failureReply } from "./plain_error.ts";
import type { Env } from "./proxy_rules.ts";

/** A fetch handler for runtimes that call `export default`: Workers, `deno serve`, `bun mod.ts`. */
export interface DefaultHandler {
  /** `second` is a Worker's `env`, Bun's server or Deno's connection; `third` a Worker's execution context. */
  fetch(request: Request, second?: unknown, third?: unknown): Promise<Response>;
  /** Read by Bun: its ten seconds would cut off a model that thinks in silence. */
  readonly idleTimeout: 0;
}

/** Reads and checks the environment on the first request; until that works, every request says what is wrong. */
export function createDefaultHandler(readProcessEnv: () => Env = processEnv): DefaultHandler {
  let door: GatewayDoor | undefined;
  return {
    idleTimeout: 0,
    async fetch(request, second, third) {
      try {
        door ??= build(readProcessEnv, second);
      } catch (error) {
        return toResponse(failureReply(error));
      }
      return await door.gateway.handle(request, contextOf(request, second, third));
    },
  };
}

const userAgent = globalThis.navigator?.userAgent ?? "";

/** The gateway as `export default`, configured by the environment alone and closed unless that says otherwise. */
const handler: DefaultHandler = createDefaultHandler();
export default handler;

function build(readProcessEnv: () => Env, second: unknown): GatewayDoor {
  const own = isWorkerEnv(second) ? texts(second) : undefined;
  const env = { ...readEnv(readProcessEnv), ...own };
  const { options } = configurationOf({ env, readText: noFiles });
  const bound = withAiBinding(options, isWorkerEnv(second) ? second : undefined);
  const seams = userAgent.startsWith("Deno/") ? { fetch: blockFetch } : {};
  return createDoor({ ...seams, ...bound }, { loopback: false, openByDefault: false });
}

function readEnv(readProcessEnv: () => Env): Env {
  try {
    // Deno's is a proxy that asks for permission when it is copied.
    return { ...readProcessEnv() };
  } catch (cause) {
    throw new GatewayError(
      2116,
      "The environment may not be read: on Deno, add --allow-env",
      { cause },
    );
  }
}

/** `process` exists on Node, Bun, Deno, and Workers with Node's compatibility. */
function processEnv(): Env {
  const { process } = globalThis as { process?: { env?: Env } };
  return process?.env ?? {};
}

function noFiles(): never {
  throw new GatewayError(2116, "the default handler reads no files; use env:NAME");
}

/** Neither Bun's server nor Deno's connection: a plain object of variables and bindings. */
function isWorkerEnv(second: unknown): second is Record<string, unknown> {
  return isObject(second) && !("remoteAddr" in second) && !("requestIP" in second);
}

function texts(env: Record<string, unknown>): Env {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function contextOf(request: Request, second: unknown, third: unknown): Context {
  const context: Context = {};
  const clientAddress = addressOf(request, second);
  if (clientAddress !== undefined) context.clientAddress = clientAddress;
  if (isWorkerEnv(second)) context.env = second;
  if (isObject(third) && typeof third.waitUntil === "function") {
    const { waitUntil } = third as { waitUntil: (work: Promise<unknown>) => void };
    // Called as a method: Workers refuse it detached.
    context.waitUntil = (work) => waitUntil.call(third, work);
  }
  return context;
}

function addressOf(request: Request, second: unknown): string | undefined {
  if (!isObject(second)) return undefined;
  if (isObject(second.remoteAddr)) return text(second.remoteAddr.hostname);
  if (typeof second.requestIP === "function") return text(second.requestIP(request)?.address);
  // Cloudflare sets it itself; anywhere else a caller could.
  const onWorkers = userAgent === "Cloudflare-Workers";
  return onWorkers ? text(request.headers.get("cf-connecting-ip")) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
