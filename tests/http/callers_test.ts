/** Who may call, and which provider key is used for him. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { createDoor, createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { chat, errorOf, recorded, recorder } from "../support/recorder.ts";
import { toy } from "../support/toy_codec.ts";

const KEY = "ak-first-0123456789";
const OTHER = "ak-other-0123456789";
const TWO: GatewayOptions = {
  gateways: { default: { accessKeys: [KEY] }, second: { accessKeys: [OTHER] } },
};
const SECOND = "/v1/account/second/compat/chat/completions";

test("a gateway with access keys is closed to strangers, and says what to send", async () => {
  const { gateway, sent } = recorded(TWO);
  const bare = await chat(gateway);
  assertEquals([bare.status, errorOf(bare).code], [401, "2009"]);
  assertStringIncludes(errorOf(bare).message, "no access key came");
  const wrong = await chat(gateway, {}, { authorization: "Bearer sk-mine" });
  assertStringIncludes(errorOf(wrong).message, "not valid");
  assertEquals(sent.length, 0);
});

test("once a gateway has keys, an unwritten default is closed and names what would open it", async () => {
  const { gateway } = recorded({ gateways: { second: { accessKeys: [OTHER] } } });
  const answer = await chat(gateway, {}, { authorization: `Bearer ${OTHER}` });
  assertEquals([answer.status, errorOf(answer).code], [403, "2114"]);
  const bare = await chat(gateway);
  assertEquals(bare.status, 401);
  assertStringIncludes(errorOf(bare).message, "DRAGOMAN_ACCESS_KEYS");
  assertStringIncludes(errorOf(bare).message, "DRAGOMAN_OPEN=1");
});

test("a key of another gateway is told from no key at all", async () => {
  const { gateway, sent } = recorded(TWO);
  for (const [key, path] of [[OTHER, "/v1/chat/completions"], [KEY, SECOND]] as const) {
    const answer = await chat(gateway, {}, { "cf-aig-authorization": `Bearer ${key}` }, path);
    assertEquals([answer.status, errorOf(answer).code], [403, "2114"]);
  }
  assertEquals(sent.length, 0);
  const right = await chat(gateway, {}, { "cf-aig-authorization": OTHER }, SECOND);
  assertEquals(right.status, 200);
});

test("a gateway is closed by itself where strangers may reach it", async () => {
  const { fetch } = recorder();
  const options = { fetch, providers: { openai: { apiKey: "sk-stored" } } };
  for (const loopback of [true, false]) {
    const { gateway } = createDoor(options, { loopback, openByDefault: false });
    assertEquals((await chat(gateway)).status, 401);
  }
  const open = { ...options, gateways: { default: { open: true } } };
  const { gateway } = createDoor(open, { loopback: false, openByDefault: false });
  assertEquals((await chat(gateway)).status, 200);
});

test("whom the host application vouches for needs no key, and a header can't claim it", async () => {
  const { gateway } = recorded(TWO);
  const ask = (headers: Record<string, string>, context?: { principal: { name: string } }) => {
    const body = JSON.stringify({ model: "openai/m", messages: [] });
    const init = { method: "POST", headers, body };
    return gateway.handle(new Request("http://localhost/v1/chat/completions", init), context);
  };
  assertEquals((await ask({}, { principal: { name: "alice" } })).status, 200);
  assertEquals((await ask({ principal: "alice", "x-principal": "alice" })).status, 401);
});

const PLACEHOLDERS = [
  "",
  "Bearer",
  "Bearer undefined",
  "Bearer null",
  "CF_TEMP_TOKEN",
  "Bearer dragoman",
];

test("placeholders that SDKs send count as no key", async () => {
  const { gateway, sent } = recorded();
  for (const value of [...PLACEHOLDERS, "bearer Dragoman", "undefined"]) {
    for (const name of ["authorization", "x-api-key"]) {
      assertEquals((await chat(gateway, {}, { [name]: value })).status, 200);
      assertEquals(sent.pop()?.headers.authorization, "Bearer sk-stored-openai", value);
    }
  }
});

test("the request's own key wins over the stored one, from every position in its order", async () => {
  const { gateway, sent } = recorded();
  const order = ["authorization", "x-api-key", "x-goog-api-key", "api-key", "xi-api-key"];
  for (const [at, name] of order.entries()) {
    const later = Object.fromEntries(order.slice(at).map((each) => [each, `sk-${each}`]));
    await chat(gateway, {}, later, "/v1/chat/completions?key=sk-query");
    assertEquals(sent.pop()?.headers.authorization, `Bearer sk-${name}`);
  }
  await chat(gateway, {}, {}, "/v1/chat/completions?key=sk-query");
  assertEquals(sent.pop()?.headers.authorization, "Bearer sk-query");
});

test("requestKeys: ignore makes every key of a request absent", async () => {
  const { gateway, sent } = recorded({
    gateways: { default: { open: true, requestKeys: "ignore" } },
  });
  await chat(gateway, {}, { authorization: "Bearer sk-mine", "x-api-key": "sk-mine" });
  assertEquals(sent.pop()?.headers.authorization, "Bearer sk-stored-openai");
});

const toyProvider = { definition: toy, apiKey: "toy-stored", baseUrl: "http://toy.example" };

test("a plan over several providers uses stored keys only", async () => {
  const routes = { mixed: ["openai/m", "toy/m"], same: ["openai/m", "openai/n"], solo: "openai/m" };
  const { gateway, sent } = recorded(
    { providers: { toy: toyProvider }, gateways: { default: { open: true, routes } } },
    () => new Response("no", { status: 500 }),
  );
  const keysFor = async (model: string) => {
    await chat(gateway, { model }, { authorization: "Bearer sk-mine" });
    return sent.splice(0).map(({ headers }) => headers["x-toy-key"] ?? headers.authorization);
  };
  assertEquals(await keysFor("mixed"), ["Bearer sk-stored-openai", "toy-stored"]);
  assertEquals(await keysFor("same"), ["Bearer sk-mine", "Bearer sk-mine"]);
  assertEquals(await keysFor("solo"), ["Bearer sk-mine"]);
});

test("stored keys go by alias, and an unknown alias is told with those there are", async () => {
  const keys = { default: "sk-default", team: ["sk-team"] };
  const { gateway, sent } = recorded({ providers: { openai: { keys } } });
  await chat(gateway, {}, { "cf-aig-byok-alias": "team" });
  assertEquals(sent.pop()?.headers.authorization, "Bearer sk-team");
  const answer = await chat(gateway, {}, { "cf-aig-byok-alias": "nope" });
  assertEquals([answer.status, errorOf(answer).code], [400, "2040"]);
  assertStringIncludes(errorOf(answer).message, "'default', 'team'");
});

test("no key at all is 400 and names the variable, the option and the header", async () => {
  const { fetch, sent } = recorder();
  const gateway = createGateway({ fetch });
  const answer = await chat(gateway);
  assertEquals([answer.status, errorOf(answer).code], [400, "2040"]);
  for (const words of ["DRAGOMAN_OPENAI_API_KEY", "providers.openai.apiKey", "authorization"]) {
    assertStringIncludes(errorOf(answer).message, words);
  }
  assertEquals(sent.length, 0);
  await chat(gateway, { model: "ollama/m" });
  assertEquals(sent.pop()?.headers.authorization, undefined);
});
