/** The list of everybody's prices: names, kinds of tokens, tiers and times, reckoned by hand and by the package itself. */
import * as library from "@pydantic/genai-prices";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import type { Usage } from "../../lib/chat/response.ts";
import { genaiPrices } from "../../lib/policy/genai_prices.ts";
import { isPriced } from "../../lib/policy/price_book.ts";
import { FakeClock } from "../support/fake_clock.ts";

const table = genaiPrices(library);
const all = (await library.waitForUpdate())!;

const usage = (inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): Usage => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens,
  ...more,
});

/** Micro-dollars, from what a million tokens cost at the vendor. */
const PRICED: [name: string, used: Usage, cost: number][] = [
  ["openai/gpt-4o", usage(1000, 100), 1000 * 2.5 + 100 * 10],
  ["openai/gpt-4o-2024-08-06", usage(1000, 100), 1000 * 2.5 + 100 * 10],
  [
    "openai/gpt-4o",
    usage(1000, 100, { cacheReadTokens: 600, reasoningTokens: 50 }),
    400 * 2.5 + 600 * 1.25 + 100 * 10,
  ],
  [
    "anthropic/claude-sonnet-4-5-20250929",
    usage(1000, 100, { cacheReadTokens: 300, cacheWriteTokens: 200, cacheWrite1hTokens: 50 }),
    500 * 3 + 300 * 0.3 + 150 * 3.75 + 50 * 6 + 100 * 15,
  ],
  [
    "google-ai-studio/gemini-2.5-flash",
    usage(1000, 100, { audioInputTokens: 400, reasoningTokens: 60 }),
    600 * 0.3 + 400 * 1 + 100 * 2.5,
  ],
  // More than 200,000 tokens of input make all of them dearer.
  ["google-vertex-ai/google/gemini-2.5-pro", usage(200_000, 100), 200_000 * 1.25 + 100 * 10],
  ["google-vertex-ai/gemini-2.5-pro", usage(200_001, 100), 200_001 * 2.5 + 100 * 15],
  ["google-vertex-ai/publishers/google/models/gemini-2.5-pro", usage(100, 0), 100 * 1.25],
  ["google-ai-studio/models/gemini-2.5-pro", usage(100, 0), 100 * 1.25],
  ["google-vertex-ai/anthropic/claude-sonnet-4-5@20250929", usage(100, 10), 100 * 3 + 10 * 15],
  // Regional inference profiles cost a tenth more than global ones.
  ["aws-bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", usage(100, 20), 100 * 3.3 + 330],
  ["aws-bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0", usage(100, 20), 300 + 300],
  ["azure-openai/gpt-4o", usage(1000, 100), 3500],
  ["grok/grok-3-mini", usage(1000, 100, { cacheReadTokens: 200 }), 800 * 0.3 + 200 * 0.075 + 50],
  // Twelve dollars a thousand requests besides.
  ["perplexity-ai/sonar", usage(1000, 100), 1000 + 100 + 12_000],
  ["huggingface/meta-llama/Llama-3.3-70B-Instruct:together", usage(1000, 0), 880],
  ["workers-ai/@cf/baai/bge-base-en-v1.5", usage(1000, 0), 67],
];

test("models cost what their vendors ask for each kind of token", () => {
  for (const [name, used, cost] of PRICED) {
    const slash = name.indexOf("/");
    const model = { provider: name.slice(0, slash), model: name.slice(slash + 1) };
    assertEquals(table.costOf(model, used), Math.ceil(Number(cost.toFixed(6))), name);
  }
});

test("what the list doesn't have costs nobody knows what", () => {
  for (
    const [provider, model] of [
      ["openai", "gpt-of-nobody"],
      ["openai", "constructor"],
      ["azure-openai", "my-deployment"],
      ["custom-openai", "gpt-4o"],
      ["toString", "gpt-4o"],
      ["ollama", "llama3.3"],
      ["demo", "echo"],
      ["huggingface", "meta-llama/Llama-3.3-70B-Instruct"],
      ["huggingface", "meta-llama/Llama-3.3-70B-Instruct:nobody"],
      ["groq", "whisper-large-v3"],
      ["openai", ""],
    ] as const
  ) assertEquals(isPriced(table, { provider, model }), false, `${provider}/${model}`);
});

const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500_000 }));

