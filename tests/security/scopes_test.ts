/** Cases 9, 12, 17 and 44: an access key asks for what it is for, whichever road it takes. */
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { sha256Hex } from "../../lib/digest.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { end, model, start } from "../support/graphs.ts";
import { chat, errorOf, recorded, recorder, send } from "../support/recorder.ts";
import { createGateway } from "../support/gateway.ts";

const KEY = "ak-scoped-0123456789";
const FREE = "ak-free-0123456789";

/** A dynamic route that asks one model, and another where that fails. */
const GRAPH = {
  elements: [
    start("first"),
    model("first", "openai/gpt-5", "second"),
    model("second", "openai/gpt-5-mini"),
    end(),
  ],
};

const ROUTES: NonNullable<NonNullable<GatewayOptions["gateways"]>[string]["routes"]> = {
  forbidden: "openai/gpt-5",
  "openai/gpt-5-mini-latest": "openai/gpt-5",
  list: ["openai/gpt-5", "groq/llama", "openai/gpt-5-mini"],
  weighted: [{ model: "openai/gpt-5", weight: 1 }, { model: "openai/gpt-5-mini", weight: 0 }],
  all: ["openai/gpt-5", "groq/llama"],
  graph: GRAPH,
  nested: ["dynamic/forbidden"],
};

const OPTIONS: GatewayOptions = {
  demo: true,
  providers: {
    groq: { apiKey: "sk-groq", models: ["llama"] },
    anthropic: { apiKey: "sk-anthropic", models: ["claude-haiku-4-5", "claude-sonnet-4-5"] },
    "google-ai-studio": { apiKey: "sk-google" },
    openrouter: { apiKey: "sk-openrouter" },
    openai: { apiKey: "sk-stored-openai", models: ["gpt-5", "gpt-5-mini", "text-embedding-3"] },
  },
  gateways: {
    default: {
      routes: ROUTES,
      accessKeys: [{ name: "free", key: FREE }, {
        name: "ci",
        key: KEY,
        models: ["openai/gpt-5-mini", "anthropic/claude-haiku-*", "openrouter/openai/gpt-5-mini"],
      }],
    },
  },
};
const mine = { "cf-aig-authorization": `Bearer ${KEY}` };
const free = { "cf-aig-authorization": `Bearer ${FREE}` };
const MESSAGES = [{ role: "user", content: "Hello" }];

/** Every way to write a model that the key is not for. */
const FORBIDDEN = [
  "openai/gpt-5",
  "openai/gpt-5-mini2",
  "openai/GPT-5-mini",
  "openai/ gpt-5-mini",
  "openai//gpt-5-mini",
  "openai/gpt-5-mini/",
  "google/gemini-2.5-flash",
  "gemini/gemini-2.5-flash",
  "google-ai-studio/gemini-2.5-flash",
  "groq/llama",
  "@cf/meta/llama",
  "workers-ai/@cf/meta/llama",
  "azure/openai/gpt-5-mini",
  "openrouter/openai/gpt-5",
  "anthropic/claude-sonnet-4-5",
  "demo/echo",
  "forbidden",
  "dynamic/forbidden",
  "dynamic/nested",
  "openai/gpt-5-mini-latest",
  "all",
];

test("case 17: no spelling, alias or route gets a model that the key is not for, in any dialect", async () => {
  const { gateway, sent } = recorded(OPTIONS);
  for (const name of FORBIDDEN) {
    for (
      const [path, body] of [
        ["/v1/chat/completions", { messages: MESSAGES }],
        ["/v1/chat/completions", { messages: MESSAGES, stream: true }],
        ["/v1/messages", { messages: MESSAGES, max_tokens: 5 }],
        ["/v1/a/default/compat/chat/completions", { messages: MESSAGES }],
      ] as const
    ) {
      // A provider key of the caller's own changes nothing.
      const headers = { ...mine, authorization: "Bearer sk-mine" };
      const answer = await send(gateway, path, {
        method: "POST",
        headers,
        body: JSON.stringify({ model: name, ...body }),
      });
      assertEquals(answer.status, 403, `${path} ${name}: ${answer.text}`);
      const { message } = errorOf(answer);
      assertStringIncludes(message, 'access key "ci" does not allow ');
      assertStringIncludes(message, "openai/gpt-5-mini, anthropic/claude-haiku-*");
      assertFalse(message.includes("every target failed: )"), message);
    }
  }
  assertEquals(sent.length, 0);
});

