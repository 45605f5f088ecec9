/** Answers of providers' own interfaces, and vectors, that are given again. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import type { FetchInit } from "../../lib/fetch_like.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { claudeAnswer } from "../support/claude_answer.ts";
import { chat, type Got, send } from "../support/recorder.ts";
import { openaiTongue } from "../support/tongues.ts";

interface Sent {
  url: string;
  init: FetchInit;
}

/** A gateway whose providers answer by path. */
function scene(answer: (sent: Sent) => Response, options: GatewayOptions = {}) {
  const sent: Sent[] = [];
  const keyed = { apiKey: "sk-stored-0123456789" };
  const gateway = createGateway({
    providers: { openai: keyed, anthropic: keyed, "google-ai-studio": keyed },
    gateways: { default: { cache: { ttl: 60 } } },
    ...options,
    fetch: (url, init) => {
      sent.push({ url, init });
      return Promise.resolve(answer({ url, init }));
    },
  });
  const ask = (path: string, body: unknown = { model: "m" }, headers: HeadersInit = {}) =>
    send(gateway, `/v1/a/default/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...Object.fromEntries(new Headers(headers)) },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { gateway, sent, ask };
}

const statusOf = ({ headers }: Got) => headers.get("cf-aig-cache-status");
const json = (text: string, more: Record<string, string> = {}) =>
  new Response(text, { headers: { "content-type": "application/json; charset=utf-8", ...more } });
const events = (text: string) =>
  new Response(text, { headers: { "content-type": "text/event-stream" } });

const WHOLE = openaiTongue.whole.replace("{", '{ "odd" : [1.50, "\\u00e9"],');
const STREAM = openaiTongue.head + openaiTongue.content + openaiTongue.rest;

test("a native answer comes again to the byte, with its type, and nothing said of the first call", async () => {
  const { sent, ask } = scene(() =>
    json(WHOLE, { "x-request-id": "req-1", "x-ratelimit-remaining": "1", "openai-version": "1" })
  );
  const first = await ask("openai/v1/chat/completions");
  const again = await ask("openai/v1/chat/completions");
  assertEquals([statusOf(first), statusOf(again), sent.length], ["MISS", "HIT", 1]);
  assertEquals(again.text, WHOLE);
  assertEquals(again.headers.get("content-type"), "application/json; charset=utf-8");
  for (const name of ["dragoman-upstream-request-id", "x-ratelimit-remaining", "openai-version"]) {
    assert(first.headers.get(name) !== null, name);
    assertEquals(again.headers.get(name), null, name);
  }
  assert(again.headers.get("x-request-id") !== "req-1");
  assertEquals(again.headers.get("cf-aig-provider"), "openai");
  assertEquals(again.headers.get("cf-aig-model"), null);
});

test("a native stream comes again to the byte", async () => {
  const { sent, ask } = scene(() => events(STREAM));
  const body = { model: "m", stream: true };
  for (const expected of ["MISS", "HIT"]) {
    const got = await ask("openai/v1/chat/completions", body);
    assertEquals([got.text, statusOf(got)], [STREAM, expected]);
    assertEquals(got.headers.get("content-type"), "text/event-stream");
    assertEquals(got.headers.get("cache-control"), "no-cache, no-transform");
  }
  assertEquals(sent.length, 1);
});

test("a native stream whose caller leaves is kept if he has read its end mark", async () => {
  for (const [sent, expected] of [[STREAM, "HIT"], [STREAM.slice(0, -14), "MISS"]] as const) {
    const open = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(sent)),
      });
    let first = true;
    const { gateway, ask } = scene(() => {
      const body = first ? open() : STREAM;
      first = false;
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const path = "openai/v1/chat/completions";
    const body = JSON.stringify({ model: "m", stream: true });
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body };
    const reader = (await gateway.fetch(`http://localhost/v1/a/default/${path}`, init)).body!
      .getReader();
    assertEquals(new TextDecoder().decode((await reader.read()).value), sent);
    await reader.cancel();
    const again = await ask(path, body);
    assertEquals([again.text, statusOf(again)], [STREAM, expected]);
  }
});

