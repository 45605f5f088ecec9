import type { FetchLike } from "../fetch_like.ts";
import type { GatewayDoor } from "../gateway.ts";
import type { ConnectRedis } from "./open_redis.ts";
import { lazyMediaFetch } from "./lazy_media_fetch.ts";
import { type Env, usesProxy } from "./proxy_rules.ts";
import type { RunningServer, ServeOptions } from "./running_server.ts";

/** What the command takes from the runtime it finds itself in. */
export interface Runtime {
  /** With its version, for the start-up summary. */
  name: string;
  serve(door: GatewayDoor, options: ServeOptions): RunningServer | Promise<RunningServer>;
  /** Absent where the runtime's own is best. */
  fetch?: FetchLike;
  hash: (text: string) => string;
  connectRedis: ConnectRedis;
  /** Absent where a proxy stands before everything: it would resolve a name anew. */
  mediaFetch?: FetchLike;
  /** Something the operator should know before relying on this. */
  warning?: string;
}

/** Loads the door of the runtime this runs in, and only that one. */
export async function detectRuntime(env: Env): Promise<Runtime> {
  const runtime = await loadRuntime(env);
  return usesProxy(env) ? runtime : { ...runtime, mediaFetch: lazyMediaFetch };
}

async function loadRuntime(env: Env): Promise<Runtime> {
  const { bun, deno, node } = process.versions as Record<string, string | undefined>;
  if (bun !== undefined) return await bunRuntime(env, bun);
  const { nodeHash } = await import("./node_hash.ts");
  if (deno !== undefined) {
    const { serveDeno } = await import("./deno.ts");
    const { blockFetch } = await import("./block_fetch.ts");
    const name = `Deno ${deno}`;
    return { name, serve: serveDeno, fetch: blockFetch, hash: nodeHash, connectRedis };
  }
  const { serveNode } = await import("./node.ts");
  const { createNodeFetch } = await import("./node_egress.ts");
  return {
    name: `Node ${node}`,
    serve: serveNode,
    fetch: createNodeFetch({ env }),
    hash: nodeHash,
    connectRedis,
  };
}

/** The client is loaded when there is a Redis to be reached. */
const connectRedis: ConnectRedis = async (...args) => {
  const { connectNodeRedis } = await import("./node_redis.ts");
  return await connectNodeRedis(...args);
};

async function bunRuntime(env: Env, version: string): Promise<Runtime> {
  const { bunFetch, bunHash, serveBun } = await import("./bun.ts");
  const { connectBunRedis } = await import("./bun_redis.ts");
  const runtime: Runtime = {
    name: `Bun ${version}`,
    serve: serveBun,
    fetch: bunFetch,
    hash: bunHash,
    connectRedis: connectBunRedis,
  };
  // Bun reads it before any of our code runs, and has no `exec` to start over with.
  if (env.BUN_CONFIG_MAX_HTTP_REQUESTS === undefined) {
    runtime.warning = "Bun holds at most 256 requests to providers at a time: " +
      "start with BUN_CONFIG_MAX_HTTP_REQUESTS=65535 to lift that";
  }
  return runtime;
}
