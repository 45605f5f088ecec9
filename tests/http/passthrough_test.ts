/** A provider's own interface through the gateway: what travels, what comes back, and who may. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { type Clock, systemClock } from "../../lib/clock.ts";
import type { FetchedResponse, FetchInit } from "../../lib/fetch_like.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { silent } from "../support/silent.ts";

const STORED = "sk-stored-0123456789";

interface Sent {
  url: string;
  init: FetchInit;
  /** Read whole, however it was sent. */
  bytes: Uint8Array;
}

/** Deadlines never come, so that a body which nobody reads keeps no process awake. */
const patient: Clock = {
  now: () => Date.now(),
  after: (ms, task) => ms < 1000 ? systemClock.after(ms, task) : () => {},
};

/** A gateway before a provider that answers in order. */
function scene(
  answers: (Response | (() => Response))[],
  options: GatewayOptions = {},
) {
  const sent: Sent[] = [];
  const gateway = createGateway({
    providers: { openai: { apiKey: STORED }, anthropic: { apiKey: STORED } },
    clock: patient,
    ...options,
    fetch: async (url, init) => {
      const body = init.body as BodyInit | undefined;
      const bytes = new Uint8Array(await new Response(body ?? null).arrayBuffer());
      sent.push({ url, init, bytes });
      const next = answers.length > 1 ? answers.shift()! : answers[0]!;
      return typeof next === "function" ? next() : next;
    },
  });
  const ask = (path: string, init: RequestInit = {}) =>
    gateway.fetch(new Request(`http://localhost/v1/acme/default/${path}`, init));
  return { sent, ask };
}

const ok = () => new Response("{}", { headers: { "content-type": "application/json" } });

test("every method goes through, also a provider's own OPTIONS", async () => {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]) {
    const { sent, ask } = scene([ok]);
    const answer = await ask("openai/v1/files/f-1", { method });
    assertEquals([answer.status, sent[0]?.init.method], [200, method]);
    assertEquals(sent[0]?.init.redirect, "manual");
    assertEquals(await answer.text(), method === "HEAD" ? "" : "{}");
  }
});

test("a browser's question before its request is answered here", async () => {
  const { sent, ask } = scene([ok], {
    cors: { origins: ["https://app.test"] },
    gateways: { default: { accessKeys: ["ak-0123456789abcdef"] } },
  });
  const headers = { origin: "https://app.test", "access-control-request-method": "POST" };
  const answer = await ask("openai/v1/files", { method: "OPTIONS", headers });
  assertEquals([answer.status, sent.length], [204, 0]);
  assertEquals(answer.headers.get("access-control-allow-origin"), "https://app.test");
});

test("path and query arrive as they are written", async () => {
  const { sent, ask } = scene([ok]);
  const written = "v1/models/ft%3Agpt%2Fx@1;v=2?x=%41&x=+&empty=&flag&z=%E2%82%AC";
  await ask(`openai/${written}`);
  assertEquals(sent[0]?.url, `https://api.openai.com/${written}`);
});

test("the caller's headers arrive, but for those of the connection, of the gateway and of proxies", async () => {
  const { sent, ask } = scene([ok]);
  await ask("anthropic/v1/messages", {
    method: "POST",
    body: "{}",
    headers: {
      "anthropic-beta": "a,b",
      "anthropic-version": "2023-06-01",
      "content-type": "application/json",
      "user-agent": "acme/1",
      "x-custom": "kept",
      "openai-organization": "org",
      connection: "keep-alive, x-named",
      "x-named": "gone",
      te: "trailers",
      "proxy-authorization": "Basic eA==",
      upgrade: "h2c",
      "http2-settings": "AAMAAABkAAQAAP__",
      cookie: "a=b",
      forwarded: "for=1.2.3.4",
      "x-forwarded-for": "1.2.3.4",
      "x-real-ip": "1.2.3.4",
      "cf-connecting-ip": "1.2.3.4",
      "cf-aig-cache-ttl": "60",
      "dragoman-strict": "false",
      "accept-encoding": "br",
      via: "1.1 front",
    },
  });
  const { via, ...headers } = sent[0]!.init.headers;
  assert(/^1\.1 front, 1\.1 dragoman-[0-9a-f]{16}$/.test(via!), via);
  assertEquals(headers, {
    "anthropic-beta": "a,b",
    "anthropic-version": "2023-06-01",
    "content-type": "application/json",
    "openai-organization": "org",
    "user-agent": "acme/1",
    "x-api-key": STORED,
    "x-custom": "kept",
  });
});