test("case 17: embeddings, in however many batches, obey as well", async () => {
  const { gateway, sent } = recorded(OPTIONS);
  for (const model of ["openai/text-embedding-3", "openai/gpt-5", "forbidden", "google/gemini-e"]) {
    const body = JSON.stringify({ model, input: Array(300).fill("x") });
    const answer = await send(gateway, "/v1/embeddings", { method: "POST", headers: mine, body });
    assertEquals([answer.status, errorOf(answer).code], [403, "2114"], answer.text);
  }
  assertEquals(sent.length, 0);
});

test("case 17: what a key is for it gets, by every name", async () => {
  const { gateway, sent } = recorded(OPTIONS);
  for (const model of ["openai/gpt-5-mini", "openrouter/openai/gpt-5-mini"]) {
    assertEquals((await chat(gateway, { model }, mine)).status, 200, model);
  }
  assertEquals(sent.splice(0).map(({ body }) => body.model), ["gpt-5-mini", "openai/gpt-5-mini"]);
  for (const model of ["openai/gpt-5", "dynamic/forbidden"]) {
    assertEquals((await chat(gateway, { model }, free)).status, 200, model);
  }
});

test("case 17: a list, a weighted group and a graph go on to the next model that is allowed", async () => {
  for (const [model, step] of [["list", "2"], ["weighted", "1"], ["dynamic/graph", "1"]] as const) {
    const { gateway, sent } = recorded(OPTIONS);
    const answer = await chat(gateway, { model }, mine);
    assertEquals([answer.status, answer.headers.get("cf-aig-model")], [200, "gpt-5-mini"], model);
    assertEquals(sent.map(({ body }) => body.model), ["gpt-5-mini"], step);
    assertEquals((await chat(gateway, { model }, free)).headers.get("cf-aig-model"), "gpt-5");
  }
});

test("case 17: why an allowed model failed is not hidden by one that was not allowed", async () => {
  const { gateway } = recorded(
    {
      ...OPTIONS,
      gateways: {
        default: {
          ...OPTIONS.gateways!.default,
          routes: { list: ["openai/gpt-5-mini", "openai/gpt-5"] },
        },
      },
    },
    () => new Response('{"error":{"message":"overloaded"}}', { status: 503 }),
  );
  const answer = await chat(gateway, { model: "list" }, mine);
  assertEquals(answer.status, 503);
  assertStringIncludes(errorOf(answer).message, "overloaded");
});

test("case 17: models that a body names for the provider to fall back to must be allowed too", async () => {
  const { gateway, sent } = recorded(OPTIONS);
  const model = "openrouter/openai/gpt-5-mini";
  for (
    const models of [
      ["openai/gpt-5-mini", "openai/gpt-5"],
      ["anthropic/claude-opus-4-5"],
      "openai/gpt-5",
      [["openai/gpt-5"]],
      [{ id: "openai/gpt-5" }],
      { 0: "openai/gpt-5" },
    ]
  ) {
    const answer = await chat(gateway, { model, models }, mine);
    assertEquals([answer.status, errorOf(answer).code], [403, "2114"], JSON.stringify(models));
  }
  assertEquals(sent.length, 0);
  for (const models of [["openai/gpt-5-mini"], [], null]) {
    assertEquals((await chat(gateway, { model, models }, mine)).status, 200);
  }
  assertEquals((await chat(gateway, { model, models: ["openai/gpt-5"] }, free)).status, 200);
});

test("case 44: a body that names two models, or hides one, names none", async () => {
  const { gateway, sent } = recorded(OPTIONS);
  for (
    const text of [
      '{"model":"openai/gpt-5-mini","messages":[],"model":"openai/gpt-5"}',
      '{"model":"openai/gpt-5-mini","messages":[],"m\\u006fdel":"openai/gpt-5"}',
      '{"model":["openai/gpt-5-mini","openai/gpt-5"],"messages":[]}',
      '{"model":"openrouter/openai/gpt-5-mini","messages":[],"models":[],"models":["openai/gpt-5"]}',
      '{"model":"openrouter/openai/gpt-5-mini","messages":[],"m\\u006fdels":["openai/gpt-5"]}',
    ]
  ) assertEquals((await chat(gateway, text, mine)).status, 400, text);
  assertEquals(sent.length, 0);
});