test("whatever is used of whatever model, the package itself comes to the same", () => {
  const models = all.flatMap((provider) =>
    Object.entries(SLUGS).filter(([, id]) => id === provider.id).flatMap(([slug]) =>
      provider.models.map((model) => ({ slug, id: provider.id, model: model.id }))
    )
  );
  assert(models.length > 1000, `${models.length} models`);
  const timestamp = new Date();
  const frozen = genaiPrices(library, { clock: new FakeClock(timestamp.getTime()) });
  let compared = 0;
  fc.assert(
    fc.property(fc.constantFrom(...models), fc.array(count, { minLength: 8, maxLength: 8 }), (
      { slug, id, model },
      [text = 0, read = 0, five = 0, hour = 0, heard = 0, said = 0, thought = 0, spoken = 0],
    ) => {
      const written = five + hour;
      const used = usage(text + read + written + heard, said + thought + spoken, {
        cacheReadTokens: read,
        cacheWriteTokens: written,
        cacheWrite1hTokens: hour,
        audioInputTokens: heard,
        reasoningTokens: thought,
        audioOutputTokens: spoken,
      });
      const cost = frozen.costOf({ provider: slug, model }, used);
      const theirs = library.calcPrice(
        {
          input_tokens: used.inputTokens,
          cache_read_tokens: read,
          cache_write_tokens: written,
          cache_write_1h_tokens: hour,
          input_audio_tokens: heard,
          cache_audio_read_tokens: 0,
          cache_audio_write_tokens: 0,
          output_tokens: used.outputTokens,
          output_reasoning_tokens: thought,
          output_audio_tokens: spoken,
          output_audio_reasoning_tokens: 0,
        },
        model,
        { providerId: id, timestamp },
      );
      if (cost === undefined) return;
      compared++;
      const difference = cost - theirs!.total_price * 1e6;
      // A few prices have more digits than we keep of them.
      const lost = (used.inputTokens + used.outputTokens) * 5e-7 + 0.001;
      assert(difference > -lost && difference < 1 + lost, `${slug}/${model}: ${difference}`);
    }),
    { numRuns: 2000 },
  );
  assert(compared > 1500, `${compared} compared`);
});

const SLUGS: Record<string, string> = {
  openai: "openai",
  anthropic: "anthropic",
  groq: "groq",
  mistral: "mistral",
  cohere: "cohere",
  "perplexity-ai": "perplexity",
  "workers-ai": "cloudflare",
  "google-ai-studio": "google",
  grok: "x-ai",
  deepseek: "deepseek",
  cerebras: "cerebras",
  baseten: "baseten",
  "azure-openai": "azure",
  "aws-bedrock": "aws",
  openrouter: "openrouter",
  together: "together",
  fireworks: "fireworks",
};

test("a price that changes with the day or the hour is the one of the moment", async () => {
  const clock = new FakeClock(Date.parse("2025-06-09T23:59:59Z"));
  const dated = genaiPrices(library, { clock });
  const o3 = () => dated.costOf({ provider: "openai", model: "o3" }, usage(1000, 0));
  assertEquals(o3(), 10_000);
  await clock.advance(1000);
  assertEquals(o3(), 2000);
  // At night DeepSeek asked half.
  const chat = () => dated.costOf({ provider: "deepseek", model: "deepseek-chat" }, usage(2000, 0));
  assertEquals(chat(), 270);
  await clock.advance(30 * 60_000);
  assertEquals(chat(), 540);
});

test("hostile counts cost what can be paid", () => {
  for (const wild of [NaN, -1, 1e308, Infinity, 0.5]) {
    const used = usage(wild, wild, {
      cacheReadTokens: wild,
      cacheWriteTokens: wild,
      cacheWrite1hTokens: wild,
      audioInputTokens: wild,
      reasoningTokens: wild,
      audioOutputTokens: wild,
    });
    for (const name of ["anthropic/claude-opus-4-5", "google-ai-studio/gemini-2.5-pro"]) {
      const [provider = "", model = ""] = name.split("/");
      const cost = table.costOf({ provider, model }, used)!;
      assert(Number.isSafeInteger(cost) && cost >= 0, `${name} ${wild}: ${cost}`);
    }
  }
});

test("a new edition of the list holds at once", () => {
  const model = { provider: "openai", model: "gpt-4o" };
  assertEquals(table.costOf(model, usage(1000, 0)), 2500);
  const dearer = structuredClone(all.filter(({ id }) => id === "openai"));
  for (const each of dearer[0]!.models) each.prices = { input_mtok: 100, output_mtok: 100 };
  try {
    library.updatePrices(({ setProviderData }) => setProviderData(dearer));
    assertEquals(table.costOf(model, usage(1000, 0)), 100_000);
  } finally {
    library.updatePrices(({ setProviderData }) => setProviderData(all));
  }
  assertEquals(table.costOf(model, usage(1000, 0)), 2500);
});

test("names that callers make up are not kept for ever", () => {
  const before = table.costOf({ provider: "openai", model: "gpt-4o" }, usage(1000, 0));
  for (let at = 0; at < 3000; at++) {
    assertEquals(isPriced(table, { provider: "openai", model: `made-up-${at}` }), false);
  }
  assertEquals(table.costOf({ provider: "openai", model: "gpt-4o" }, usage(1000, 0)), before);
});
