import { test } from "node:test";
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { createGateway } from "../support/gateway.ts";
import { type FetchInit, textBody } from "../../lib/fetch_like.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { configurationOf } from "../../lib/serve/environment.ts";
import { sse } from "../codecs/openai_chat/helpers.ts";
import { faultsOf } from "../options/support.ts";
import { chat, errorOf, goodAnswer, recorded } from "../support/recorder.ts";

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

const APPLICATION = { tenantId: "11111111-2222-3333", clientId: "app", clientSecret: "app-secret" };
const TOKEN = "eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJo.c2ln";

/** What was sent where, to an Entra ID that gives one token and an Azure that answers. */
async function asApplication(settings: object, headers: HeadersInit = {}) {
  const sent: { url: string; init: FetchInit }[] = [];
  const gateway = createGateway({
    providers: { "azure-openai": { resource: "acme", ...settings } },
    fetch: (url, init) => {
      sent.push({ url, init });
      const answer = url.includes("/oauth2/")
        ? Response.json({ access_token: TOKEN, expires_in: 3599 })
        : goodAnswer(init);
      return Promise.resolve(answer);
    },
  });
  return { sent, got: await chat(gateway, { model: "azure/m" }, headers) };
}

test("an application of Entra ID gets a token, which is shown as Bearer", async () => {
  const document = JSON.stringify(APPLICATION);
  const ways = [
    await asApplication(APPLICATION),
    await asApplication({ apiKey: document }),
    await asApplication({}, { authorization: `Bearer ${btoa(document)}` }),
  ];
  for (const { sent: [exchange, call], got } of ways) {
    assertEquals(got.status, 200, got.text);
    const { tenantId } = APPLICATION;
    assertEquals(exchange?.url, `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`);
    assertEquals(Object.fromEntries(new URLSearchParams(textBody(exchange!.init))), {
      grant_type: "client_credentials",
      client_id: "app",
      client_secret: "app-secret",
      scope: "https://cognitiveservices.azure.com/.default",
    });
    assertEquals(call?.init.headers.authorization, `Bearer ${TOKEN}`);
    assertFalse("api-key" in call!.init.headers);
  }
});

test("a tenant is no path and no host, and half an application is an error at start", async () => {
  for (const tenantId of ["a/../b", "evil.com/x?", "..", "a#", "a\nb"]) {
    const key = btoa(JSON.stringify({ ...APPLICATION, tenantId }));
    const { sent, got } = await asApplication({}, { authorization: `Bearer ${key}` });
    assertEquals([got.status, errorOf(got).code, sent.length], [401, "2118", 0], tenantId);
  }
  assertEquals(faultsOf({ providers: { "azure-openai": { tenantId: "t", clientId: "c" } } }), [
    "providers.azure-openai lacks clientSecret: tenantId, clientId and clientSecret are one key",
  ]);
  const env = {
    AZURE_TENANT_ID: APPLICATION.tenantId,
    AZURE_CLIENT_ID: "app",
    AZURE_CLIENT_SECRET: "app-secret",
  };
  const { options } = configurationOf({ env, readText: () => "" });
  assertEquals(options.providers?.["azure-openai"], APPLICATION);
});

test("a dated version means deployments in the path, v1 and preview the present API", async () => {
  const dated = "2025-04-01-preview";
  const deployment =
    `${HOST}/openai/deployments/my%20deployment/chat/completions?api-version=${dated}`;
  for (const place of [{ resource: "acme" }, { baseUrl: HOST }, { baseUrl: `${HOST}/openai/v1` }]) {
    assertEquals(await calledAt({ ...place, apiVersion: dated }), deployment);
    for (const apiVersion of ["v1", "preview"]) {
      assertEquals(
        await calledAt({ ...place, apiVersion }),
        `${HOST}/openai/v1/chat/completions?api-version=${apiVersion}`,
      );
    }
  }
  const base = `${HOST}/openai/deployments`;
  const own = "chat/completions?api-version=2024-06-01";
  assertEquals(
    await calledAt({ baseUrl: `${base}/gpt`, apiVersion: "2024-06-01" }),
    `${base}/gpt/${own}`,
  );
  const foundry = "https://acme.services.ai.azure.com/models";
  assertEquals(await calledAt({ baseUrl: foundry, apiVersion: "2024-06-01" }), `${foundry}/${own}`);
  const proxy = "https://proxy.example/azure";
  assertEquals(await calledAt({ baseUrl: proxy, apiVersion: "2024-06-01" }), `${proxy}/${own}`);
});

