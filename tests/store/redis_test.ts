/** The Redis store against a real server, through node-redis; Bun's own client has a file of its own. */
import { createClient } from "@redis/client";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { after, before, test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { type RedisSender, redisStore } from "../../lib/store/redis.ts";
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

/** A client of node-redis that says at once when there is no connection. */
async function nodeRedis() {
  const client = createClient({ url: server.url, disableOfflineQueue: true });
  client.on("error", () => {}); // what tests ask about comes from the store
  await client.connect();
  return client;
}

testStore("the Redis store over node-redis", async () => {
  const client = await nodeRedis();
  const store = redisStore(client, { prefix: `test-${stores++}:` });
  return { store, advance: pause, close: () => Promise.resolve(client.destroy()) };
}, skip);

test("every operation of the Redis store is one command on one key", { skip }, async () => {
  const client = await nodeRedis();
  const sent: [string, string | undefined][] = [];
  const sender: RedisSender = {
    send(command, args, key) {
      sent.push([command, key]);
      if (key !== undefined) assert(args.includes(key));
      return client.sendCommand([command, ...args]);
    },
  };
  const store = redisStore(sender, { prefix: "p:" });
  await client.sendCommand(["SCRIPT", "FLUSH"]);
  await store.set("a", "1", 0);
  await store.get("a");
  for (let i = 0; i < 2; i++) {
    await store.add("n", 1, 0);
    await store.compareAndSet("a", "1", "1", 0);
  }
  await store.delete("a");
  await store.probe();
  // A server that doesn't know a script is given it once.
  const scripts = [["EVALSHA", "p:n"], ["EVAL", "p:n"], ["EVALSHA", "p:a"], ["EVAL", "p:a"]];
  const known = [["EVALSHA", "p:n"], ["EVALSHA", "p:a"]];
  const last = [["DEL", "p:a"], ["PING", undefined]];
  assertEquals(sent, [["SET", "p:a"], ["GET", "p:a"], ...scripts, ...known, ...last]);
  client.destroy();
});

test(
  "the Redis store says when the server is gone, and goes on when it is back",
  { skip },
  async () => {
    const own = await startRedis();
    const client = createClient({ url: own.url, disableOfflineQueue: true });
    client.on("error", () => {});
    await client.connect();
    const store = redisStore(client, { timeout: 2000 });
    await store.add("n", 1, 0);
    await own.stop();
    const error = await assertRejects(() => store.get("secret key"), GatewayError);
    assertEquals([error.code, error.status, error.retryable], [2142, 503, true]);
    assert(!error.message.includes("secret key") && error.cause === undefined, error.message);
    await assertRejects(() => store.probe(), GatewayError);
    const again = await startRedis({ port: own.port });
    while (!client.isReady) await pause(20);
    await store.probe();
    assertEquals(await store.add("n", 1, 0), 1);
    client.destroy();
    await again.stop();
  },
);

test("the Redis store gives up a server that does not answer", { skip }, async () => {
  const own = await startRedis();
  const client = createClient({ url: own.url });
  client.on("error", () => {});
  await client.connect();
  const store = redisStore(client, { timeout: 500 });
  await store.set("a", "1", 0);
  own.freeze(true);
  const start = performance.now();
  const error = await assertRejects(() => store.get("a"), GatewayError);
  assertEquals([error.code, error.status, error.retryable], [2143, 503, true]);
  assertEquals(error.message, "The store (Redis) did not answer within 500 ms");
  assert(performance.now() - start < 5000);
  own.freeze(false);
  assertEquals(await store.get("a"), "1");
  client.destroy();
  await own.stop();
});

test("what Redis refuses is told by its first word", { skip }, async () => {
  const client = await nodeRedis();
  const store = redisStore(client, { prefix: "refused:" });
  await client.sendCommand(["RPUSH", "refused:list", "prompt"]);
  const error = await assertRejects(() => store.get("list"), GatewayError);
  assertEquals(error.message, "The store (Redis) failed: WRONGTYPE");
  client.destroy();
});