test("headers the operator configured are sent, and win", async () => {
  const { sent, ask } = scene([ok], {
    providers: { openai: { apiKey: STORED, headers: { "OpenAI-Organization": "ours" } } },
  });
  await ask("openai/v1/models", { headers: { "openai-organization": "theirs" } });
  assertEquals(sent[0]?.init.headers["openai-organization"], "ours");
});

test("the caller's own key goes through where he put it", async () => {
  const positions: [string, string][] = [
    ["authorization", "Bearer sk-own"],
    ["x-api-key", "sk-own"],
    ["authorization", "Token sk-own"],
  ];
  for (const [name, value] of positions) {
    const { sent, ask } = scene([ok]);
    await ask("anthropic/v1/models", { headers: { [name]: value } });
    assertEquals(sent[0]?.init.headers[name], value);
    assert(!JSON.stringify(sent[0]?.init.headers).includes(STORED));
  }
  const { sent, ask } = scene([ok], { providers: { "google-ai-studio": { apiKey: STORED } } });
  await ask("google-ai-studio/v1beta/models?alt=sse&key=own-key");
  assertEquals(sent[0]?.url.split("?")[1], "alt=sse&key=own-key");
  assertEquals(sent[0]?.init.headers["x-goog-api-key"], undefined);
});

test("placeholders and ignored keys give way to the stored one", async () => {
  const ignore: GatewayOptions = { gateways: { default: { requestKeys: "ignore" } } };
  for (const [key, options] of [["dragoman", {}], ["undefined", {}], ["sk-own", ignore]] as const) {
    const { sent, ask } = scene([ok], options);
    await ask("openai/v1/models?key=dragoman", {
      headers: { authorization: `Bearer ${key}`, "x-api-key": "" },
    });
    const { authorization, "x-api-key": other } = sent[0]!.init.headers;
    assertEquals([authorization, other], [`Bearer ${STORED}`, undefined]);
    assertEquals(sent[0]?.url, "https://api.openai.com/v1/models");
  }
});

test("a service account that the caller brings as a key is exchanged, and never shown", async () => {
  const { sent, ask } = scene([ok], { providers: { "aws-bedrock": {} } });
  const document = JSON.stringify({
    accessKeyId: "AKIDEXAMPLE",
    secretAccessKey: "secret-0123456789",
  });
  const own = btoa(document);
  await ask("aws-bedrock/bedrock-runtime/us-east-1/model/m/invoke", {
    method: "POST",
    body: "{}",
    headers: { authorization: `Bearer ${own}` },
  });
  assert(
    sent[0]?.init.headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"),
  );
  assert(!JSON.stringify(sent[0]).includes(own));
});

test("without any key the answer says where one could come from, in Cloudflare's envelope", async () => {
  const { sent, ask } = scene([ok], { providers: {} });
  const answer = await ask("elevenlabs/v1/voices");
  const { success, error: [error] } = await answer.json();
  assertEquals([answer.status, success, error.code, sent.length], [400, false, 2040, 0]);
  assert(error.message.includes("ELEVENLABS_API_KEY"), error.message);
});

test("bytes of any kind arrive unchanged in both directions", async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256);
  const { sent, ask } = scene([
    () => new Response(bytes, { headers: { "content-type": "audio/mpeg" } }),
  ]);
  const answer = await ask("openai/v1/audio/speech", { method: "POST", body: bytes });
  assertEquals(sent[0]?.bytes, bytes);
  assertEquals(new Uint8Array(await answer.arrayBuffer()), bytes);
  assertEquals(answer.headers.get("content-type"), "audio/mpeg");
});

test("a form streams through with its boundary, also one larger than bodyLimit", async () => {
  const { sent, ask } = scene([ok], { bodyLimit: 1000, providers: { openai: { apiKey: STORED } } });
  const form = new FormData();
  form.set("purpose", "batch");
  form.set("file", new Blob([new Uint8Array(5000)]), "a.bin");
  await ask("openai/v1/files", { method: "POST", body: form });
  assert(sent[0]?.init.body instanceof ReadableStream);
  assertEquals(sent[0]?.init.duplex, "half");
  const type = sent[0].init.headers["content-type"]!;
  const read = await new Response(sent[0].bytes as BodyInit, { headers: { "content-type": type } })
    .formData();
  assertEquals([read.get("purpose"), (read.get("file") as File).size], ["batch", 5000]);
});

