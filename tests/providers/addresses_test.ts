/** Where each provider is called, and with which header. */
import { test } from "node:test";
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { configurationOf } from "../../lib/serve/environment.ts";
import { faultsOf, settingsOf } from "../options/support.ts";
import { chat, errorOf, recorded } from "../support/recorder.ts";

const ACCOUNT = "0123456789abcdef";

const ADDRESSES: Record<string, string> = {
  groq: "https://api.groq.com/openai/v1/chat/completions",
  mistral: "https://api.mistral.ai/v1/chat/completions",
  "perplexity-ai": "https://api.perplexity.ai/chat/completions",
  grok: "https://api.x.ai/v1/chat/completions",
  deepseek: "https://api.deepseek.com/chat/completions",
  cerebras: "https://api.cerebras.ai/v1/chat/completions",
  baseten: "https://inference.baseten.co/v1/chat/completions",
  parallel: "https://api.parallel.ai/chat/completions",
  "workers-ai": `https://api.cloudflare.com/client/v4/accounts/${ACCOUNT}/ai/v1/chat/completions`,
  openrouter: "https://openrouter.ai/api/v1/chat/completions",
  together: "https://api.together.xyz/v1/chat/completions",
  fireworks: "https://api.fireworks.ai/inference/v1/chat/completions",
  huggingface: "https://router.huggingface.co/v1/chat/completions",
};

async function calledAt(slug: string, settings: object = {}): Promise<string | undefined> {
  const options = {
    providers: { [slug]: { apiKey: "key-1234567890", ...settings } },
  } as GatewayOptions;
  const { gateway, sent } = recorded(options);
  const answer = await chat(gateway, { model: `${slug}/m` });
  assertEquals(answer.status, 200, answer.text);
  return sent[0]?.url;
}

test("every provider is called at its own address", async () => {
  for (const [slug, url] of Object.entries(ADDRESSES)) {
    const account = slug === "workers-ai" ? { accountId: ACCOUNT } : {};
    assertEquals(await calledAt(slug, account), url, slug);
  }
});

test("the beginning of a provider's address stands for all of it", () => {
  const base = (slug: string, baseUrl: string) =>
    settingsOf({ providers: { [slug]: { baseUrl } } }).providers.get(slug)?.baseUrl;
  assertEquals(base("groq", "https://api.groq.com"), "https://api.groq.com/openai/v1");
  assertEquals(base("groq", "https://api.groq.com/openai/"), "https://api.groq.com/openai/v1");
  assertEquals(base("openrouter", "https://openrouter.ai"), "https://openrouter.ai/api/v1");
  assertEquals(base("grok", "https://us.api.x.ai"), "https://us.api.x.ai/v1");
  assertEquals(base("groq", "https://proxy.example/groq"), "https://proxy.example/groq/v1");
  assertEquals(base("groq", "https://api.groq.com/openai/v2"), "https://api.groq.com/openai/v2");
});

test("workers-ai: an address that is configured is taken, with one version", async () => {
  const written = `https://proxy.example/accounts/${ACCOUNT}/ai`;
  const url = `${written}/v1/chat/completions`;
  assertEquals(await calledAt("workers-ai", { baseUrl: written }), url);
  assertEquals(await calledAt("workers-ai", { baseUrl: `${written}/v1/` }), url);
});

test("workers-ai: without account and address the error names both", async () => {
  const { gateway, sent } = recorded({ providers: { "workers-ai": { apiKey: "key-1234567890" } } });
  const answer = await chat(gateway, { model: "@cf/meta/llama" });
  assertEquals(errorOf(answer).code, "2040");
  for (const name of ["accountId", "CLOUDFLARE_ACCOUNT_ID", "baseUrl"]) {
    assertStringIncludes(errorOf(answer).message, name);
  }
  assertEquals(sent.length, 0);
});

test("an account belongs where an address holds one, and is no path", () => {
  assertEquals(faultsOf({ providers: { groq: { accountId: ACCOUNT } } }), [
    "providers.groq cannot have accountId: its address holds none",
  ]);
  assertEquals(faultsOf({ providers: { "workers-ai": { accountId: "a/../b" } } }).length, 1);
});

test("workers-ai: the environment names account and key", () => {
  const env = { CLOUDFLARE_ACCOUNT_ID: ACCOUNT, CLOUDFLARE_API_TOKEN: "token-1234567890" };
  const { options, keySources } = configurationOf({ env, readText: () => "" });
  assertEquals(options.providers?.["workers-ai"], {
    apiKey: "token-1234567890",
    accountId: ACCOUNT,
  });
  assertEquals(keySources.get("workers-ai"), "CLOUDFLARE_API_TOKEN");
  const file = { providers: { "workers-ai": { accountId: "own" } } };
  const merged = configurationOf({ env, readText: () => "", file });
  assertEquals(merged.options.providers?.["workers-ai"]?.accountId, "own");
});
