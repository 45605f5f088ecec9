/** What access keys open, and what they are told of themselves. */
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { chat, errorOf, recorded, send } from "../support/recorder.ts";

const bearer = (key: string) => ({ "cf-aig-authorization": `Bearer ${key}` });

const OPTIONS: GatewayOptions = {
  demo: true,
  providers: {
    openai: { apiKey: "sk-stored-openai", models: ["gpt-5", "gpt-5-mini"] },
    groq: { apiKey: "sk-groq", models: ["llama"] },
  },
  gateways: {
    default: {
      routes: { fast: ["groq/llama", "openai/gpt-5-mini"], groq: "groq/llama" },
      accessKeys: ["ak-everything-01", {
        name: "ci",
        key: "ak-scoped-0000001",
        gateways: ["default", "second"],
        models: ["openai/gpt-5-*"],
        expires: "2099-12-31T23:59:59+01:00",
      }, { name: "lab", key: "ak-lab-0000000001", providers: ["demo", "groq"] }],
    },
    second: { accessKeys: ["ak-second-00000001"] },
    third: {},
  },
};

test("a key tells what it is for, at every gateway that it opens", async () => {
  const { gateway } = recorded(OPTIONS);
  const scoped = {
    object: "key",
    name: "ci",
    gateways: ["default", "second"],
    providers: null,
    models: ["openai/gpt-5-*"],
    expires: "2099-12-31T22:59:59.000Z",
    limits: [],
    spendLimits: [],
  };
  for (
    const path of [
      "/v1/key",
      "/v1/v1/key",
      "/v1/me/second/compat/key",
      "/v1/me/default/compat/v1/key",
    ]
  ) {
    const answer = await send(gateway, path, { headers: bearer("ak-scoped-0000001") });
    assertEquals([answer.status, JSON.parse(answer.text)], [200, scoped], path);
    assertEquals(answer.headers.get("cache-control"), "no-store");
    assertFalse(answer.text.includes("ak-"));
  }
  const all = await send(gateway, "/v1/key", { headers: bearer("ak-everything-01") });
  assertEquals(JSON.parse(all.text), {
    object: "key",
    name: "key-1",
    gateways: ["default"],
    providers: null,
    models: null,
    expires: null,
    limits: [],
    spendLimits: [],
  });
  const lab = await send(gateway, "/v1/key", { headers: { "x-api-key": "ak-lab-0000000001" } });
  assertEquals((JSON.parse(lab.text) as { providers: string[] }).providers, ["demo", "groq"]);
});

test("an open gateway tells a caller without a key that nothing restricts it", async () => {
  const { gateway } = recorded();
  assertEquals(JSON.parse((await send(gateway, "/v1/key")).text), {
    object: "key",
    name: null,
    gateways: null,
    providers: null,
    models: null,
    expires: null,
    limits: [],
    spendLimits: [],
  });
});

test("a principal is told as a key is", async () => {
  const gateway = createGateway(OPTIONS);
  const scope = { providers: ["openai"], gateways: ["second", "default"] };
  const answer = await gateway.handle(new Request("http://localhost/v1/key"), {
    principal: { name: "ada", scope },
  });
  assertEquals(await answer.json(), {
    object: "key",
    name: "ada",
    gateways: ["second", "default"],
    providers: ["openai"],
    models: null,
    expires: null,
    limits: [],
    spendLimits: [],
  });
  const third = await gateway.handle(new Request("http://localhost/v1/a/third/compat/key"), {
    principal: { name: "ada", scope },
  });
  assertEquals(third.status, 403);
  assertStringIncludes(
    await third.text(),
    'The principal \\"ada\\" may not use gateway \\"third\\"',
  );
});

test("a key opens the gateways it names and no other", async () => {
  const { gateway } = recorded(OPTIONS);
  const status = async (id: string, key: string) => {
    const path = `/v1/account/${id}/compat/chat/completions`;
    return (await chat(gateway, { model: "openai/gpt-5-mini" }, bearer(key), path)).status;
  };
  assertEquals(await status("default", "ak-scoped-0000001"), 200);
  assertEquals(await status("second", "ak-scoped-0000001"), 200);
  assertEquals(await status("third", "ak-scoped-0000001"), 403);
  assertEquals(await status("default", "ak-second-00000001"), 403);
});

test("the list of models shows what a key is for, and routes that lead to some of it", async () => {
  const { gateway } = recorded(OPTIONS);
  const list = async (key: string) => {
    const { text } = await send(gateway, "/v1/models", { headers: bearer(key) });
    return (JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id);
  };
  assertEquals(await list("ak-scoped-0000001"), ["dynamic/fast", "openai/gpt-5-mini"]);
  assertEquals(await list("ak-lab-0000000001"), [
    "dynamic/fast",
    "dynamic/groq",
    "groq/llama",
    "demo/echo",
    "demo/backup",
  ]);
});

test("a model that a key is not for is not listed under its name either", async () => {
  const { gateway } = recorded(OPTIONS);
  const status = async (id: string, key: string) =>
    (await send(gateway, `/v1/models/${id}`, { headers: bearer(key) })).status;
  assertEquals(await status("openai/gpt-5", "ak-scoped-0000001"), 404);
  assertEquals(await status("openai/gpt-5-mini", "ak-scoped-0000001"), 200);
  assertEquals(await status("dynamic/groq", "ak-scoped-0000001"), 404);
  assertEquals(await status("groq/llama", "ak-scoped-0000001"), 404);
  assertEquals(await status("groq/llama", "ak-everything-01"), 200);
});

test("a provider that a key is not for is not asked for its models", async () => {
  const asked: string[] = [];
  const gateway = createGateway({
    ...OPTIONS,
    fetch: (url) => {
      asked.push(new URL(url).host);
      return Promise.resolve(new Response('{"object":"list","data":[{"id":"gpt-5-nano"}]}'));
    },
  });
  const { text } = await send(gateway, "/v1/models", { headers: bearer("ak-scoped-0000001") });
  assertStringIncludes(text, "openai/gpt-5-nano");
  assertEquals(asked, ["api.openai.com"]);
});

test("a key limited to providers is told so when it asks another", async () => {
  const { gateway, sent } = recorded(OPTIONS);
  const answer = await chat(gateway, {}, bearer("ak-lab-0000000001"));
  assertEquals([answer.status, errorOf(answer).code, errorOf(answer).param], [
    403,
    "2114",
    "model",
  ]);
  assertEquals(
    errorOf(answer).message,
    'The access key "lab" does not allow openai/gpt-5-mini; it allows every model of demo, groq',
  );
  assertEquals(sent.length, 0);
});
