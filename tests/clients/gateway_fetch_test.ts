/** `gateway.fetch` in place of the runtime's `fetch`, as any client may use it. */
import { assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import {
  type ScriptedProvider,
  scriptedProvider,
  silent,
  stalled,
  text,
} from "../../lib/exports/testing.ts";
import { createGateway } from "../support/gateway.ts";
import { until } from "../serve/support.ts";

const ADDRESS = "http://gateway.invalid/v1/chat/completions";
const ASK = [{ role: "user", content: "Good morning." }];

const question = (rest: object = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "openai/gpt-4o-mini", messages: ASK, ...rest }),
});

type Fetch = ReturnType<typeof createGateway>["fetch"];

function fetchTest(
  name: string,
  body: (fetch: Fetch, provider: ScriptedProvider) => Promise<void>,
) {
  void test(name, async () => {
    const provider = scriptedProvider();
    const providers = { openai: { apiKey: "sk-stored" } };
    const { fetch } = createGateway({ providers, fetch: provider.fetch });
    await body(fetch, provider);
  });
}

fetchTest("an address may be a text, a URL or a Request", async (fetch, provider) => {
  provider.push(text("One"), text("Two"), text("Three"));
  const answers = [
    await fetch(ADDRESS, question()),
    await fetch(new URL(ADDRESS), question()),
    await fetch(new Request(ADDRESS, question())),
  ];
  const said = answers.map(async (answer) => (await answer.json()).choices[0].message.content);
  assertEquals(await Promise.all(said), ["One", "Two", "Three"]);
  for (const { url, method, headers, body } of provider.requests) {
    assertEquals([url, method], ["https://api.openai.com/v1/chat/completions", "POST"]);
    assertEquals([headers.get("authorization"), body.model], ["Bearer sk-stored", "gpt-4o-mini"]);
  }
});

fetchTest(
  "what servers pass behind a Request is no part of the request",
  async (fetch, provider) => {
    provider.push(text("Hello"));
    const environment = { method: "PUT", body: "{}", headers: {}, SECRET: "x" };
    const answer = await fetch(new Request(ADDRESS, question()), environment, { waitUntil() {} });
    assertEquals(answer.status, 200);
  },
);

fetchTest("an abort before the answer rejects with its reason", async (fetch, provider) => {
  provider.push(silent());
  const controller = new AbortController();
  const { signal } = controller;
  const rejected = assertRejects(() => fetch(ADDRESS, { ...question(), signal }), DOMException);
  await until(() => provider.requests.length > 0, "the provider is asked");
  controller.abort();
  assertEquals((await rejected).name, "AbortError");
  await until(() => provider.last.cancelled, "the provider is called off");
});

fetchTest("an abort in mid-stream fails the body", async (fetch, provider) => {
  provider.push(stalled(text("Good morning")));
  const controller = new AbortController();
  const { signal } = controller;
  const answer = await fetch(ADDRESS, { ...question({ stream: true }), signal });
  const reading = answer.text();
  controller.abort();
  assertEquals((await assertRejects(() => reading, DOMException)).name, "AbortError");
  await until(() => provider.last.cancelled, "the provider is called off");
});
