/** `gateway.binding(id).run(entries)`: the universal endpoint without HTTP, for whoever holds the gateway. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import type { UniversalEntry } from "../../lib/http/binding.ts";
import { createDoor, createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import {
  failure,
  type ScriptedProvider,
  scriptedProvider,
  type ScriptStep,
  silent,
  stalled,
  text,
} from "../../lib/exports/testing.ts";
import { until } from "../support/waiting.ts";

const MESSAGES = [{ role: "user", content: "Hello" }];

function step(model: string, query: object = {}): UniversalEntry {
  return {
    provider: "compat",
    endpoint: "chat/completions",
    query: { model, messages: MESSAGES, ...query },
  };
}

function scene(script: ScriptStep[], options: GatewayOptions = {}) {
  const provider: ScriptedProvider = scriptedProvider(script);
  const providers = { openai: { apiKey: "k" }, groq: { apiKey: "k" } };
  const gateway = createGateway({ providers, fetch: provider.fetch, ...options });
  return { gateway, provider };
}

const saidBy = async (answer: Response) => (await answer.json()).choices[0].message.content;

test("run is that of the gateway default, works detached, and needs no access key", async () => {
  const gateways = {
    default: { accessKeys: ["ak"] },
    team: { accessKeys: ["ak"], routes: { a: "groq/m" } },
  };
  const { gateway: { run, binding }, provider } = scene([failure(500), text("One"), text("Two")], {
    gateways,
  });
  const answer = await run([step("openai/m"), step("groq/m")]);
  assertEquals([await saidBy(answer), answer.headers.get("cf-aig-step")], ["One", "1"]);
  assertEquals(await saidBy(await binding("team").run(step("dynamic/a"))), "Two");
  assertEquals(provider.requests.length, 3);
});

test("a base path, and a gateway that trusts its own machine only, are no matter", async () => {
  const provider = scriptedProvider([text("Hello")]);
  const options = {
    basePath: "/ai",
    providers: { openai: { apiKey: "k" } },
    fetch: provider.fetch,
  };
  const { gateway } = createDoor(options, { loopback: true, openByDefault: true });
  assertEquals(await saidBy(await gateway.run(step("openai/m"))), "Hello");
});

test("an entry's headers may be Headers, or values of any kind, as Cloudflare's types have it", async () => {
  const { gateway, provider } = scene([failure(500), text("One"), text("Two")]);
  const headers = new Headers({
    Authorization: "Bearer sk-own",
    "cf-aig-max-attempts": "2",
    "cf-aig-retry-delay": "0",
  });
  assertEquals(await saidBy(await gateway.run({ ...step("openai/m"), headers })), "One");
  assertEquals(provider.last.headers.get("authorization"), "Bearer sk-own");
  const loose = {
    "cf-aig-metadata": { team: 1 },
    "cf-aig-skip-cache": true,
    "cf-aig-event-id": null,
  };
  assertEquals(await saidBy(await gateway.run({ ...step("openai/m"), headers: loose })), "Two");
});

test("an unknown gateway, and entries that are none, are answers", async () => {
  const { gateway } = scene([]);
  const unknown = await gateway.binding("no/such").run([]);
  assertEquals([unknown.status, (await unknown.json()).error[0].code], [400, 2001]);
  for (const entries of [[], undefined, null, 1, "x"]) {
    const answer = await gateway.run(entries as never);
    assertEquals(answer.status, 400, String(entries));
    await answer.body?.cancel();
  }
});

test("an abort rejects with its reason, before the answer and in the middle of it", async () => {
  const { gateway, provider } = scene([silent(), stalled(text("Good morning"))]);
  const first = new AbortController();
  const asked = assertRejects(
    () => gateway.run([step("openai/m"), step("groq/m")], first),
    RangeError,
  );
  await until(() => provider.requests.length === 1, "the provider is asked");
  first.abort(new RangeError("enough"));
  assertEquals((await asked).message, "enough");
  await until(() => provider.last.cancelled, "the provider is called off");
  assertEquals(provider.requests.length, 1);
  const second = new AbortController();
  const answer = await gateway.run(step("openai/m", { stream: true }), { signal: second.signal });
  const reader = answer.body!.getReader();
  assert((await reader.read()).value !== undefined);
  const next = assertRejects(
    () => reader.read().then(({ value }) => value === undefined ? undefined : reader.read()),
    DOMException,
  );
  second.abort();
  await next;
  await until(() => provider.last.cancelled, "the provider is called off");
});

test("a stream is asked for no faster than it is read", async () => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new TextEncoder().encode(`data: {"n":${pulled}}\n\n`));
    },
  }, { highWaterMark: 0 });
  const answer = new Response(body, { headers: { "content-type": "text/event-stream" } });
  const gateway = createGateway({
    providers: { openai: { apiKey: "k" } },
    fetch: () => Promise.resolve(answer),
  });
  const entry = { provider: "openai", endpoint: "chat/completions", query: { stream: true } };
  const reader = (await gateway.run(entry)).body!.getReader();
  for (let i = 0; i < 3; i++) await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(pulled <= 5, `${pulled} were asked for`);
  await reader.cancel();
});