test("a range comes back as 206 with its headers, a 304 and a 204 without a body", async () => {
  const headers = { "content-range": "bytes 0-1/10", "accept-ranges": "bytes", etag: '"e"' };
  const { sent, ask } = scene([
    new Response("ab", { status: 206, headers }),
    new Response(null, { status: 304, headers: { etag: '"e"' } }),
    new Response(null, { status: 204 }),
  ]);
  const range = await ask("openai/v1/files/f/content", { headers: { range: "bytes=0-1" } });
  assertEquals(sent[0]?.init.headers.range, "bytes=0-1");
  // Part of something compressed is nothing that could be unpacked.
  assertEquals(sent[0]?.init.headers["accept-encoding"], "identity");
  assertEquals([range.status, range.headers.get("content-range")], [206, "bytes 0-1/10"]);
  assertEquals(await range.text(), "ab");
  const unchanged = await ask("openai/v1/files/f/content", { headers: { "if-none-match": '"e"' } });
  assertEquals([unchanged.status, unchanged.headers.get("etag"), unchanged.body], [
    304,
    '"e"',
    null,
  ]);
  const none = await ask("openai/v1/files/f", { method: "DELETE" });
  assertEquals([none.status, none.body], [204, null]);
});

test("an answer without a body leaves no deadline behind, though nobody tells of its end", async () => {
  const clock = new FakeClock();
  let cancelled = 0;
  const source = () => ({
    next: () => new Promise<undefined>(() => {}),
    cancel: () => void cancelled++,
  });
  const answered = { status: 204, headers: new Headers(), body: null, source };
  const fetch = () => Promise.resolve(answered as unknown as FetchedResponse);
  const gateway = createGateway({ providers: { openai: { apiKey: STORED } }, clock, fetch });
  const address = "http://localhost/v1/acme/default/openai/v1/files/f";
  const answer = await gateway.fetch(new Request(address, { method: "DELETE" }));
  assertEquals([answer.status, cancelled, clock.waiting], [204, 1, 0]);
});

test("the answer has the provider's headers, but for cookies, the connection's and other origins' words", async () => {
  const { ask } = scene([
    () =>
      new Response("{}", {
        headers: {
          "content-type": "application/json",
          "content-encoding": "gzip",
          "content-length": "2",
          "set-cookie": "a=b",
          "strict-transport-security": "max-age=1",
          "alt-svc": "h3",
          "access-control-allow-origin": "*",
          "cf-aig-step": "9",
          "dragoman-warnings": "x",
          "x-request-id": "req-1",
          "x-ratelimit-remaining-requests": "3",
          "retry-after": "7",
          "openai-processing-ms": "5",
          connection: "x-hop",
          "x-hop": "1",
        },
      }),
  ]);
  const { headers } = await ask("openai/v1/models");
  const kept = [
    "content-type",
    "openai-processing-ms",
    "retry-after",
    "x-ratelimit-remaining-requests",
  ];
  for (const name of kept) assert(headers.has(name), name);
  const gone = ["set-cookie", "content-encoding", "content-length", "strict-transport-security"];
  gone.push("alt-svc", "access-control-allow-origin", "dragoman-warnings", "x-hop", "connection");
  for (const name of gone) assert(!headers.has(name), name);
  assertEquals(headers.get("cf-aig-step"), "0");
  assertEquals(headers.get("cf-aig-provider"), "openai");
  assertEquals(headers.get("dragoman-upstream-request-id"), "req-1");
  assert(headers.get("cf-aig-log-id") && headers.get("server-timing"));
});

test("a provider's error is relayed as it is, with its source", async () => {
  const text = '{"error":{"message":"No such  model","unknown":[1.0]}}';
  const { ask } = scene([
    () => new Response(text, { status: 404, headers: { "content-type": "application/json" } }),
  ]);
  const answer = await ask("openai/v1/models/x");
  assertEquals([answer.status, await answer.text()], [404, text]);
  assertEquals(answer.headers.get("dragoman-error-source"), "provider");
});

