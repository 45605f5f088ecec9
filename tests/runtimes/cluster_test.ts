/** Gateways that share a Redis: what one knows the other knows, and what they do while it is away. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { redisMissing } from "../support/redis_server.ts";
import { pause } from "../support/waiting.ts";
import { type Asked, keepAsking, startCluster, tally } from "./cluster.ts";

const skip = redisMissing();
const SECRET = "what nobody guesses, of thirty-two characters";
const FIRST = "sk-first-abcdefghijkl-1111";
const SECOND = "sk-second-abcdefghijkl-2222";
const ACCESS = "ak-website-abcdefghijkl";
const AUTHORIZED = { headers: { "cf-aig-authorization": `Bearer ${ACCESS}` } };

const READY = { path: "/ready" };

const THOUGHT = { type: "thinking", thinking: "Tide tables first.", signature: "EqQBCgIYAg==" };
const CALL = { type: "tool_use", id: "toolu_1", name: "tide", input: { harbour: "Brest" } };
const claudeAnswer = () => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  content: [THOUGHT, CALL],
  stop_reason: "tool_use",
  usage: { input_tokens: 1, output_tokens: 1 },
});

test(
  "what one gateway hears of a model's thoughts the other gives back, and the Redis can't read",
  {
    skip,
  },
  async () => {
    const cluster = await startCluster({
      runtimes: ["node", "bun"],
      config: (baseUrl) => ({
        secret: SECRET,
        providers: { anthropic: { baseUrl, apiKey: FIRST } },
      }),
      answer: claudeAnswer,
    });
    const question = { role: "user", content: "May we sail?" };
    const body = {
      model: "anthropic/claude-sonnet-4-5",
      reasoning_effort: "low",
      tools: [{ type: "function", function: { name: "tide", parameters: { type: "object" } } }],
      messages: [question],
    };
    const first = await cluster.ask(0, body);
    const { message: { tool_calls } } = JSON.parse(first.text).choices[0];
    const messages = [
      question,
      { role: "assistant", content: null, tool_calls },
      { role: "tool", tool_call_id: "toolu_1", content: "High." },
    ];
    await cluster.ask(1, { ...body, messages });
    const told = (cluster.provider.asked[1]!.body.messages as { content: unknown[] }[])[1]!.content;
    assertEquals(told[0], THOUGHT);
    const kept = [...(await cluster.redis.contents()).values()];
    assert(kept.length > 0);
    for (const value of kept) assert(!/Tide|Brest|toolu_1|EqQB/.test(value), value);
    await cluster.close();
  },
);

const keyed = (baseUrl: string) => ({
  secret: SECRET,
  providers: { openai: { baseUrl, apiKey: "store:main" } },
  gateways: { default: { accessKeys: [{ name: "website", key: ACCESS }] } },
});

const lastKey = (asked: readonly Asked[]) => asked.at(-1)?.headers.authorization;

test("a key that is put into the Redis is used by all gateways, without a new start", {
  skip,
}, async () => {
  const cluster = await startCluster({
    runtimes: ["node", "bun"],
    config: keyed,
    async before({ run }) {
      const lacking = await run(["--port", "0"]);
      assertEquals(lacking.child.exitCode, 1);
      assertStringIncludes(lacking.err, "providers.openai.apiKey is not in the store");
      const { out, err } = await run(["key", "set", "main"], `${FIRST}\n`);
      assertEquals([out, err], ['main is in the store: use it as "apiKey": "store:main"\n', ""]);
    },
  });
  const { ask, provider, run } = cluster;
  for (const at of [0, 1]) {
    assertEquals((await ask(at, { model: "openai/m" }, AUTHORIZED)).status, 200);
    assertEquals(lastKey(provider.asked), `Bearer ${FIRST}`);
  }
  await run(["key", "set", "main"], SECOND);
  for (const at of [0, 1]) {
    const replaced = () => lastKey(provider.asked) === `Bearer ${SECOND}`;
    const end = performance.now() + 10_000;
    provider.asked.length = 0;
    while (!replaced() && performance.now() < end) {
      assertEquals((await ask(at, { model: "openai/m" }, AUTHORIZED)).status, 200);
      await pause(100);
    }
    assert(replaced());
  }
  const list = await run(["key", "list"]);
  assert(/^main +…2222 +set 2\d{3}-\S+Z\n$/.test(list.out), list.out);
  const removed = [await run(["key", "remove", "main"]), await run(["key", "remove", "main"])];
  assertEquals(removed.map(({ child, out, err }) => [child.exitCode, out, err]), [
    [0, "main is no longer in the store\n", ""],
    [2, "", "dragoman: there is no key main in the store\n"],
  ]);
  const contents = JSON.stringify([...await cluster.redis.contents()]);
  assert(!contents.includes(FIRST) && !contents.includes(SECOND));
  await cluster.close();
});

test(
  "a Redis that goes and comes back under load hangs nothing, refuses nobody, and needs no new start",
  {
    skip,
  },
  async () => {
    const cluster = await startCluster({
      runtimes: ["node", "bun"],
      config: keyed,
      before: async ({ run }) => void await run(["key", "set", "main"], FIRST),
    });
    const { ask, redis, gateways } = cluster;
    const both = () =>
      Promise.all([0, 1].map(async (at) => (await ask(at, undefined, READY)).text));
    /** Waits until both gateways say this of themselves. */
    const say = async (store: string, provider_keys: string) => {
      const wanted = Array(2).fill(JSON.stringify({ status: "ready", store, provider_keys }));
      const end = performance.now() + 9000;
      let said = await both();
      while (said.join() !== wanted.join() && performance.now() < end) {
        await pause(100);
        said = await both();
      }
      assertEquals(said, wanted);
    };
    await say("ok", "ok");
    const load = keepAsking(64, (client) => ask(client % 2, { model: "openai/m" }, AUTHORIZED));
    await pause(1000);
    await redis.stop();
    const before = load.answered;
    // The keys are looked for in vain meanwhile.
    await say("unreachable", "old");
    for (const { err } of gateways) assert(err.includes("cannot be reached"), err);
    const during = load.answered;
    assert(during > before + 100, `${during - before} answers while it was away`);
    await redis.start();
    // It came back empty: nobody took a key away, so the last one holds, and people can see what is missing.
    await say("ok", "missing");
    for (const { err } of gateways) assert(err.includes("is reached again"), err);
    const answers = await load.stop();
    assertEquals(tally(answers), { 200: answers.length });
    const slowest = Math.max(...answers.map(({ took }) => took));
    assert(slowest < 5000, `${slowest} ms`);
    await cluster.close();
  },
);
