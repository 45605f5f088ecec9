/** What every answer carries, and how errors look. */
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { textBody } from "../../lib/fetch_like.ts";
import { ERROR_CATALOGUE } from "../../lib/error_catalogue.ts";
import { createDoor, createGateway } from "../support/gateway.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { chat, errorOf, goodAnswer, recorded, recorder, send } from "../support/recorder.ts";

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("every answer has its own log id, a UUID of version 7, errors and pages too", async () => {
  const { gateway } = recorded();
  const seen = new Set<string>();
  for (
    const path of ["/", "/health", "/nothing", "/v1/models", "/v1/files", "/v1/account/default/x/y"]
  ) {
    const { headers } = await send(gateway, path);
    const id = headers.get("cf-aig-log-id") ?? "";
    assertMatch(id, UUID7);
    assertEquals(headers.get("x-request-id"), id);
    seen.add(id);
  }
  for (const stream of [false, true]) {
    const { headers } = await chat(gateway, { stream });
    seen.add(headers.get("cf-aig-log-id") ?? "");
  }
  assertEquals(seen.size, 8);
});

test("log ids sort by the time they were made", async () => {
  const clock = new FakeClock();
  const { gateway } = recorded({ clock });
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    ids.push((await send(gateway, "/health")).headers.get("cf-aig-log-id") ?? "");
    await clock.advance(1);
  }
  assertEquals([...ids].sort(), ids);
});

test("an answer says who served it and how long it took", async () => {
  const { gateway } = recorded(
    {},
    (init) => goodAnswer(init, { "x-request-id": "req_up", "retry-after": "3" }),
  );
  for (const stream of [false, true]) {
    const { headers } = await chat(gateway, { stream }, { "cf-aig-event-id": "event 1" });
    const facts = Object.fromEntries(headers);
    assertEquals(facts["cf-aig-step"], "0");
    assertEquals(facts["cf-aig-provider"], "openai");
    assertEquals(facts["cf-aig-model"], "gpt-5-mini");
    assertEquals(facts["cf-aig-cache-status"], "MISS");
    assertEquals(facts["cf-aig-event-id"], "event 1");
    assertEquals(facts["dragoman-upstream-request-id"], "req_up");
    assertEquals(facts["retry-after"], "3");
    assertMatch(facts["server-timing"] ?? "", /^gateway;dur=\d+, upstream;dur=\d+$/);
    assertEquals(facts["dragoman-warnings"], undefined);
    if (!stream) continue;
    assertEquals(facts["x-accel-buffering"], "no");
    assertEquals(facts["cache-control"], "no-cache, no-transform");
    assertEquals(facts["content-type"], "text/event-stream; charset=utf-8");
  }
});

test("an error of the gateway is OpenAI's shape with the gateway's number, twice", async () => {
  const { gateway } = recorded();
  const answer = await chat(gateway, { model: "nope/m" });
  const { error, ...rest } = JSON.parse(answer.text) as Record<string, unknown>;
  const { message } = error as { message: string };
  assertEquals(error, { message, type: "invalid_request_error", param: "model", code: "2008" });
  assertEquals(rest, { success: false, errors: [{ code: 2008, message }] });
  assertEquals(answer.headers.get("dragoman-error-source"), "gateway");
});

test("an error of the provider keeps its status, words and code", async () => {
  for (const status of [400, 401, 402, 403, 404, 413, 422, 429, 498, 500, 503, 529]) {
    const error = { message: "Own words", type: "own_type", param: "own", code: "own_code" };
    const { gateway } = recorded({}, () => new Response(JSON.stringify({ error }), { status }));
    for (const stream of [false, true]) {
      const answer = await chat(gateway, { stream });
      assertEquals(answer.status, status);
      assertEquals({ ...errorOf(answer) }, error);
      assertEquals(answer.headers.get("dragoman-error-source"), "provider");
    }
  }
});

test("a bad key that the provider calls a bad request becomes 401", async () => {
  const body = JSON.stringify({
    error: { message: "Incorrect API key provided", code: "invalid_api_key" },
  });
  const { gateway } = recorded({}, () => new Response(body, { status: 400 }));
  assertEquals((await chat(gateway)).status, 401);
});

test("when a whole list fails, the last error is told with every attempt", async () => {
  const { gateway } = recorded(
    { gateways: { default: { open: true, routes: { both: ["openai/a", "ollama/b"] } } } },
    (init) => new Response("no", { status: textBody(init).includes('"a"') ? 503 : 404 }),
  );
  const answer = await chat(gateway, { model: "dynamic/both" });
  assertEquals(answer.status, 404);
  assertStringIncludes(errorOf(answer).message, "openai/a: 503; ollama/b: 404");
});

