import { systemClock } from "../clock.ts";
import { hexOf } from "../hex.ts";
import { type GuardOptions, guardStore, PATIENCE } from "./guard.ts";
import type { EngineStore } from "./store.ts";

/** Sends one command: the method that Bun's own client has, and that takes a line to write for any other. */
export interface RedisSender {
  /** Resolves with the reply, texts as strings. `key` is the key among `args`, which a cluster is told apart by. */
  send(command: string, args: string[], key?: string): Promise<unknown>;
}

/** The part of node-redis's client that is used: `createClient` of `redis` or `@redis/client`. */
export interface NodeRedis {
  /** Resolves with the reply. */
  sendCommand(command: string[]): Promise<unknown>;
}

/** What {@linkcode redisStore} takes besides a client. */
export interface RedisStoreOptions extends GuardOptions {
  /** What every key begins with. Default: `dragoman:`. */
  prefix?: string;
}

/** A script, and the digest by which the server knows it once it has run. */
interface Script {
  text: string;
  sha1?: Promise<string>;
}

/**
 * The value is read, changed and written in one step, with the time that is left. Redis' Lua counts in the same
 * 64-bit floats as JavaScript; 17 digits give every one of them back. `KEEPTTL` came with Redis 6.
 */
const ADD: Script = {
  text: `local old = redis.call('GET', KEYS[1])
local sum = string.format('%.17g', tonumber(old or '0') + tonumber(ARGV[1]))
if old then redis.call('SET', KEYS[1], sum, 'KEEPTTL')
elseif ARGV[2] then redis.call('SET', KEYS[1], sum, 'PX', ARGV[2])
else redis.call('SET', KEYS[1], sum) end
return sum`,
};

/** ARGV: the value, how long it is kept or nothing, and what is expected, or nothing for an absent value. */
const COMPARE_AND_SET: Script = {
  text: `if redis.call('GET', KEYS[1]) ~= (ARGV[3] or false) then return 0 end
if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1])
else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`,
};

/**
 * A store in Redis 6 or later, or Valkey, through a client that is connected and reconnects by itself. Every
 * operation is one command on one key, so a cluster will do. A client should not keep commands while it has no
 * connection: they would be counted long after they were given up.
 *
 * @example
 * ```ts
 * import { createClient } from "@redis/client"; // or "redis"
 * import { createGateway } from "dragoman";
 * import { redisStore } from "dragoman/redis";
 *
 * const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
 * const client = createClient({ url, disableOfflineQueue: true });
 * client.on("error", () => {}); // it connects again by itself
 * await client.connect();
 *
 * const gateway = createGateway({ demo: true, store: redisStore(client) });
 * console.log((await gateway.fetch("http://gateway/ready")).status); // 200
 * client.destroy();
 * ```
 *
 * @example Bun's own client, ioredis, and a cluster of node-redis
 * ```ts
 * import { type RedisSender, redisStore } from "dragoman/redis";
 *
 * export const onBun = (client: Bun.RedisClient) => redisStore(client);
 *
 * interface Ioredis {
 *   call(command: string, ...args: string[]): Promise<unknown>;
 * }
 * export const withIoredis = (client: Ioredis) =>
 *   redisStore({ send: (command, args) => client.call(command, ...args) });
 *
 * interface Cluster {
 *   sendCommand(key: string | undefined, readOnly: boolean, command: string[]): Promise<unknown>;
 * }
 * export const onCluster = (cluster: Cluster) => {
 *   const sender: RedisSender = {
 *     send: (command, args, key) => cluster.sendCommand(key, false, [command, ...args]),
 *   };
 *   return redisStore(sender);
 * };
 * ```
 */
export function redisStore(
  client: RedisSender | NodeRedis,
  { prefix = "dragoman:", timeout = PATIENCE, clock = systemClock }: RedisStoreOptions = {},
): EngineStore {
  const send: RedisSender["send"] = "send" in client
    ? (command, args, key) => client.send(command, args, key)
    : (command, args) => client.sendCommand([command, ...args]);

  async function run(script: Script, key: string, args: string[]): Promise<unknown> {
    const sha1 = await (script.sha1 ??= sha1Of(script.text));
    try {
      return await send("EVALSHA", [sha1, "1", key, ...args], key);
    } catch (error) {
      // The server was started anew, or is another one: it learns the script again.
      if (!(error instanceof Error && error.message.includes("NOSCRIPT"))) throw error;
      return await send("EVAL", [script.text, "1", key, ...args], key);
    }
  }

  const store: EngineStore = {
    async get(name) {
      const key = prefix + name;
      const value = await send("GET", [key], key);
      return value === null || value === undefined ? undefined : String(value);
    },
    async set(name, value, ttl) {
      const key = prefix + name;
      await send("SET", ttl === 0 ? [key, value] : [key, value, "PX", whole(ttl)], key);
    },
    async delete(name) {
      await send("DEL", [prefix + name], prefix + name);
    },
    async add(name, amount, ttl) {
      const lifetime = ttl === 0 ? [] : [whole(ttl)];
      return Number(await run(ADD, prefix + name, [String(amount), ...lifetime]));
    },
    async compareAndSet(name, expected, value, ttl) {
      const args = [value, ttl === 0 ? "" : whole(ttl)];
      if (expected !== undefined) args.push(expected);
      return Number(await run(COMPARE_AND_SET, prefix + name, args)) === 1;
    },
    async probe() {
      await send("PING", []);
    },
  };
  return guardStore(store, "Redis", { timeout, clock });
}

/** Redis takes whole milliseconds, one at least. */
function whole(ttl: number): string {
  return String(Math.max(1, Math.ceil(ttl)));
}

async function sha1Of(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return hexOf(new Uint8Array(digest));
}
