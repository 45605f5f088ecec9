/** Limits that two gateways share in one Redis, each through a connection of its own. */
import { createClient } from "@redis/client";
import { assert, assertEquals } from "@std/assert";
import { after, before, test } from "node:test";
import { createGateway, type Gateway } from "../support/gateway.ts";
import { redisStore } from "../../lib/store/redis.ts";
import type { FetchLike, GatewayEntry } from "../../mod.ts";
import { chat, goodAnswer, send } from "../support/recorder.ts";
import { redisMissing, type RedisServer, startRedis } from "../support/redis_server.ts";
import { pause, until } from "../support/waiting.ts";

const skip = redisMissing();
let server: RedisServer;
before(async () => {
  if (!skip) server = await startRedis();
});
after(() => server?.stop());

let scenes = 0;

/** Two gateways that share everything but their process's memory. */
async function twoGateways(entry: GatewayEntry, fetch: FetchLike) {
  const prefix = `limits-${scenes++}:`;
  const clients = await Promise.all([1, 2].map(async () => {
    const client = createClient({ url: server.url, disableOfflineQueue: true });
    client.on("error", () => {}); // what tests ask about comes from the store
    await client.connect();
    return client;
  }));
  const gateways = clients.map((client) =>
    createGateway({
      providers: { openai: { apiKey: "sk-stored" } },
      prices: { "openai/*": { input: 1000, output: 1000 } },
      gateways: { default: { open: true, ...entry } },
      store: redisStore(client, { prefix, timeout: 500 }),
      fetch,
    })
  );
  return { gateways, close: () => clients.forEach((client) => client.destroy()) };
}

/** So many requests at once, from half as many clients at each gateway. */
const together = (gateways: readonly Gateway[], count: number) =>
  Promise.all(Array.from({ length: count }, (_, at) => chat(gateways[at % gateways.length]!)));

const passed = (answers: readonly { status: number }[]) =>
  answers.filter(({ status }) => status === 200).length;

async function used(gateway: Gateway): Promise<number[]> {
  const { text } = await send(gateway, "/v1/key");
  const told = JSON.parse(text) as Record<"limits" | "spendLimits", { used: number }[]>;
  return [...told.limits, ...told.spendLimits].map(({ used }) => used);
}

test("two gateways let exactly as many requests through as a limit allows", { skip }, async () => {
  let asked = 0;
  const { gateways, close } = await twoGateways(
    { limits: [{ of: "requests", limit: 100, per: 86_400 }] },
    (_, init) => {
      asked++;
      return Promise.resolve(goodAnswer(init));
    },
  );
  let through = 0;
  for (let round = 0; round < 4; round++) through += passed(await together(gateways, 64));
  assertEquals([through, asked], [100, 100]);
  assertEquals(await used(gateways[0]!), [100]);
  close();
});

test(
  "two gateways never have more running at a time, nor hold a place afterwards",
  { skip },
  async () => {
    const waiting: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const { gateways, close } = await twoGateways(
      { limits: [{ of: "concurrency", limit: 7 }] },
      async (_, init) => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => waiting.push(resolve));
        running--;
        return goodAnswer(init);
      },
    );
    let over = false;
    const asked = together(gateways, 64).finally(() => over = true);
    while (!over) {
      for (const go of waiting.splice(0)) go();
      await pause(5);
    }
    const answers = await asked;
    assert(most <= 7, `${most} at a time`);
    assert(passed(answers) >= 1);
    // Places are given back behind the answers.
    for (let i = 0; i < 100 && (await used(gateways[1]!))[0] !== 0; i++) await pause(5);
    assertEquals(await used(gateways[1]!), [0]);
    close();
  },
);

test(
  "two gateways spend no more than a limit, and settle what answers cost",
  { skip },
  async () => {
    const waiting: (() => void)[] = [];
    const { gateways, close } = await twoGateways(
      { spendLimits: [{ limit: 10 }] },
      async () => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        const message = { role: "assistant", content: "Hi" };
        const usage = { prompt_tokens: 100, completion_tokens: 150 };
        return Response.json({ choices: [{ index: 0, message, finish_reason: "stop" }], usage });
      },
    );
    const asked = together(gateways, 64);
    // Each is reckoned at some $1.02; while one is taken back, another may be refused that would have fitted.
    await until(() => waiting.length >= 1, "somebody is asked");
    await pause(300);
    const through = waiting.length;
    assert(through >= 1 && through <= 9, `${through} were asked`);
    const [reserved] = await used(gateways[0]!);
    assert(reserved! <= 10 && reserved! > through, `${reserved} dollars`);
    for (const go of waiting) go();
    assertEquals(passed(await asked), through);
    const settled = async () =>
      Math.round((await used(gateways[1]!))[0]! * 1e6) === through * 250_000;
    for (let i = 0; i < 100 && !await settled(); i++) await pause(5);
    assert(await settled());
    close();
  },
);

test(
  "while Redis is gone limits do as they are told, and count again when it is back",
  { skip },
  async () => {
    const own = await startRedis();
    const client = createClient({
      url: own.url,
      disableOfflineQueue: true,
      socket: { reconnectStrategy: 20 },
    });
    client.on("error", () => {}); // what tests ask about comes from the store
    await client.connect();
    const gateway = createGateway({
      providers: { openai: { apiKey: "sk-stored" } },
      gateways: {
        default: { open: true, limits: [{ of: "requests", limit: 3, per: 86_400 }] },
        strict: {
          open: true,
          limits: [{ of: "requests", limit: 3, per: 86_400, onStoreTrouble: "closed" }],
        },
      },
      store: redisStore(client, { timeout: 300 }),
      fetch: (_, init) => Promise.resolve(goodAnswer(init)),
    });
    const strictly = () => chat(gateway, {}, {}, "/v1/me/strict/compat/chat/completions");
    own.freeze(true);
    const begun = performance.now();
    const [open, closed] = await Promise.all([chat(gateway), strictly()]);
    assert(performance.now() - begun < 2_000);
    assertEquals([open.status, closed.status], [200, 503]);
    assert(open.headers.get("dragoman-warnings")!.includes("did not answer within 300 ms"));
    own.freeze(false);
    await own.stop();
    const gone = await Promise.all([chat(gateway), strictly()]);
    assertEquals(gone.map(({ status }) => status), [200, 503]);
    const again = await startRedis({ port: own.port });
    await until(() => client.isReady, "the client is back", 5_000);
    const all: number[] = [];
    for (let i = 0; i < 4; i++) all.push((await strictly()).status);
    assertEquals(all, [200, 200, 200, 429]);
    client.destroy();
    await again.stop();
  },
);
