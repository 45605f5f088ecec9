/** The command with a Redis of its own, on every runtime that has a client for one. */
import { createClient } from "@redis/client";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { redisMissing, startRedis } from "../support/redis_server.ts";
import { until } from "../support/waiting.ts";
import { missing, RUNTIMES, startCommand, stop } from "./servers.ts";

const PASSWORD = "hunter2-secret";

for (const runtime of RUNTIMES.filter((name) => name !== "workerd")) {
  const skip = missing(runtime) || redisMissing();
  test(
    `${runtime}: the command connects to its Redis, and says when that is gone`,
    { skip },
    async () => {
      const redis = await startRedis({ password: PASSWORD });
      const server = await startCommand(runtime, { store: { type: "redis", url: redis.url } });
      assertStringIncludes(server.out, `\n  store      redis at 127.0.0.1:${redis.port}\n`);
      const client = await createClient({ url: redis.url }).on("error", () => {}).connect();
      const connections = async () =>
        String(await client.sendCommand(["CLIENT", "LIST"])).trim().split("\n").length;
      while (await connections() < 2) await new Promise((resolve) => setTimeout(resolve, 10));
      client.destroy();
      await redis.stop();
      await until(() => server.err.includes("cannot be reached"), "the loss is told", 5000);
      assertEquals((await fetch(`${server.url}/ready`)).status, 200);
      assert(!(server.out + server.err).includes(PASSWORD));
      await stop(server);
      assertEquals(await server.ended, 0);
    },
  );
}

test("workerd: the command says that it has no client for Redis", async () => {
  const config = { store: { type: "redis", url: `redis://:${PASSWORD}@127.0.0.1` } };
  const error = await startCommand("workerd", config).catch((error: Error) => error);
  assert(error instanceof Error);
  assertStringIncludes(error.message, 'store.type can be "redis" only where the command serves');
  assert(!error.message.includes(PASSWORD));
});