test("sovereign clouds have addresses of the same kind", async () => {
  for (const domain of ["azure.us", "azure.cn"]) {
    const baseUrl = `https://acme.openai.${domain}`;
    assertEquals(await calledAt({ baseUrl }), `${baseUrl}/openai/v1/chat/completions`);
  }
});

test("what no resource or version is called is refused at start", () => {
  const faults = (settings: object) => faultsOf({ providers: { "azure-openai": settings } });
  for (const resource of ["evil.com/", "a.b", "x?y", "", "-a", "../x"]) {
    assertEquals(faults({ resource }), [
      "providers.azure-openai.resource must be a resource's name: letters, digits and hyphens",
    ]);
  }
  for (const apiVersion of ["2024", "v2", "2024-10-21&x=1", "latest/../x"]) {
    assertEquals(faults({ apiVersion }), [
      'providers.azure-openai.apiVersion must be a date such as 2024-10-21 or 2025-04-01-preview, "v1" or "preview"',
    ]);
  }
  assertEquals(faults({ apiversion: "v1" }), [
    'providers.azure-openai.apiversion is not an option (did you mean "apiVersion"?)',
  ]);
  assertEquals(faultsOf({ providers: { openai: { apiVersion: "v1" } } }), [
    "providers.openai cannot have apiVersion: its address holds none",
  ]);
});

test("case 4: no name of a deployment leaves its step of the path", async () => {
  const { gateway, sent } = azure({ resource: "acme", apiVersion: "2024-10-21" });
  for (const name of ["../../x", "a?b#c", "//evil.example", "%2e%2e", "\\evil", "é", "a\r\nb"]) {
    await chat(gateway, { model: `azure/${name}` });
    const { host, pathname, search, hash } = new URL(sent.pop()!.url);
    assertEquals([host, search, hash], ["acme.openai.azure.com", "?api-version=2024-10-21", ""]);
    assertEquals(pathname, `/openai/deployments/${encodeURIComponent(name)}/chat/completions`);
  }
  for (const name of [".", "..", "\ud800"]) {
    const got = await chat(gateway, { model: `azure/${name}` });
    assertEquals([got.status, errorOf(got).param, sent.length], [400, "model", 0], got.text);
  }
});

test("the environment names resource, key and version", () => {
  const env = {
    AZURE_RESOURCE_NAME: "acme",
    AZURE_OPENAI_API_KEY: "0123456789abcdef",
    OPENAI_API_VERSION: "2024-10-21",
  };
  const { options } = configurationOf({ env, readText: () => "" });
  assertEquals(options.providers?.["azure-openai"], {
    apiKey: "0123456789abcdef",
    resource: "acme",
    apiVersion: "2024-10-21",
  });
});

test("without an address or a key the error names what gives one", async () => {
  const placeless = azure({});
  const { message } = errorOf(await chat(placeless.gateway, { model: "azure/m" }));
  for (const name of ["providers.azure-openai.resource", "AZURE_RESOURCE_NAME", "baseUrl"]) {
    assertStringIncludes(message, name);
  }
  assertFalse(message.includes("apiVersion"));
  const { gateway } = recorded({ providers: { "azure-openai": { resource: "acme" } } });
  assertStringIncludes(
    errorOf(await chat(gateway, { model: "azure/m" })).message,
    "AZURE_OPENAI_API_KEY or AZURE_API_KEY",
  );
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
