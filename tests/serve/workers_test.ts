import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { createWorker } from "../../lib/serve/workers.ts";
import { scriptedProvider, text } from "../../lib/exports/testing.ts";

const models = (headers: Record<string, string> = {}) =>
  new Request("https://worker.test/v1/models", { headers });
const context = { waitUntil() {} };

test("a Worker makes its options of its env, once, on the first request", async () => {
  const seen: unknown[] = [];
  const worker = createWorker((env: { KEY: string }) => {
    seen.push(env);
    return { gateways: { default: { accessKeys: [env.KEY] } } };
  });
  assertEquals(seen, []);
  const env = { KEY: "ak-123456" };
  const authorization = "Bearer ak-123456";
  assertEquals((await worker.fetch(models({ authorization }), env, context)).status, 200);
  assertEquals((await worker.fetch(models(), env, context)).status, 401);
  assertEquals(seen, [env]);
});

test("a Worker without access keys is closed unless it says that it is open", async () => {
  const ask = async (options: GatewayOptions) =>
    (await createWorker(options).fetch(models(), {}, context)).status;
  assertEquals(await ask({ demo: true }), 401);
  assertEquals(await ask({ demo: true, gateways: { default: { open: true } } }), 200);
});

test("options that are wrong answer every request, until they are right", async () => {
  let wrong = true;
  const worker = createWorker(() => wrong ? { bodyLimt: 1 } as GatewayOptions : OPEN);
  for (let i = 0; i < 2; i++) {
    const answer = await worker.fetch(models(), {}, context);
    assertEquals(answer.status, 500);
    assert((await answer.text()).includes("bodyLimt"));
  }
  wrong = false;
  assertEquals((await worker.fetch(models(), {}, context)).status, 200);
});

const OPEN: GatewayOptions = { gateways: { default: { open: true } } };

test("a Worker's own fetch is what reaches providers", async () => {
  const provider = scriptedProvider([text("From the script")]);
  const worker = createWorker({
    ...OPEN,
    providers: { openai: { apiKey: "test" } },
    fetch: provider.fetch,
  });
  const request = new Request("https://worker.test/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model: "openai/m", messages: [{ role: "user", content: "Hello" }] }),
  });
  const answer = await (await worker.fetch(request, {}, context)).json();
  assertEquals(answer.choices[0].message.content, "From the script");
});
