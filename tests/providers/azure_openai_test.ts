import { test } from "node:test";
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { FetchInit } from "../../lib/fetch_like.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { sse } from "../codecs/openai_chat/helpers.ts";
import { chat, errorOf, recorded } from "../support/recorder.ts";

const azure = (settings: object, answer?: (init: FetchInit) => Response) =>
  recorded(
    { providers: { "azure-openai": { apiKey: "k", ...settings } } } as GatewayOptions,
    answer,
  );

async function calledAt(settings: object): Promise<string | undefined> {
  const { gateway, sent } = azure(settings);
  const got = await chat(gateway, { model: "azure-openai/my deployment" });
  assertEquals(got.status, 200, got.text);
  return sent[0]?.url;
}

const HOST = "https://acme.openai.azure.com";

test("a resource gives the address of the present API", async () => {
  assertEquals(await calledAt({ resource: "acme" }), `${HOST}/openai/v1/chat/completions`);
});

test("the endpoint as the portal shows it means the same", async () => {
  for (const end of ["", "/", "/openai", "/openai/", "/openai/v1", "/openai/v1/"]) {
    assertEquals(
      await calledAt({ baseUrl: HOST + end }),
      `${HOST}/openai/v1/chat/completions`,
      end,
    );
  }
  const foundry = "https://acme.services.ai.azure.com";
  assertEquals(await calledAt({ baseUrl: foundry }), `${foundry}/openai/v1/chat/completions`);
});

test("deployments are called by their path, with a dated version", async () => {
  const dated = "chat/completions?api-version=2024-10-21";
  const base = `${HOST}/openai/deployments`;
  assertEquals(await calledAt({ baseUrl: base }), `${base}/my%20deployment/${dated}`);
  assertEquals(await calledAt({ baseUrl: `${base}/gpt` }), `${base}/gpt/${dated}`);
});

test("an address of one's own is taken as it is", async () => {
  const own = "https://proxy.example/azure";
  assertEquals(await calledAt({ baseUrl: own }), `${own}/chat/completions`);
});

test("keys go under api-key, tokens of Entra ID as Bearer, and the name of the deployment is the model", async () => {
  const { gateway, sent } = azure({ resource: "acme", apiKey: "0123456789abcdef" });
  await chat(gateway, { model: "azure/gpt-5-mini" });
  assertEquals(sent[0]?.headers["api-key"], "0123456789abcdef");
  assertFalse("authorization" in (sent[0]?.headers ?? {}));
  assertEquals(sent[0]?.body.model, "gpt-5-mini");
  const token = "eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJo.c2ln";
  const entra = azure({ resource: "acme", apiKey: token });
  await chat(entra.gateway, { model: "azure/gpt-5-mini" });
  assertEquals(entra.sent[0]?.headers.authorization, `Bearer ${token}`);
  assertFalse("api-key" in (entra.sent[0]?.headers ?? {}));
});

const chunk = (choices: unknown[], more: object = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "gpt-5-mini-2025",
  choices,
  ...more,
});

test("a first chunk of filter results names neither the answer nor its model", async () => {
  const filters = {
    id: "",
    object: "",
    created: 0,
    model: "",
    choices: [],
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
  };
  const late = chunk([{
    index: 0,
    finish_reason: null,
    content_filter_offsets: { check_offset: 1 },
  }]);
  const body = sse(
    filters,
    chunk([{ index: 0, delta: { role: "assistant", content: "Hi" }, finish_reason: null }]),
    late,
    chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
    "[DONE]",
  );
  const headers = { "content-type": "text/event-stream" };
  const { gateway } = azure({ resource: "acme" }, () => new Response(body, { headers }));
  const { text, status } = await chat(gateway, { model: "azure/m", stream: true });
  assertEquals(status, 200);
  const chunks = text.split("\n\n").filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
  assertEquals(
    new Set(chunks.map(({ id, model }) => `${id} ${model}`)),
    new Set(["chatcmpl-1 gpt-5-mini-2025"]),
  );
  assert(chunks.every(({ object }) => object === "chat.completion.chunk"));
  assert(text.endsWith("data: [DONE]\n\n"));
});

test("a blocked prompt stays a 400 with its code, and a busy deployment says when to come back", async () => {
  const error = {
    code: "content_filter",
    status: 400,
    message: "filtered",
    param: "prompt",
    type: null,
  };
  const blocked = azure({ resource: "acme" }, () => Response.json({ error }, { status: 400 }));
  const got = await chat(blocked.gateway, { model: "azure/m" });
  assertEquals([got.status, errorOf(got).code], [400, "content_filter"]);
  const busy = azure(
    { resource: "acme" },
    () =>
      Response.json({ statusCode: 429, message: "Rate limit" }, {
        status: 429,
        headers: { "retry-after-ms": "7" },
      }),
  );
  const late = await chat(busy.gateway, { model: "azure/m" });
  assertEquals([late.status, late.headers.get("retry-after-ms")], [429, "7"]);
  assertStringIncludes(errorOf(late).message, "Rate limit");
});
