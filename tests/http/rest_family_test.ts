/** Cloudflare's REST family: the front dialects and `/ai/run` below `/client/v4/accounts/{account}/ai`. */
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { FetchInit, FetchLike } from "../../lib/fetch_like.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { errorOf, type Got, recorded, send } from "../support/recorder.ts";
import { SAID } from "../support/tongues.ts";

const REST = "/client/v4/accounts/account/ai";
const MESSAGES = [{ role: "user", content: "Hello" }];

type Recorded = Pick<ReturnType<typeof recorded>, "gateway">;

function post(
  { gateway }: Recorded,
  path: string,
  body: unknown,
  headers: HeadersInit = {},
): Promise<Got> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return send(gateway, REST + path, { method: "POST", headers, body: text });
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
  const cases: readonly [path: string, body: unknown, code: number, says: string][] = [
    ["/run", "[]", 2100, "JSON"],
    ["/run", {}, 2019, "model"],
    ["/run", { model: 1 }, 2019, "model"],
    ["/run", { model: "openai/m" }, 2019, "messages"],
    ["/run", { model: "openai/m", input: { messages: 1 } }, 2019, "messages"],
    ["/run", { model: "plain", prompt: "" }, 2019, "prefix"],
    ["/run", { model: "x/y", prompt: "" }, 2008, "x"],
    ["/run", { model: "@cf/a/../b", input: {} }, 2019, "model"],
    ["/run/openai/m", { input: "Hello" }, 2019, "messages"],
    ["/run/groq/m", { prompt: "Hello" }, 2040, "GROQ_API_KEY"],
  ];
  for (const [path, body, code, says] of cases) {
    const answer = await post(recorded(), path, body);
    const { success, errors, result } = JSON.parse(answer.text) as {
      success: boolean;
      errors: { code: number; message: string }[];
      result: null;
    };
    assertEquals([answer.status, success, result], [400, false, null], JSON.stringify(body));
    assertEquals(errors.map((error) => error.code), [code], answer.text);
    assertStringIncludes(errors[0]!.message, says);
  }
  assertEquals((await send(recorded().gateway, `${REST}/run`)).status, 405);
});

test("a client that has only x-api-key brings a provider's key, or an access key, in it", async () => {
  const { gateway, sent } = recorded({ ...CLOSED, providers: { anthropic: {} } });
  const access = { authorization: "Bearer ak-1", "x-api-key": "sk-ant-mine" };
  await post({ gateway }, "/v1/messages", {
    model: "anthropic/m",
    messages: MESSAGES,
    max_tokens: 9,
  }, access);
  assertEquals(sent[0]?.headers["x-api-key"], "sk-ant-mine");
  assertEquals(sent[0]?.headers.authorization, undefined);
  const answer = await post({ gateway }, "/v1/chat/completions", {
    model: "openai/m",
    messages: MESSAGES,
  }, {
    "x-api-key": "ak-1",
  });
  assertEquals(answer.status, 200);
});

test("vectors come from any provider that has them", async () => {
  const vector = { object: "embedding", index: 0, embedding: [0.5, -1] };
  const { gateway, sent } = recorded({}, () => Response.json({ object: "list", data: [vector] }));
  const answer = await post({ gateway }, "/run/openai/text-embedding-3-small", { text: ["Hello"] });
  assertEquals(JSON.parse(answer.text).result.data, [[0.5, -1]]);
  assertEquals(sent[0]?.body.model, "text-embedding-3-small");
});

const CF = "https://api.cloudflare.com/client/v4/accounts/mine/ai";

/** Workers AI, which notes every call and answers as it is told. */
function workersAi(answer: (init: FetchInit) => Response) {
  const calls: { url: string; init: FetchInit; bytes: Uint8Array }[] = [];
  const fetch: FetchLike = async (url, init) => {
    const bytes = new Uint8Array(await new Response(init.body).arrayBuffer());
    calls.push({ url, init, bytes });
    return answer(init);
  };
  const providers = { "workers-ai": { apiKey: "cf-stored", accountId: "mine" } };
  return { gateway: createGateway({ fetch, providers, ...CLOSED }), calls };
}