test("every interface that the gateway can read has its complete answers kept", async () => {
  const gemini = (finishReason: string) =>
    JSON.stringify({
      candidates: [{ index: 0, content: { parts: [{ text: "Hi" }] }, finishReason }],
      modelVersion: "gemini",
    });
  const cases: [path: string, answer: () => Response, expected: string][] = [
    ["anthropic/v1/messages", () => claudeAnswer("claude"), "HIT"],
    ["google-ai-studio/v1beta/models/g:generateContent", () => json(gemini("STOP")), "HIT"],
    ["google-ai-studio/v1beta/models/g:generateContent", () => json(gemini("SAFETY")), "MISS"],
    [
      "google-ai-studio/v1beta/models/g:streamGenerateContent?alt=sse",
      () => events(`data: ${gemini("STOP")}\n\n`),
      "HIT",
    ],
    ["openai/v1/embeddings", () => json(VECTORS), "HIT"],
    ["anthropic/v1/messages", () => json(PAUSED), "MISS"],
    ["google-ai-studio/v1beta/models/g:generateContent", () => json(gemini("OTHER")), "MISS"],
    ["openai/v1/chat/completions", () => json(WHOLE.replace('"stop"', '"abort"')), "MISS"],
    ["openai/v1/chat/completions", () => events(openaiTongue.head + openaiTongue.content), "MISS"],
    [
      "openai/v1/chat/completions",
      () => json(WHOLE.replace('"finish_reason":"stop"', '"finish_reason":"length"')),
      "MISS",
    ],
    ["openai/v1/chat/completions", () => json(openaiTongue.error("k")), "MISS"],
    [
      "openai/v1/chat/completions",
      () => new Response(WHOLE, { status: 201, headers: TYPE }),
      "MISS",
    ],
    [
      "openai/v1/chat/completions",
      () => new Response(WHOLE, { status: 400, headers: TYPE }),
      "MISS",
    ],
    ["openai/v1/chat/completions", () => new Response(WHOLE), "MISS"],
  ];
  for (const [path, answer, expected] of cases) {
    const { ask } = scene(answer);
    await ask(path);
    assertEquals(statusOf(await ask(path)), expected, path);
  }
});

/** A turn that waits for the server's own tool. */
const PAUSED = JSON.stringify({
  type: "message",
  content: [{ type: "server_tool_use", id: "s", name: "web_search", input: {} }],
  stop_reason: "pause_turn",
});
const TYPE = { "content-type": "application/json" };
const VECTORS = JSON.stringify({
  object: "list",
  data: [{ object: "embedding", index: 0, embedding: [0.25, -1e-7] }],
  model: "e",
  usage: { prompt_tokens: 1, total_tokens: 1 },
});

test("what may be done by a request is not done by an answer: it is kept only where the caller asks", async () => {
  const asking = { "cf-aig-cache-ttl": "60" };
  for (
    const [answer, kept] of [
      ['{"id":"batch_1","object":"batch"}', "HIT"],
      ['{"created":1,"data":[{"b64_json":"AAAA"}]}', "HIT"],
      ['{"id":"resp_1","status":"completed"}', "HIT"],
      ['{"id":"resp_1","status":"queued"}', "MISS"],
      ['{"id":"resp_1","status":"incomplete","error":null}', "MISS"],
      ['{"error":{"message":"no"}}', "MISS"],
      ["[1]", "MISS"],
      ['{"type":"message","content":[],"stop_reason":"max_tokens"}', "MISS"],
      ['{"type":"message","content":[],"stop_reason":"end_turn"}', "HIT"],
      ['{"content":[],"stop_reason":null}', "MISS"],
      ['{"candidates":[{"finishReason":"OTHER"}]}', "MISS"],
      ['{"candidates":[{"finishReason":"STOP"}]}', "HIT"],
      ['{"output":{},"stopReason":"guardrail_intervened"}', "MISS"],
      [
        '{"status":"completed","output":[{"content":[{"type":"refusal","refusal":"No."}]}]}',
        "MISS",
      ],
      ['{"status":"completed","output":[{"content":[{"type":"text","refusal":""}]}]}', "HIT"],
      ['{"name":"models/veo/operations/1"}', "MISS"],
      ['{"name":"models/veo/operations/1","done":false}', "MISS"],
      ['{"name":"models/veo/operations/1","done":true,"response":{}}', "HIT"],
      ['{"cut":', "MISS"],
    ] as const
  ) {
    const { ask, sent } = scene(() => json(answer));
    for (let i = 0; i < 2; i++) assertEquals(statusOf(await ask("openai/v1/batches")), "MISS");
    assertEquals(sent.length, 2);
    await ask("openai/v1/batches", undefined, asking);
    assertEquals(statusOf(await ask("openai/v1/batches", undefined, asking)), kept, answer);
  }
});