test("a step that can't even be called does not end a list", async () => {
  const { fetch, sent } = recorder();
  const gateway = createGateway({
    fetch,
    gateways: { default: { routes: { both: ["openai/a", "ollama/b"] } } },
  });
  const answer = await chat(gateway, { model: "both" });
  assertEquals([answer.status, answer.headers.get("cf-aig-provider")], [200, "ollama"]);
  assertEquals(sent.length, 1);
});

test("fetch never rejects, whatever the egress does", async () => {
  const { error: log } = console;
  const said: string[] = [];
  console.error = (text: string) => void said.push(text);
  const secret = new Error("sk-stored-openai and a prompt");
  const egresses = [
    () => Promise.reject(secret),
    () => Promise.reject(undefined),
    () => Promise.reject("sk-stored-openai"),
    () => {
      throw secret;
    },
    () => Promise.resolve(new Response(null, { status: 204 })),
    () => Promise.resolve(new Response(null)),
    () => Promise.resolve(Response.error()),
    () => Promise.resolve(undefined as unknown as Response),
  ];
  try {
    for (const fetch of egresses) {
      const gateway = createGateway({
        fetch,
        providers: { openai: { apiKey: "sk-stored-openai" } },
      });
      for (const stream of [false, true]) {
        const answer = await chat(gateway, { stream });
        assert(answer.status >= 400, answer.text);
        assertFalse(/sk-stored|prompt/.test(answer.text), answer.text);
      }
    }
  } finally {
    console.error = log;
  }
  assertFalse(said.join().includes("sk-stored"));
});

test("fetch works detached, as clients take it", async () => {
  const { fetch } = recorded().gateway;
  assertEquals(fetch.length, 1);
  assertEquals((await fetch(new Request("http://localhost/health"))).status, 200);
});

test("a request that has passed through this gateway is a loop", async () => {
  const { gateway, sent } = recorded();
  await chat(gateway);
  const { via } = sent[0]!.headers;
  assertMatch(via ?? "", /^1\.1 dragoman-[0-9a-f]{16}$/);
  const loop = await chat(gateway, {}, { via: `1.1 proxy, ${via}` });
  assertEquals([loop.status, errorOf(loop).code], [508, "2109"]);
  // Another gateway on the way is fine.
  const other = await chat(gateway, {}, { via: "1.1 dragoman-0000000000000000" });
  assertEquals(other.status, 200);
  assertEquals(sent.length, 2);
});

test("a draining gateway says so, and goes on answering", async () => {
  const { fetch } = recorder();
  const providers = { openai: { apiKey: "sk-stored" } };
  const door = createDoor({ fetch, providers }, { loopback: false, openByDefault: true });
  const { gateway } = door;
  assertEquals((await send(gateway, "/ready")).status, 200);
  door.drain();
  const ready = await send(gateway, "/ready");
  assertEquals([ready.status, errorOf(ready).code], [503, "2113"]);
  assertEquals((await send(gateway, "/health")).status, 200);
  assertEquals((await chat(gateway)).status, 200);
});

test("running counts requests and streams until their very end", async () => {
  const { fetch } = recorder();
  const providers = { openai: { apiKey: "sk-stored" } };
  const door = createDoor({ fetch, providers }, { loopback: false, openByDefault: true });
  const body = JSON.stringify({ model: "openai/m", stream: true, messages: [] });
  const asking = door.gateway.fetch(
    new Request("http://localhost/v1/chat/completions", { method: "POST", body }),
  );
  assertEquals(door.running, 1);
  const answer = await asking;
  assertEquals(door.running, 1);
  await answer.text();
  assertEquals(door.running, 0);
});

test("the landing page names ready providers only where everybody may see them", async () => {
  const open = await send(recorded({ demo: true }).gateway, "/");
  assertStringIncludes(open.text, "Ready: openai, ollama, demo");
  assertStringIncludes(open.text, "demo/echo");
  const closed = recorded({ gateways: { default: { accessKeys: ["ak-0123456789"] } } }).gateway;
  const page = await send(closed, "/");
  assertFalse(page.text.includes("Ready:"));
  assertStringIncludes(page.text, "cf-aig-authorization: Bearer <access key>");
});

test("the catalogue's rows all have a status, a cause and a fix", () => {
  for (const [code, { status, cause, fix, type }] of Object.entries(ERROR_CATALOGUE)) {
    assert(status >= 400 && status <= 599, code);
    assert(cause.endsWith(".") && fix.endsWith(".") && /^[a-z_]+$/.test(type), code);
  }
});
