/** From a model's name to a provider, and what is said about names that lead nowhere. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { chat, errorOf, recorded } from "../support/recorder.ts";

const X = { "custom-x": { baseUrl: "http://x.example/api", chatPath: "/talk" } };

const NAMES: readonly (readonly [name: string, url: string, model: string])[] = [
  ["openai/gpt-5.2", "https://api.openai.com/v1/chat/completions", "gpt-5.2"],
  ["openai/ft:gpt/x/y", "https://api.openai.com/v1/chat/completions", "ft:gpt/x/y"],
  ["ollama/library/qwen:7b", "http://localhost:11434/v1/chat/completions", "library/qwen:7b"],
  ["custom-x/a//b/", "http://x.example/api/talk", "a//b/"],
];

test("a name is split at its first slash, and the model is passed on as it is", async () => {
  const { gateway, sent } = recorded({ providers: X });
  for (const [name, url, model] of NAMES) {
    const answer = await chat(gateway, { model: name });
    assertEquals(answer.status, 200, answer.text);
    const call = sent.pop();
    assertEquals([call?.url, call?.body.model], [url, model]);
  }
});

test("a bare name of Cloudflare's is a model of Workers AI", async () => {
  const { gateway, sent } = recorded();
  const answer = await chat(gateway, { model: "@cf/meta/llama-3" });
  assertStringIncludes(errorOf(answer).message, "workers-ai");
  assertEquals(sent.length, 0);
});

const SUGGESTIONS: readonly (readonly [bare: string, suggested: string])[] = [
  ["gpt-5-mini", "openai/gpt-5-mini"],
  ["o3", "openai/o3"],
  ["claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"],
  ["gemini-3-pro", "google-ai-studio/gemini-3-pro"],
  ["grok-4", "grok/grok-4"],
  ["deepseek-chat", "deepseek/deepseek-chat"],
  ["mistral-large", "mistral/mistral-large"],
  ["command-r", "cohere/command-r"],
  ["sonar", "perplexity-ai/sonar"],
  ["llama3", "ollama/llama3"],
  ["something", "openai/something"],
];

test("a bare name is 2019 and suggests the prefixed one", async () => {
  const { gateway } = recorded();
  for (const [bare, suggested] of SUGGESTIONS) {
    const answer = await chat(gateway, { model: bare });
    assertEquals([answer.status, errorOf(answer).code], [400, "2019"], bare);
    assertStringIncludes(errorOf(answer).message, `"${suggested}"`);
  }
  for (const half of ["openai/", "/m", "/"]) {
    assertEquals(errorOf(await chat(gateway, { model: half })).code, "2019", half);
  }
});

test("an unknown prefix is 2008 and lists the known ones", async () => {
  const { gateway } = recorded({ providers: X });
  const answer = await chat(gateway, { model: "opnai/gpt-5" });
  assertEquals([answer.status, errorOf(answer).code, errorOf(answer).param], [
    400,
    "2008",
    "model",
  ]);
  for (const known of ["openai", "custom-x", "anthropic", "custom-<slug>"]) {
    assertStringIncludes(errorOf(answer).message, known);
  }
});