test("path, query, body, key and telling headers make another question; who asks with what program doesn't", async () => {
  const { ask, sent } = scene(() => json(WHOLE));
  const path = "openai/v1/chat/completions";
  const body = { model: "m" };
  assertEquals(statusOf(await ask(path, body)), "MISS");
  const same: Record<string, string>[] = [
    { "user-agent": "other/2", "x-stainless-retry-count": "1" },
    { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
    { "x-client-request-id": "1", "idempotency-key": "2", "cf-aig-metadata": "{}" },
  ];
  for (const headers of same) assertEquals(statusOf(await ask(path, body, headers)), "HIT");
  const others: [string, unknown, HeadersInit?][] = [
    ["openai/chat/completions", body],
    [`${path}?x=1`, body],
    [path, { model: "n" }],
    [path, body, { "openai-beta": "x" }],
    [path, body, { authorization: "Bearer sk-own" }],
    [path, body, { authorization: "Bearer sk-own-2" }],
    [`${path}?key=sk-own`, body],
  ];
  for (const each of others) assertEquals(statusOf(await ask(...each)), "MISS");
  for (const each of others) assertEquals(statusOf(await ask(...each)), "HIT");
  assertEquals(sent.length, 1 + others.length);
});

test("a name stands for the body, not for the path, the way of answering, or the key", async () => {
  const { ask } = scene(({ init }) =>
    String(init.body).includes("true") ? events(STREAM) : json(WHOLE)
  );
  const path = "openai/v1/chat/completions";
  const named = { "cf-aig-cache-key": "k" };
  const status = async (...asking: Parameters<typeof ask>) => statusOf(await ask(...asking));
  assertEquals(await status(path, { model: "m" }, named), "MISS");
  assertEquals(await status(path, { model: "n" }, named), "HIT");
  assertEquals(await status(path, { model: "m", stream: true }, named), "MISS");
  assertEquals(await status(path, { model: "n", stream: true }, named), "HIT");
  assertEquals(await status("openai/chat/completions", { model: "m" }, named), "MISS");
  const own = { ...named, "xi-api-key": "own" };
  assertEquals(await status(path, { model: "m" }, own), "MISS");
  assertEquals(await status(path, { model: "m" }, { ...own, "xi-api-key": "other" }), "MISS");
  assertEquals(await status(path, { model: "m" }, own), "HIT");
});

test("only a POST whose body is known is a question", async () => {
  const { gateway, sent } = scene(() => json(WHOLE));
  const asking = { "cf-aig-cache-ttl": "60", "content-type": "application/json" };
  const path = "/v1/a/default/openai/v1/chat/completions";
  for (const method of ["GET", "PUT", "DELETE"]) {
    const init = { method, headers: asking, ...(method === "PUT" && { body: "{}" }) };
    for (let i = 0; i < 2; i++) assertEquals(statusOf(await send(gateway, path, init)), "MISS");
  }
  const audio = new Uint8Array([0xff, 0xfe, 0x00]);
  for (let i = 0; i < 2; i++) {
    const init = {
      method: "POST",
      headers: { ...asking, "content-type": "audio/wav" },
      body: audio,
    };
    assertEquals(statusOf(await send(gateway, path, init)), "MISS");
  }
  assertEquals(sent.length, 8);
});

test("a native step of the universal endpoint has its answers kept, too", async () => {
  const { gateway, sent } = scene(() => json(WHOLE), { gateways: {} });
  const ask = (cacheTtl: number) =>
    send(gateway, "/v1/a/default", {
      method: "POST",
      body: JSON.stringify([{
        provider: "openai",
        endpoint: "chat/completions",
        headers: {},
        config: { cacheTtl },
        query: { model: "m" },
      }]),
    });
  for (const [ttl, expected] of [[0, "MISS"], [60, "MISS"], [60, "HIT"], [0, "MISS"]] as const) {
    const got = await ask(ttl);
    assertEquals([got.text, statusOf(got)], [WHOLE, expected]);
  }
  assertEquals(sent.length, 3);
});

test("vectors come again, in the encoding that is wanted now", async () => {
  const { gateway, sent } = scene(() => json(VECTORS));
  const embed = (more: object = {}, headers: HeadersInit = {}) =>
    send(gateway, "/v1/embeddings", {
      method: "POST",
      headers,
      body: JSON.stringify({ model: "openai/e", input: "Hello", ...more }),
    });
  const first = await embed();
  const again = await embed({}, { "cf-aig-metadata": '{"a":1}' });
  assertEquals([statusOf(first), statusOf(again)], ["MISS", "HIT"]);
  assertEquals(again.text, first.text);
  assertEquals(again.headers.get("cf-aig-model"), "e");
  assertEquals(statusOf(await embed({ input: "Bye" })), "MISS");
  assertEquals(statusOf(await embed({ dimensions: 2 })), "MISS");
  assertEquals(statusOf(await embed({}, { "cf-aig-skip-cache": "true" })), "MISS");
  assertEquals(sent.length, 4);
});

test("one name may stand for words and for vectors, which are never taken for each other", async () => {
  const { gateway } = scene(({ url }) => json(url.includes("embed") ? VECTORS : WHOLE));
  const named = { "cf-aig-cache-key": "k" };
  const body = JSON.stringify({ model: "openai/e", input: "Hello" });
  const embed = () => send(gateway, "/v1/embeddings", { method: "POST", headers: named, body });
  const say = () => chat(gateway, { model: "openai/e" }, named);
  const native = "/v1/a/default/openai/chat/completions";
  const pass = () =>
    send(gateway, native, { method: "POST", headers: { ...named, ...TYPE }, body: "{}" });
  for (const expected of ["MISS", "HIT"]) {
    for (const ask of [embed, say, pass]) assertEquals(statusOf(await ask()), expected);
  }
});
