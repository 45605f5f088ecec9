/** The command with a Redis of its own, on every runtime that has a client for one. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { end, model, rate, start as begin } from "../support/graphs.ts";
import { redisMissing, startRedis } from "../support/redis_server.ts";
import { until } from "../support/waiting.ts";
import { type LiveServer, missing, RUNTIMES, start, startCommand, stop } from "./servers.ts";

const PASSWORD = "hunter2-secret";

/** A route that counts its requests, and is over after two. */
const COUNTED = [
  begin("limit"),
  rate("limit", { limitType: "count", limit: 2, window: 86_400 }, "echo"),
  model("echo", "demo/echo"),
  end(),
];
const configFor = (url: string) => ({
  demo: true,
  store: { type: "redis", url },
  gateways: { default: { routes: { counted: { elements: COUNTED } } } },
});

/** The status, and what was not counted. */
const ask = async ({ url }: LiveServer) => {
  const body = { model: "dynamic/counted", messages: [{ role: "user", content: "Hello" }] };
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  await answer.text();
  return [answer.status, answer.headers.get("dragoman-warnings")?.split(";")[0]];
};

for (const runtime of RUNTIMES.filter((name) => name !== "workerd")) {
  const skip = missing(runtime) || redisMissing();
  test(`${runtime}: what the command counts is in its Redis, for others and after a new start`, {
    skip,
  }, async () => {
    const redis = await startRedis({ password: PASSWORD });
    const config = configFor(redis.url);
    const first = await startCommand(runtime, config);
    assertStringIncludes(first.out, `\n  store      redis at 127.0.0.1:${redis.port}\n`);
    assertEquals(await ask(first), [200, undefined]);
    const second = await startCommand(runtime, config);
    await stop(first);
    const explain = start(["node", "lib/serve/cli.ts", "explain", "--model", "dynamic/counted"], {
      DRAGOMAN_CONFIG: JSON.stringify(config),
    });
    assertEquals(await explain.ended, 0);
    assertStringIncludes(explain.out, "1 request of 2 requests in 86400 s used up");
    assertEquals(await ask(second), [200, undefined]);
    assertEquals((await ask(second))[0], 429);
    await redis.stop();
    await until(() => second.err.includes("cannot be reached"), "the loss is told", 5000);
    assertEquals(await ask(second), [200, "skipped"]);
    for (const { out, err } of [first, second, explain]) assert(!(out + err).includes(PASSWORD));
    await stop(second);
  });
}

test("workerd: the command says that it has no client for Redis", async () => {
  const url = `redis://:${PASSWORD}@127.0.0.1`;
  const error = await startCommand("workerd", configFor(url)).catch((error: Error) => error);
  assert(error instanceof Error);
  assertStringIncludes(error.message, 'store.type can be "redis" only where the command serves');
  assert(!error.message.includes(PASSWORD));
});
