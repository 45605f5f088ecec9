import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { createDefaultHandler } from "../../lib/serve/default.ts";

const get = (path: string, init?: RequestInit) => new Request(`http://gateway.test${path}`, init);
const models = () => get("/v1/models");

test("nothing is read before the first request, and once then", async () => {
  let reads = 0;
  const handler = createDefaultHandler(() => {
    reads++;
    return { DRAGOMAN_OPEN: "1" };
  });
  assertEquals(reads, 0);
  assertEquals((await handler.fetch(get("/health"))).status, 200);
  assertEquals((await handler.fetch(models())).status, 200);
  assertEquals(reads, 1);
});

test("it is closed unless the environment opens it", async () => {
  const handler = createDefaultHandler(() => ({ OPENAI_API_KEY: "sk-x" }));
  const answer = await handler.fetch(models());
  assertEquals(answer.status, 401);
  assert((await answer.text()).includes("DRAGOMAN_OPEN=1"));
});

test("a refused environment is a clear 500, each time, until it is allowed", async () => {
  let allowed = false;
  const handler = createDefaultHandler(() => {
    if (!allowed) throw new Error("NotCapable");
    return { DRAGOMAN_OPEN: "1" };
  });
  for (let i = 0; i < 2; i++) {
    const answer = await handler.fetch(models());
    assertEquals(answer.status, 500);
    assert((await answer.json()).error.message.includes("--allow-env"));
  }
  allowed = true;
  assertEquals((await handler.fetch(models())).status, 200);
});

test("a bad configuration is a 500 that names the option", async () => {
  const handler = createDefaultHandler(() => ({ DRAGOMAN_CONFIG: '{"bodyLimt":1}' }));
  const answer = await handler.fetch(models());
  assertEquals(answer.status, 500);
  assert((await answer.json()).error.message.includes("bodyLimt"));
});

test("a Worker's env counts, and wins over process.env; its waitUntil is called as a method", async () => {
  const handler = createDefaultHandler(() => ({ DRAGOMAN_OPEN: "0" }));
  const context = {
    waitUntil() {
      assert(this === context);
    },
  };
  const answer = await handler.fetch(models(), { DRAGOMAN_OPEN: "1", KV: {} }, context);
  assertEquals(answer.status, 200);
});

test("Deno's connection and Bun's server are no environment", async () => {
  const seconds = [
    { remoteAddr: { hostname: "10.0.0.1" }, DRAGOMAN_OPEN: "1" },
    { requestIP: () => ({ address: "10.0.0.1" }), DRAGOMAN_OPEN: "1" },
  ];
  for (const second of seconds) {
    const handler = createDefaultHandler(() => ({}));
    assertEquals((await handler.fetch(models(), second)).status, 401);
  }
});