test("a redirect is relayed, and not followed", async () => {
  const location = "https://elsewhere.test/x";
  const { sent, ask } = scene([() => new Response(null, { status: 302, headers: { location } })]);
  const answer = await ask("openai/v1/files/f/content");
  assertEquals([answer.status, answer.headers.get("location"), sent.length], [302, location, 1]);
});

test("a stream is passed on as it comes, one event at a time", async () => {
  const pushed = new TransformStream<Uint8Array, Uint8Array>();
  const writer = pushed.writable.getWriter();
  const { ask } = scene([
    new Response(pushed.readable, { headers: { "content-type": "text/event-stream" } }),
  ]);
  const answer = await ask("openai/v1/responses", { method: "POST", body: '{"stream":true}' });
  assertEquals(answer.headers.get("x-accel-buffering"), "no");
  assertEquals(answer.headers.get("cache-control"), "no-cache, no-transform");
  const reader = answer.body!.getReader();
  for (const event of ["event: a\ndata: {}\n\n", ": ping\n\n", "data: [DONE]\n\n"]) {
    void writer.write(new TextEncoder().encode(event));
    assertEquals(new TextDecoder().decode((await reader.read()).value), event);
  }
  void writer.close();
  assertEquals((await reader.read()).done, true);
});

test("a stream that breaks off breaks off here too, and nothing is invented", async () => {
  let pull = 0;
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pull++ === 0) controller.enqueue(new TextEncoder().encode("data: 1\n\n"));
      else controller.error(new Error("reset"));
    },
  });
  const { ask } = scene([
    new Response(broken, { headers: { "content-type": "text/event-stream" } }),
  ]);
  const reader = (await ask("openai/v1/responses", { method: "POST", body: "{}" })).body!
    .getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "data: 1\n\n");
  await assertRejects(() => reader.read());
});

test("what may be sent again is tried again, and the last answer is the provider's own", async () => {
  const busy = () => new Response("busy", { status: 503 });
  const retry = { attempts: 3, delay: 0 };
  const headers = { "content-type": "application/json", "content-length": "2" };
  const { sent, ask } = scene([busy, busy, ok], { gateways: { default: { retry } } });
  const answer = await ask("openai/v1/responses", { method: "POST", body: "{}", headers });
  assertEquals([answer.status, sent.length], [200, 3]);
  const failing = scene([busy], { gateways: { default: { retry } } });
  const last = await failing.ask("openai/v1/models");
  assertEquals([last.status, await last.text(), failing.sent.length], [503, "busy", 3]);
  const refused = scene([() => new Response("no", { status: 400 })], {
    gateways: { default: { retry } },
  });
  await (await refused.ask("openai/v1/models")).text();
  assertEquals(refused.sent.length, 1);
});

test("a body that streams is sent once, whatever the policy", async () => {
  const { sent, ask } = scene([() => new Response("busy", { status: 503 })], {
    gateways: { default: { retry: { attempts: 3, delay: 0 } } },
  });
  const init = { method: "POST", body: new Blob(["x"]).stream(), duplex: "half" } as RequestInit;
  assertEquals((await ask("openai/v1/audio/transcriptions", init)).status, 503);
  assertEquals(sent.length, 1);
});

test("a body that must be signed is read whole, and no larger than bodyLimit", async () => {
  const aws = {
    accessKeyId: "AKIDEXAMPLE",
    secretAccessKey: "secret-0123456789",
    region: "us-east-1",
  };
  const { sent, ask } = scene([ok], { bodyLimit: 100, providers: { "aws-bedrock": aws } });
  const path = "aws-bedrock/bedrock-runtime/us-east-1/model/m/invoke";
  await ask(path, { method: "POST", body: new Uint8Array(50) });
  assertEquals(sent[0]?.bytes.length, 50);
  assert(sent[0]?.init.headers.authorization?.startsWith("AWS4-HMAC-SHA256"));
  const large = await ask(path, { method: "POST", body: new Uint8Array(101) });
  assertEquals([large.status, sent.length], [413, 1]);
});

test("cf-aig-request-timeout holds until the provider's headers", async () => {
  const gateway = createGateway({
    providers: { openai: { apiKey: STORED } },
    fetch: (_, init) => silent(init),
  });
  const answer = await gateway.fetch("http://localhost/v1/acme/default/openai/v1/models", {
    headers: { "cf-aig-request-timeout": "20" },
  });
  assertEquals(answer.status, 504);
  assertEquals((await answer.json()).error[0].code, 2110);
});