test("what keys are for is told to those who have one", async () => {
  const { gateway } = recorded(OPTIONS);
  for (const path of ["/v1/key", "/v1/a/default/compat/key", "/v1/models"]) {
    assertEquals((await send(gateway, path)).status, 401, path);
  }
});

test("case 12: a key can be asked about, and changed by nobody", async () => {
  const { gateway } = recorded(OPTIONS);
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    assertEquals((await send(gateway, "/v1/key", { method, headers: mine })).status, 405);
  }
});

test("case 9: a key that has ended is refused from that very moment on, and reaches no provider", async () => {
  let now = Date.UTC(2027, 0, 30, 23, 59, 59, 999);
  const { fetch, sent } = recorder();
  const gateway = createGateway({
    fetch,
    clock: { now: () => now, after: () => () => {} },
    providers: { openai: { apiKey: "sk-stored" } },
    gateways: {
      default: {
        accessKeys: [
          { name: "trial", digest: sha256Hex(KEY), expires: "2027-01-31T00:00:00Z" },
          FREE,
        ],
      },
    },
  });
  assertEquals((await chat(gateway, {}, mine)).status, 200);
  now++;
  const answer = await chat(gateway, {}, mine);
  assertEquals([answer.status, errorOf(answer).code], [401, "2009"]);
  assertStringIncludes(errorOf(answer).message, '"trial" expired at 2027-01-31T00:00:00.000Z');
  assertFalse(answer.text.includes(KEY));
  // Beside one that holds it is still taken out.
  sent.length = 0;
  assertEquals((await chat(gateway, {}, { ...free, authorization: `Bearer ${KEY}` })).status, 200);
  assertFalse(JSON.stringify(sent).includes(KEY));
  assertEquals(sent[0]!.headers.authorization, "Bearer sk-stored");
});

test("a principal's scope holds as a key's does, and one that can't be read lets nobody in", async () => {
  const { fetch, sent } = recorder();
  const gateway = createGateway({ ...OPTIONS, fetch });
  const ask = async (principal: unknown, model = "openai/gpt-5") => {
    const answer = await gateway.handle(
      new Request("http://localhost/v1/chat/completions", {
        method: "POST",
        // A key that is for everything doesn't widen what the host application said.
        headers: free,
        body: JSON.stringify({ model, messages: MESSAGES }),
      }),
      { principal: principal as { name: string } },
    );
    return [answer.status, await answer.text()] as const;
  };
  const scope = { models: ["openai/gpt-5-*"] };
  assertEquals((await ask({ name: "ada", scope }, "openai/gpt-5-mini"))[0], 200);
  const [status, text] = await ask({ name: "ada", scope });
  assertEquals(status, 403);
  assertStringIncludes(
    text,
    'principal \\"ada\\" does not allow openai/gpt-5; it allows openai/gpt-5-*',
  );
  assertEquals((await ask({ name: "ada" }))[0], 200);
  assertEquals((await ask({ name: "ada", scope: {} }))[0], 200);
  sent.length = 0;
  for (
    const [scope, said] of [
      [
        { model: ["openai/*"] },
        'principal.scope.model is not an option (did you mean \\"models\\"?)',
      ],
      [{ models: "openai/*" }, "principal.scope.models must be a list"],
      [{ models: ["opnai/*"] }, 'did you mean \\"openai\\"?'],
      [{ gateways: [] }, "principal.scope.gateways is empty"],
      [{ gateways: ["other"] }, "principal.scope.gateways[0] names the gateway"],
      [null, "principal.scope must be an object"],
      ["openai/*", "principal.scope must be an object"],
    ] as const
  ) {
    const [status, text] = await ask({ name: "ada", scope });
    assertEquals(status, 500);
    assertStringIncludes(text, said);
  }
  const ended = await ask({ name: "ada", scope: { expires: "2001-01-01T00:00:00Z" } });
  assertEquals(ended[0], 401);
  assertEquals(sent.length, 0);
});

test("what a request would be sent to is explained within the key's scope", async () => {
  const { gateway } = recorded(OPTIONS);
  const { steps } = await gateway.explain(
    new Request("http://localhost/v1/chat/completions", {
      method: "POST",
      headers: mine,
      body: JSON.stringify({ model: "list", messages: MESSAGES }),
    }),
  );
  assertEquals(steps.map(({ model, key }) => `${model} ${key}`), [
    "gpt-5 not allowed",
    "llama not allowed",
    "gpt-5-mini stored",
  ]);
});
