import { createClient } from "@redis/client";
import { CONNECT_TIMEOUT, type ConnectRedis } from "./open_redis.ts";

/** Connects with node-redis, on Node and Deno. */
export const connectNodeRedis: ConnectRedis = async (url, lost) => {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT },
  });
  client.on("error", lost);
  await client.connect();
  return {
    send: (command, args) => client.sendCommand([command, ...args]),
    close: () => client.isOpen && client.destroy(),
  };
};
