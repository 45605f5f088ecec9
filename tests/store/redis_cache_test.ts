/** Several gateways on one Redis: what one has kept, the others answer with. */
import { createClient } from "@redis/client";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { after, before, test } from "node:test";
import { scriptedProvider, text } from "../../lib/exports/testing.ts";
import { createGateway } from "../support/gateway.ts";
import { redisStore } from "../../lib/store/redis.ts";
import { errorLines } from "../support/error_lines.ts";
import { settled } from "../support/fake_clock.ts";
import { chat, type Got } from "../support/recorder.ts";
import { redisMissing, type RedisServer, startRedis } from "../support/redis_server.ts";
import { pause } from "../support/waiting.ts";

const statusOf = ({ headers }: Got) => headers.get("cf-aig-cache-status");

const skip = redisMissing();
let server: RedisServer;
before(async () => {
  if (!skip) server = await startRedis();
});
after(() => server?.stop());

/** A process of its own would do nothing else: it shares nothing but Redis and the secret. */
async function openScene() {
  const client = createClient({ url: server.url, disableOfflineQueue: true });
  client.on("error", () => {}); // what tests ask about comes from the store
  await client.connect();
  const provider = scriptedProvider([], { otherwise: ({ number }) => text(`Said in ${number}.`) });
  const gateway = createGateway({
    providers: { openai: { apiKey: "sk-stored" } },
    gateways: { default: { cache: { ttl: 3600 } } },
    fetch: provider.fetch,
    secret: "0123456789abcdef0123456789abcdef",
    store: redisStore(client, { timeout: 500 }),
  });
  return { client, gateway, provider };
}

test(
  "what one gateway has kept in Redis another one answers with, until Redis is gone",
  { skip },
  async () => {
    const [one, other] = [await openScene(), await openScene()];
    const first = await chat(one.gateway, { stream: true });
    const keys = async () => await one.client.sendCommand(["KEYS", "*"]) as unknown as string[];
    for (let tries = 0; tries < 100 && (await keys()).length === 0; tries++) await pause(10);
    const again = await chat(other.gateway, { stream: true });
    assertEquals([again.text, statusOf(again)], [first.text, "HIT"]);
    assertEquals(statusOf(await chat(other.gateway)), "HIT");
    assertEquals(other.provider.requests.length, 0);
    const [key, ...others] = await keys();
    assertEquals(others, []);
    assert(/^dragoman:cache:[0-9a-f]{64}$/.test(key!), key);
    const left = Number(await one.client.sendCommand(["PTTL", key!]));
    assert(left > 3_500_000 && left <= 3_600_000, `${left}`);
    const value = String(await one.client.sendCommand(["GET", key!]));
    assert(value.startsWith("s1.") && !value.includes("Said"));
    await server.stop();
    const lines = await errorLines(async () => {
      const without = await chat(other.gateway);
      assertEquals([without.status, statusOf(without)], [200, "MISS"]);
      assertStringIncludes(without.headers.get("dragoman-warnings")!, 'skipped;param="cache"');
      await settled();
    });
    assert(lines.length >= 1);
    for (const { client } of [one, other]) client.destroy();
  },
);
