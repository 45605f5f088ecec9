/** Gateways that share a Redis: limits, budgets and the cache are the same at all of them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { redisMissing } from "../support/redis_server.ts";
import { pause } from "../support/waiting.ts";
import { type Cluster, type Got, keepAsking, startCluster, tally } from "./cluster.ts";

const skip = redisMissing();
const RUNTIMES = ["node", "bun"] as const;
const KEY = "sk-provider-abcdefghijkl";
const ACCESS = "ak-website-abcdefghijkl";
const SECRET = "what nobody guesses, of thirty-two characters";
const CLIENTS = 64;
/** Seconds; longer than a test, so that no window ends in it but at midnight. */
const DAY = 86_400;

/** So many clients at once, each of which asks so often, one gateway after the other. */
async function crowd({ ask }: Cluster, times: number, body: object): Promise<Got[]> {
  const all = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const got: Got[] = [];
      for (let time = 0; time < times; time++) got.push(await ask((client + time) % 2, body));
      return got;
    }),
  );
  return all.flat();
}

const codeOf = ({ text }: Got) => JSON.parse(text).error.code;

test("of 64 clients at two gateways exactly as many get through as the limit says", {
  skip,
}, async () => {
  const cluster = await startCluster({
    runtimes: RUNTIMES,
    config: (baseUrl) => ({
      providers: { openai: { baseUrl, apiKey: KEY } },
      gateways: { default: { limits: [{ of: "requests", limit: 100, per: DAY }] } },
    }),
  });
  const answers = await crowd(cluster, 5, { model: "openai/m" });
  assertEquals(tally(answers), { 200: 100, 429: 220 });
  assertEquals(cluster.provider.asked.length, 100);
  const refused = answers.filter(({ status }) => status === 429);
  assertEquals(new Set(refused.map(codeOf)), new Set(["2003"]));
  await cluster.close();
});

test("a budget that two gateways share is spent to its end, and not beyond", { skip }, async () => {
  // An answer of two tokens costs 0.002 dollars; 0.004 are set aside for it.
  const cluster = await startCluster({
    runtimes: RUNTIMES,
    config: (baseUrl) => ({
      providers: { openai: { baseUrl, apiKey: KEY } },
      prices: { "openai/m": { input: 0, output: 1000 } },
      gateways: { default: { spendLimits: [{ limit: 0.1, per: DAY }] } },
    }),
  });
  const body = { model: "openai/m", max_tokens: 4 };
  const answers = await crowd(cluster, 3, body);
  // While others' reservations stand, somebody may be refused for whom there is room once they are settled.
  for (let at = 0; answers.at(-1)!.status === 200 || at < 2; at++) {
    answers.push(await cluster.ask(at % 2, body));
  }
  const { 200: served = 0 } = tally(answers);
  // 48 of them cost 0.096, beside which one more fits.
  assertEquals([served, cluster.provider.asked.length], [49, 49]);
  const refused = answers.filter(({ status }) => status !== 200);
  assertEquals(new Set(refused.map(codeOf)), new Set(["2041"]));
  await cluster.close();
});

test(
  "an answer that one gateway keeps is a hit at the other, which counts nowhere, and the Redis can't read it",
  { skip },
  async () => {
    const cluster = await startCluster({
      runtimes: RUNTIMES,
      config: (baseUrl) => ({
        secret: SECRET,
        providers: { openai: { baseUrl, apiKey: KEY } },
        gateways: {
          default: { cache: { ttl: 600 }, limits: [{ of: "requests", limit: 1, per: DAY }] },
        },
      }),
    });
    const { ask, provider, redis } = cluster;
    const first = await ask(0, { model: "openai/m" });
    // It is kept beside its answer.
    while (![...(await redis.contents()).keys()].some((key) => key.includes("cache:"))) {
      await pause(20);
    }
    const others = [await ask(1, { model: "openai/m" }), await ask(0, { model: "openai/m" })];
    const all = [first, ...others];
    assertEquals(tally(all), { 200: 3 });
    const statuses = all.map(({ headers }) => headers.get("cf-aig-cache-status"));
    assertEquals(statuses, ["MISS", "HIT", "HIT"]);
    assertEquals(new Set(all.map(({ text }) => text)).size, 1);
    assertEquals(provider.asked.length, 1);
    const contents = JSON.stringify([...await redis.contents()]);
    assert(!contents.includes("Good."), contents);
    assertEquals((await ask(1, { model: "openai/other" })).status, 429);
    await cluster.close();
  },
);

test(
  "while the Redis is away each limit does what is configured, and counts rightly afterwards",
  { skip },
  async () => {
    const accessKeys = [{ name: "website", key: ACCESS }];
    const cluster = await startCluster({
      runtimes: RUNTIMES,
      config: (baseUrl) => ({
        providers: { openai: { baseUrl, apiKey: KEY } },
        prices: { "openai/m": { input: 1, output: 1 } },
        gateways: {
          default: {
            accessKeys,
            limits: [
              { of: "requests", limit: 1_000_000, per: DAY },
              { of: "concurrency", limit: 2 * CLIENTS },
            ],
          },
          closed: { accessKeys, spendLimits: [{ limit: 1000, per: DAY }] },
        },
      }),
    });
    const { ask, redis } = cluster;
    const headers = { "cf-aig-authorization": `Bearer ${ACCESS}` };
    const closed = { headers, path: "/v1/account/closed/compat/chat/completions" };
    const body = { model: "openai/m" };
    const open = keepAsking(CLIENTS, (client) => ask(client % 2, body, { headers }));
    const shut = keepAsking(8, (client) => ask(client % 2, body, closed));
    await pause(1000);
    await redis.stop();
    await pause(2500);
    const during = [await ask(0, body, { headers }), await ask(1, body, closed)] as const;
    await redis.start();
    await pause(1500);
    const [opened, refused] = [await open.stop(), await shut.stop()];

    assertEquals(tally(opened), { 200: opened.length });
    assertStringIncludes(during[0].headers.get("dragoman-warnings") ?? "", "skipped;param=");
    assertEquals([during[1].status, codeOf(during[1]).slice(0, 3)], [503, "214"]);
    const { 200: served = 0, 503: unserved = 0 } = tally(refused);
    assert(served > 0 && unserved > 0, JSON.stringify(tally(refused)));
    assertEquals(served + unserved, refused.length);
    const slowest = Math.max(...[...opened, ...refused].map(({ took }) => took));
    assert(slowest < 5000, `${slowest} ms`);

    // What was under way has been settled, and nothing of it is left behind.
    const used = async () => {
      const told = await ask(0, undefined, { headers, path: "/v1/key" });
      return JSON.parse(told.text).limits.map((limit: { used: number }) => limit.used);
    };
    await pause(200);
    const [before, running] = await used();
    assertEquals(running, 0);
    for (let at = 0; at < 20; at++) {
      assertEquals((await ask(at % 2, body, { headers })).status, 200);
    }
    assertEquals(await used(), [before + 20, 0]);
    await cluster.close();
  },
);
