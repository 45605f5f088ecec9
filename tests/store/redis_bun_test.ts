/** The Redis store against a real server, through the client that Bun has itself. */
import { after, before } from "node:test";
import { redisStore } from "../../lib/store/redis.ts";
import { redisMissing, type RedisServer, startRedis } from "../support/redis_server.ts";
import { pause } from "../support/waiting.ts";
import { testStore } from "./conformance.ts";

const skip = redisMissing();
let server: RedisServer;
let stores = 0;
before(async () => {
  if (!skip) server = await startRedis();
});
after(() => server?.stop());

testStore("the Redis store over Bun's client", () => {
  const client = new Bun.RedisClient(server.url);
  const store = redisStore(client, { prefix: `test-${stores++}:` });
  return Promise.resolve({ store, advance: pause, close: () => Promise.resolve(client.close()) });
}, skip);
