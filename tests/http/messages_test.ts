/** `POST …/messages`: Anthropic's dialect at the front door, with any provider behind it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { anthropicMessages } from "../../lib/codecs/anthropic_messages/mod.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import {
  interrupted,
  rateLimited,
  scriptedProvider,
  text,
  toolCall,
  truncated,
} from "../../lib/exports/testing.ts";
import { type Got, recorded, send } from "../support/recorder.ts";

const PATHS = ["/v1", "/v1/v1", "/v1/account/default/compat", "/v1/account/default/compat/v1"];
const BODY = { model: "openai/m", max_tokens: 10, messages: [{ role: "user", content: "Hello" }] };

type Json = Record<string, unknown>;

function ask(
  gateway: Gateway,
  body: Json = {},
  headers: HeadersInit = {},
  path = "/v1",
): Promise<Got> {
  const sent = JSON.stringify({ ...BODY, ...body });
  return send(gateway, `${path}/messages`, { method: "POST", headers, body: sent });
}

function scripted(script: Parameters<typeof scriptedProvider>[0], options: GatewayOptions = {}) {
  const provider = scriptedProvider(script);
  const providers = { openai: { apiKey: "sk-1" }, ...options.providers };
  return { provider, gateway: createGateway({ ...options, providers, fetch: provider.fetch }) };
}

const said = (got: Got) => JSON.parse(got.text) as Json;

/** The parsed events of a stream. */
function eventsOf({ text }: Got): Json[] {
  return text.split("\n\n").flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? [])
    .map((data) => JSON.parse(data) as Json);
}

test("any provider answers in Anthropic's dialect, below every prefix", async () => {
  const { gateway } = recorded();
  for (const path of PATHS) {
    const got = await ask(gateway, {}, {}, path);
    assertEquals(got.status, 200, got.text);
    const { type, role, content, stop_reason, usage } = said(got);
    assertEquals([type, role, stop_reason], ["message", "assistant", "end_turn"]);
    assertEquals((content as Json[]).map((block) => block.type), ["text"]);
    assertEquals((usage as Json).input_tokens, 3);
    assertEquals(got.headers.get("request-id"), got.headers.get("cf-aig-log-id"));
  }
});

test("calls of tools and streams are Anthropic's too", async () => {
  const { gateway } = scripted([toolCall("get_weather", { city: "Paris" }), text("Hello there")]);
  const { content, stop_reason } = said(await ask(gateway));
  assertEquals(stop_reason, "tool_use");
  assertEquals((content as Json[])[0]!.input, { city: "Paris" });
  const got = await ask(gateway, { stream: true });
  assertStringIncludes(got.headers.get("content-type") ?? "", "text/event-stream");
  const events = eventsOf(got);
  assertEquals(events.at(0)?.type, "message_start");
  assertEquals(events.at(-1)?.type, "message_stop");
  const words = events.map(({ delta }) => (delta as Json)?.text ?? "").join("");
  assertEquals(words, "Hello there");
  assertEquals((events.at(-2)?.usage as Json).output_tokens, 5);
});

test("the gateway's own errors have Anthropic's shape, with the request's id", async () => {
  const { gateway } = recorded();
  const got = await ask(gateway, { model: "claude-sonnet-4-5" });
  const { type, error, request_id } = said(got);
  assertEquals([got.status, type], [400, "error"]);
  assertEquals((error as Json).type, "invalid_request_error");
  assertStringIncludes(String((error as Json).message), "anthropic/claude-sonnet-4-5");
  assertEquals(request_id, got.headers.get("request-id"));
});

test("a provider's refusal keeps its status and wait", async () => {
  const { gateway } = scripted([rateLimited({ retryAfter: 3, message: "Slow down" })]);
  const got = await ask(gateway);
  assertEquals([got.status, got.headers.get("retry-after")], [429, "3"]);
  assertEquals(said(got).error, { type: "rate_limit_error", message: "Slow down" });
});

test("a stream that breaks off, or reports an error, ends with one error event", async () => {
  for (
    const turn of [truncated(text("Once upon")), interrupted(text("Once upon"), { status: 529 })]
  ) {
    const { gateway } = scripted([turn]);
    const events = eventsOf(await ask(gateway, { stream: true }));
    assertEquals(events.at(-1)?.type, "error");
    assertEquals(events.filter(({ type }) => type === "message_stop").length, 0);
  }
});

const anthropic = { anthropic: { apiKey: "sk-ant-stored" } };

test("Claude itself is asked in the caller's own words, but for the model's name", async () => {
  const codec = anthropicMessages();
  const provider = scriptedProvider([text("Hi"), text("Hi")], { codec });
  const gateway = createGateway({ providers: anthropic, fetch: provider.fetch });
  const body =
    `{"model": "anthropic/claude-x",  "max_tokens":10,"messages":[{"role":"user","content":"Hi"}],` +
    `"from_the_future":{"a":[1]}}`;
  const headers = { "anthropic-beta": "x-2026-01-01", "anthropic-version": "2024-01-01" };
  const got = await send(gateway, "/v1/messages", { method: "POST", headers, body });
  assertEquals(got.status, 200, got.text);
  assertEquals(provider.last.text, body.replace("anthropic/claude-x", "claude-x"));
  assertEquals(provider.last.url, "https://api.anthropic.com/v1/messages");
  assertEquals(provider.last.headers.get("x-api-key"), "sk-ant-stored");
  assertEquals(provider.last.headers.get("anthropic-beta"), "x-2026-01-01");
  assertEquals(provider.last.headers.get("anthropic-version"), "2024-01-01");
  const streamed = await ask(gateway, { model: "anthropic/claude-x", stream: true });
  assertEquals(eventsOf(streamed).at(-1)?.type, "message_stop");
});

test("a key that comes as x-api-key is the provider's, in its own position", async () => {
  const { gateway, sent } = recorded({ providers: anthropic });
  await ask(gateway, {}, { "x-api-key": "sk-mine" });
  assertEquals(sent[0]?.headers.authorization, "Bearer sk-mine");
});
