import type { BunApi } from "./bun_api.ts";
import { CONNECT_TIMEOUT, type ConnectRedis } from "./open_redis.ts";

const { Bun } = globalThis as unknown as { Bun: BunApi };

/** Connects with the client that Bun has itself. */
export const connectBunRedis: ConnectRedis = async (url, lost) => {
  const client = new Bun.RedisClient(url, {
    autoReconnect: false,
    connectionTimeout: CONNECT_TIMEOUT,
  });
  // `connect` would say of a wrong password only that the connection was closed.
  await client.send("PING", []);
  client.onclose = lost;
  return {
    send: (command, args) => client.send(command, args),
    close: () => client.close(),
  };
};
