/** `gateway.fetch` in place of the runtime's `fetch`, as any client may use it. */
import { assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../../lib/gateway.ts";
import { until } from "../serve/support.ts";
import { type ScriptedUpstream } from "../support/scripted_upstream.ts";
import { GREETING, STORED_KEY, strictOpenAI } from "../support/strict_openai.ts";
import { ASK } from "./doors.ts";

const ADDRESS = "http://gateway.invalid/v1/chat/completions";

const question = (rest: object = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "openai/gpt-4o-mini", messages: ASK, ...rest }),
});

type Fetch = ReturnType<typeof createGateway>["fetch"];

function fetchTest(
  name: string,
  body: (fetch: Fetch, upstream: ScriptedUpstream) => Promise<void>,
) {
  void test(name, async () => {
    const upstream = await strictOpenAI();
    const providers = { openai: { apiKey: STORED_KEY, baseUrl: upstream.url } };
    const { fetch } = createGateway({ providers });
    try {
      await body(fetch, upstream);
    } finally {
      await upstream.close();
    }
  });
}

fetchTest("an address may be a text, a URL or a Request", async (fetch) => {
  const answers = [
    await fetch(ADDRESS, question()),
    await fetch(new URL(ADDRESS), question()),
    await fetch(new Request(ADDRESS, question())),
  ];
  for (const answer of answers) {
    const { choices } = await answer.json();
    assertEquals(choices[0].message.content, GREETING);
  }
});

fetchTest("what servers pass behind a Request is no part of the request", async (fetch) => {
  const environment = { method: "PUT", body: "{}", headers: {}, SECRET: "x" };
  const answer = await fetch(new Request(ADDRESS, question()), environment, { waitUntil() {} });
  assertEquals(answer.status, 200);
});

fetchTest("an abort before the answer rejects with its reason", async (fetch, upstream) => {
  upstream.turns.push({ silent: true });
  const controller = new AbortController();
  const { signal } = controller;
  const rejected = assertRejects(() => fetch(ADDRESS, { ...question(), signal }), DOMException);
  await until(() => upstream.requests.length > 0, "the provider is asked");
  controller.abort();
  assertEquals((await rejected).name, "AbortError");
  await until(() => upstream.last.left, "the provider is called off");
});

fetchTest("an abort in mid-stream fails the body", async (fetch, upstream) => {
  upstream.turns.push({ stops: "silent" });
  const controller = new AbortController();
  const { signal } = controller;
  const answer = await fetch(ADDRESS, { ...question({ stream: true }), signal });
  const text = answer.text();
  controller.abort();
  assertEquals((await assertRejects(() => text, DOMException)).name, "AbortError");
  await until(() => upstream.last.left, "the provider is called off");
});