const ACCESS = { authorization: "Bearer ak-1" };
const LLAMA = "@cf/meta/llama-3.1-8b-instruct";

test("a model of Workers AI's is asked in the caller's very words, and answers in its own", async () => {
  const said = '{"result":{"response":"Hi",  "extra":1},"success":true,"errors":[],"messages":[]}';
  const { gateway, calls } = workersAi(() =>
    new Response(said, { headers: { "content-type": "application/json" } })
  );
  const input = '{"prompt": "Hello",  "lora": "mine"}';
  const json = { ...ACCESS, "content-type": "application/json" };
  const envelope = `{"model":"${LLAMA}","input":${input}}`;
  const answers = [
    await post({ gateway }, `/run/${LLAMA}`, input, json),
    await post({ gateway }, "/run", envelope, { ...json, "content-length": `${envelope.length}` }),
    await post({ gateway }, "/run", `{"input":${input},"model":"workers-ai/${LLAMA}"}`, ACCESS),
  ];
  for (const answer of answers) {
    assertEquals([answer.status, answer.text], [200, said]);
    assertEquals(answer.headers.get("cf-aig-provider"), "workers-ai");
  }
  for (const { url, init: { headers }, bytes } of calls) {
    assertEquals(url, `${CF}/run/${LLAMA}`);
    assertEquals(new TextDecoder().decode(bytes), input);
    assertEquals(headers.authorization, "Bearer cf-stored");
    assertEquals(headers["content-type"], "application/json");
    assertEquals([headers["cf-aig-authorization"], headers["content-length"]], [
      undefined,
      undefined,
    ]);
    assertFalse(JSON.stringify(headers).includes("ak-1"));
  }
  assertEquals(calls.length, 3);
});

test("sound goes in and pictures come out as they are", async () => {
  const picture = new Uint8Array([0x89, 0x50, 0xff, 0x00]);
  const { gateway, calls } = workersAi(() =>
    new Response(picture, { headers: { "content-type": "image/png" } })
  );
  const sound = new Uint8Array([0xff, 0xfb, 0x90, 0x00, 0xfe]);
  const answer = await gateway.fetch(
    new Request(`http://localhost${REST}/run/@cf/openai/whisper`, {
      method: "POST",
      headers: { ...ACCESS, "content-type": "audio/mpeg" },
      body: sound,
    }),
  );
  assertEquals(answer.headers.get("content-type"), "image/png");
  assertEquals(new Uint8Array(await answer.arrayBuffer()), picture);
  assertEquals(calls[0]?.bytes, sound);
  assertEquals(calls[0]?.init.headers["content-type"], "audio/mpeg");
});

test("a route that has the name of a model of Workers AI's is taken, and its answer translated", async () => {
  const routes = { [LLAMA]: "openai/instead" };
  const { gateway, sent } = recorded({ gateways: { default: { routes } } });
  const answer = await post({ gateway }, `/run/${LLAMA}`, { prompt: "Hello" });
  assertEquals(JSON.parse(answer.text).result.response, SAID);
  assertEquals(sent[0]?.body.model, "instead");
});

test("a scope that lists models holds for what is run, too", async () => {
  const key = { name: "narrow", key: "ak-narrow", models: ["workers-ai/@cf/meta/*"] };
  const fetch: FetchLike = () => Promise.resolve(Response.json({ success: true }));
  const gateway = createGateway({
    fetch,
    providers: { "workers-ai": { apiKey: "cf-stored", accountId: "mine" } },
    gateways: { default: { accessKeys: [key] } },
  });
  const narrow = { authorization: "Bearer ak-narrow" };
  const asked = (model: string) => post({ gateway }, `/run/${model}`, { prompt: "Hello" }, narrow);
  assertEquals((await asked(LLAMA)).status, 200);
  const other = await asked("@cf/openai/whisper");
  assertEquals([other.status, JSON.parse(other.text).errors[0].code], [403, 2114]);
});
