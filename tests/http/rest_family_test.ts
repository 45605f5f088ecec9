/** Cloudflare's REST family: the front dialects and `/ai/run` below `/client/v4/accounts/{account}/ai`. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { errorOf, type Got, recorded, send } from "../support/recorder.ts";
import { SAID } from "../support/tongues.ts";

const REST = "/client/v4/accounts/account/ai";
const MESSAGES = [{ role: "user", content: "Hello" }];

type Recorded = ReturnType<typeof recorded>;

function post(
  { gateway }: Recorded,
  path: string,
  body: unknown,
  headers: HeadersInit = {},
): Promise<Got> {
  return send(gateway, REST + path, { method: "POST", headers, body: JSON.stringify(body) });
}

const CLOSED: GatewayOptions = {
  gateways: { default: { accessKeys: ["ak-1"] }, team: { accessKeys: ["ak-2"] } },
};

test("the front dialects are served there, and what is not yet is said", async () => {
  const chat = { model: "openai/m", messages: MESSAGES };
  assertEquals((await post(recorded(), "/v1/chat/completions", chat)).status, 200);
  assertEquals((await post(recorded(), "/v1/messages", { ...chat, max_tokens: 9 })).status, 200);
  const models = await send(recorded().gateway, `${REST}/v1/models`);
  assertEquals([models.status, JSON.parse(models.text).object], [200, "list"]);
  const vectors = recorded({}, () => Response.json({ data: [{ index: 0, embedding: [1] }] }));
  const embedded = await post(vectors, "/v1/embeddings", { model: "openai/m", input: "Hello" });
  assertEquals(JSON.parse(embedded.text).data[0].embedding, [1]);
  const responses = await post(recorded(), "/v1/responses", { model: "openai/m", input: "Hello" });
  assertEquals([responses.status, errorOf(responses).code], [501, "2105"]);
  assertEquals((await post(recorded(), "/tomarkdown", {})).status, 404);
});

test("authorization is the gateway's key there, and nobody else's", async () => {
  const scene = recorded(CLOSED);
  const ask = (headers: HeadersInit) =>
    post(scene, "/v1/chat/completions", { model: "openai/m", messages: MESSAGES }, headers);
  assertEquals((await ask({})).status, 401);
  assertEquals((await ask({ authorization: "Bearer sk-mine" })).status, 401);
  assertEquals((await ask({ authorization: "Bearer ak-1" })).status, 200);
  const both = { "cf-aig-authorization": "Bearer ak-1", authorization: "Bearer sk-mine" };
  assertEquals((await ask(both)).status, 200);
  const open = await post(recorded(), "/v1/chat/completions", {
    model: "groq/m",
    messages: MESSAGES,
  }, {
    authorization: "Bearer gsk-mine",
  });
  assertEquals([open.status, errorOf(open).code], [400, "2040"]);
  for (const { headers } of scene.sent) {
    assertEquals(headers.authorization, "Bearer sk-stored-openai");
  }
});

test("cf-aig-gateway-id chooses the gateway", async () => {
  const ask = (headers: HeadersInit) =>
    post(recorded(CLOSED), "/run", { model: "openai/m", input: { messages: MESSAGES } }, headers);
  const named = { "cf-aig-gateway-id": "team" };
  assertEquals((await ask({ authorization: "Bearer ak-2" })).status, 403);
  assertEquals((await ask({ authorization: "Bearer ak-2", ...named })).status, 200);
  const unknown = await ask({ authorization: "Bearer ak-2", "cf-aig-gateway-id": "nope" });
  assertEquals([unknown.status, JSON.parse(unknown.text).errors[0].code], [400, 2001]);
});

test("any model is run as Workers AI's are: input in, result out, streams too", async () => {
  const scene = recorded();
  const bodies = [
    ["/run", { model: "openai/m", input: { messages: MESSAGES, max_tokens: 9 } }],
    ["/run", { model: "openai/m", input: { prompt: "Hello", max_tokens: 9 } }],
    ["/run", { model: "openai/m", messages: MESSAGES, max_tokens: 9 }],
    ["/run/openai/m", { prompt: "Hello", max_tokens: 9 }],
  ] as const;
  for (const [path, body] of bodies) {
    const answer = await post(scene, path, body);
    const { result, ...envelope } = JSON.parse(answer.text) as { result: { response: string } };
    assertEquals(envelope, { success: true, errors: [], messages: [] });
    assertEquals(result.response, SAID);
    assertEquals(answer.headers.get("cf-aig-provider"), "openai");
  }
  for (const { url, body } of scene.sent) {
    assertEquals(url, "https://api.openai.com/v1/chat/completions");
    assertEquals([body.model, body.messages], ["m", MESSAGES]);
  }
  const stream = await post(scene, "/run", {
    model: "openai/m",
    input: { messages: MESSAGES, stream: true },
  });
  assertStringIncludes(stream.text, '"response":');
  assertEquals(stream.text.endsWith("data: [DONE]\n\n"), true);
});

test("Workers AI's own models get and answer whatever they do", async () => {
  const picture = new Uint8Array([0x89, 0x50, 0xff, 0x00]);
  const providers = { "workers-ai": { apiKey: "cf-stored", accountId: "acc" } };
  const scene = recorded(
    { providers },
    () => new Response(picture, { headers: { "content-type": "image/png" } }),
  );
  const headers = { authorization: "Bearer cf-caller", "content-type": "application/json" };
  const asked = [
    ["/run", { model: "@cf/black forest/flux", input: { prompt: "a camel" } }],
    ["/run", { prompt: "a camel", model: "@cf/black forest/flux" }],
    ["/run/@cf/black%20forest/flux", { prompt: "a camel" }],
  ] as const;
  for (const [path, body] of asked) {
    const response = await scene.gateway.fetch(`http://localhost${REST}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    assertEquals(new Uint8Array(await response.arrayBuffer()), picture);
    assertEquals(response.headers.get("content-type"), "image/png");
    assertEquals(response.headers.get("cf-aig-provider"), "workers-ai");
  }
  for (const { url, text, headers } of scene.sent) {
    assertEquals(
      url,
      "https://api.cloudflare.com/client/v4/accounts/acc/ai/run/@cf/black%20forest/flux",
    );
    assertEquals([text, headers.authorization], ['{"prompt":"a camel"}', "Bearer cf-stored"]);
  }
});

test("errors of /ai/run are Cloudflare's", async () => {
  for (
    const body of [{}, { model: 1 }, { model: "openai/m" }, {
      model: "openai/m",
      input: { messages: 1 },
    }, { model: "x/y", prompt: "" }]
  ) {
    const answer = await post(recorded(), "/run", body);
    const { success, errors, result } = JSON.parse(answer.text) as Record<string, unknown>;
    assertEquals([answer.status, success, result], [400, false, null], JSON.stringify(body));
    assertEquals((errors as unknown[]).length, 1);
  }
  assertEquals((await send(recorded().gateway, `${REST}/run`)).status, 405);
});
