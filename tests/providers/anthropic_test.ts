/** Anthropic as a provider: where it is reached, and how it is shown who asks. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { anthropicMessages } from "../../lib/codecs/anthropic_messages/mod.ts";
import { answer, failure, interrupted, scriptedProvider, text } from "../../lib/exports/testing.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { chat, errorOf } from "../support/recorder.ts";

const MODEL = "anthropic/claude-sonnet-4-5";

function asked(
  script: Parameters<typeof scriptedProvider>[0] = [text("Hi")],
  settings: object = {},
  options: GatewayOptions = {},
) {
  const provider = scriptedProvider(script, { codec: anthropicMessages() });
  const providers = { anthropic: { apiKey: "sk-ant-1", ...settings } };
  return { provider, gateway: createGateway({ ...options, providers, fetch: provider.fetch }) };
}

test("Claude answers OpenAI's clients, with its key and version where Anthropic wants them", async () => {
  const { provider, gateway } = asked();
  const got = await chat(gateway, { model: MODEL }, { "anthropic-beta": "a-1,b-2" });
  assertEquals(got.status, 200, got.text);
  assertEquals(JSON.parse(got.text).choices[0].message.content, "Hi");
  const { url, headers, body } = provider.last;
  assertEquals(url, "https://api.anthropic.com/v1/messages");
  assertEquals(headers.get("x-api-key"), "sk-ant-1");
  assertEquals(headers.get("authorization"), null);
  assertEquals(headers.get("anthropic-version"), "2023-06-01");
  assertEquals(headers.get("anthropic-beta"), "a-1,b-2");
  assertEquals([body.model, body.max_tokens], ["claude-sonnet-4-5", 64_000]);
});

test("a base URL may be written with or without its version", async () => {
  const bases = [
    "https://api.anthropic.com",
    "https://api.anthropic.com/v1/",
    "http://127.0.0.1:9/x",
  ];
  const urls: string[] = [];
  for (const baseUrl of bases) {
    const { provider, gateway } = asked([text("Hi")], { baseUrl });
    await chat(gateway, { model: MODEL });
    urls.push(provider.last.url);
  }
  const [own] = urls;
  assertEquals(urls, [
    own,
    "https://api.anthropic.com/v1/messages",
    "http://127.0.0.1:9/x/v1/messages",
  ]);
});

test("a request's own key goes where Anthropic wants it", async () => {
  const { provider, gateway } = asked();
  await chat(gateway, { model: MODEL }, { authorization: "Bearer sk-ant-mine" });
  assertEquals(provider.last.headers.get("x-api-key"), "sk-ant-mine");
});

test("a token of somebody who signed in is a bearer's", async () => {
  const { provider, gateway } = asked();
  await chat(gateway, { model: MODEL }, { authorization: "Bearer sk-ant-oat01-x" });
  const { headers } = provider.last;
  assertEquals(headers.get("authorization"), "Bearer sk-ant-oat01-x");
  assertEquals(headers.get("x-api-key"), null);
});

test("files that were uploaded before bring the beta they need, beside the caller's", async () => {
  const { provider, gateway } = asked([text("Hi"), text("Hi")]);
  const content = [{ type: "file", file: { file_id: "file_1" } }];
  const body = { model: MODEL, messages: [{ role: "user", content }] };
  await chat(gateway, body, { "anthropic-beta": "a-1" });
  assertEquals(provider.last.headers.get("anthropic-beta"), "a-1,files-api-2025-04-14");
  await chat(gateway, body);
  assertEquals(provider.last.headers.get("anthropic-beta"), "files-api-2025-04-14");
});

test("overloaded stays 529, before a stream too", async () => {
  const overloaded = { type: "overloaded_error", message: "Overloaded" };
  const { gateway } = asked([
    failure(529, overloaded),
    interrupted(text("Hi"), { status: 529, ...overloaded }, 0),
  ]);
  for (const stream of [false, true]) {
    const got = await chat(gateway, { model: MODEL, stream });
    assertEquals(got.status, 529);
    assertEquals([errorOf(got).type, errorOf(got).message], ["overloaded_error", "Overloaded"]);
  }
});

test("a stream is OpenAI's, with counts where they are asked for", async () => {
  const turn = answer({ reasoning: "Hmm", text: "Hello there" });
  const { gateway } = asked([turn, turn]);
  for (const include_usage of [true, false]) {
    const body = { model: MODEL, stream: true, stream_options: { include_usage } };
    const { text } = await chat(gateway, body);
    assertEquals(text.endsWith("data: [DONE]\n\n"), true);
    assertEquals(text.includes('"prompt_tokens":10'), include_usage);
    assertEquals(text.includes('"reasoning_content":"Hmm"'), true);
  }
});

test("a rule about models corrects what is known of one", async () => {
  const modelRules = { anthropic: [{ match: "sonnet", limits: { output: 77 }, sampling: "none" }] };
  const { provider, gateway } = asked([text("Hi")], {}, { modelRules });
  const got = await chat(gateway, { model: MODEL, temperature: 0.5 });
  assertEquals([provider.last.body.max_tokens, provider.last.body.temperature], [77, undefined]);
  assertEquals(got.headers.get("dragoman-warnings"), 'dropped;param="temperature"');
});
