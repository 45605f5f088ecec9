/** The store that the command opens by an address, with the client that it uses on this runtime. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import process from "node:process";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { type ConnectRedis, openRedis } from "../../lib/serve/open_redis.ts";
import { detectRuntime } from "../../lib/serve/runtime.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { redisMissing, startRedis } from "../support/redis_server.ts";
import { runtime } from "../support/runtime.ts";
import { pause, until, within } from "../support/waiting.ts";

const skip = redisMissing();
const { connectRedis } = await detectRuntime(process.env);

/** Lines for the operator, and connections that were made; all are closed at the end. */
function watched() {
  const said: string[] = [];
  const closers: (() => void)[] = [];
  const connect: ConnectRedis = async (url, lost) => {
    const connection = await connectRedis(url, lost);
    closers.push(connection.close);
    return connection;
  };
  const end = () => closers.forEach((close) => close());
  return { said, closers, end, connect, say: (line: string) => void said.push(line) };
}

const codeOf = async (failing: Promise<unknown>) =>
  (await assertRejects(() => failing, GatewayError)).code;

test("a store is opened with a password and a database", { skip }, async () => {
  const server = await startRedis({ password: "p@ss:w/rd%" });
  const means = watched();
  const store = openRedis(
    { type: "redis", url: `${server.url}/2`, prefix: "own:", timeout: 5000 },
    means,
  );
  await store.set("a", "1", 0);
  const { send } = await means.connect(`${server.url}/2`, () => {});
  assertEquals(await send("GET", ["own:a"]), "1");
  const other = await means.connect(server.url, () => {});
  assertEquals(await other.send("GET", ["own:a"]), null);
  assertEquals(means.said, []);
  means.end();
  await server.stop();
});

test("a wrong password is told to the operator, and none is shown", { skip }, async () => {
  const server = await startRedis({ password: "right" });
  const means = watched();
  const url = server.url.replace("right", "hunter2");
  const store = openRedis({ type: "redis", url, timeout: 5000 }, means);
  const error = await assertRejects(() => store.get("a"), GatewayError);
  const reason = runtime === "bun" ? "ERR_REDIS_AUTHENTICATION_FAILED" : "WRONGPASS";
  assertEquals([error.code, error.message], [2142, `The store (Redis) failed: ${reason}`]);
  const place = `127.0.0.1:${server.port}`;
  assertEquals(means.said, [`dragoman: the store at ${place} cannot be reached: ${reason}`]);
  await server.stop();
});

test(
  "a store goes and comes back with its server, and says so once each time",
  { skip },
  async () => {
    const first = await startRedis();
    const means = watched();
    const store = openRedis({ type: "redis", url: first.url, timeout: 5000 }, means);
    assertEquals(await store.add("n", 1, 0), 1);
    await first.stop();
    await until(() => means.said.length === 1, "the loss is told");
    for (let i = 0; i < 20; i++) {
      assertEquals(await within(codeOf(store.add("n", 1, 0)), "it fails without waiting"), 2142);
    }
    assertEquals(means.said.length, 1);
    assertMatch(means.said[0]!, /^dragoman: the store at 127\.0\.0\.1:\d+ cannot be reached: \w+$/);
    const second = await startRedis({ port: first.port });
    await pause(600);
    assertEquals(await store.add("n", 1, 0), 1);
    assertEquals(means.said.slice(1), [
      `dragoman: the store at 127.0.0.1:${first.port} is reached again`,
    ]);
    await second.stop();
    await until(() => means.said.length === 3, "the second loss is told");
    means.end();
  },
);

test("a server that is not there yet is found when it comes", { skip }, async () => {
  const taken = await startRedis();
  await taken.stop();
  const means = watched();
  const store = openRedis({ type: "redis", url: taken.url, timeout: 5000 }, means);
  assertEquals(await codeOf(store.get("a")), 2142);
  const server = await startRedis({ port: taken.port });
  await pause(600);
  assertEquals(await store.get("a"), undefined);
  assertEquals(means.said.length, 2);
  means.end();
  await server.stop();
});

test(
  "a connection that the network lost without a word is given up for a new one",
  { skip },
  async () => {
    const server = await startRedis();
    const means = watched();
    const clock = new FakeClock();
    const store = openRedis({ type: "redis", url: server.url }, { ...means, clock });
    await store.set("a", "1", 0);
    server.freeze(true);
    const waiting = codeOf(store.get("a"));
    await pause(20); // it has been sent
    await clock.advance(5000);
    assertEquals(await waiting, 2143);
    assert(means.said[0]?.endsWith(": ETIMEDOUT"), means.said[0]);
    server.freeze(false);
    assertEquals(await store.get("a"), "1");
    assertEquals(means.closers.length, 2);
    means.end();
    await server.stop();
  },
);
