import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { checkOptions } from "../../lib/options/mod.ts";
import type { PriceBook } from "../../lib/policy/price_book.ts";
import { end, model, rate, start } from "../support/graphs.ts";
import { faultsOf, settingsOf } from "./support.ts";

const price = { input: 1, output: 2 };
const usage = { inputTokens: 1000, outputTokens: 0, totalTokens: 1000 };

test("prices are named models with dollars from 0", () => {
  assertEquals(
    faultsOf({
      prices: {
        "openai/a": { input: -1, output: NaN },
        "openai/b": { input: 1e308 },
        "openai/c": { input: 1, output: 2, cached: 3 },
      },
    }),
    [
      'prices["openai/a"].input must be a number from 0 to 10000, got -1',
      'prices["openai/a"].output must be a number from 0 to 10000, got NaN',
      'prices["openai/b"].input must be a number from 0 to 10000, got 1e+308',
      'prices["openai/b"].output is missing',
      'prices["openai/c"].cached is not an option (did you mean "cacheRead"?)',
    ],
  );
  const price = { input: 1, output: 2 };
  assertEquals(
    faultsOf({ prices: { gpt: price, "opnai/x": price, "xai/g": price, "grok/g": price } }),
    [
      "prices.gpt is not a model: write provider/model",
      'prices["opnai/x"] names the provider "opnai", which is not known (did you mean "openai"?)',
      'prices["grok/g"] has a price already, under another spelling',
    ],
  );
});

test("a pattern is a model too, by any spelling of its provider, and written once", () => {
  const { prices } = settingsOf({ prices: { "gemini/gemini-*": price, "ollama/*": price } });
  const cost = (provider: string, model: string) => prices.costOf({ provider, model }, usage);
  assertEquals(cost("google-ai-studio", "gemini-2.5-flash"), 1000);
  assertEquals(cost("ollama", "anything/at:all"), 1000);
  assertEquals(cost("openai", "gemini-2.5-flash"), undefined);
  assertEquals(faultsOf({ prices: { "gemini/g-*": price, "google/g-*": price } }), [
    'prices["google/g-*"] has a price already, under another spelling',
  ]);
});

test("a table stands behind the prices that are written", () => {
  const priceTable: PriceBook = { costOf: ({ model }) => model === "known" ? 7 : undefined };
  const { prices } = settingsOf({ priceTable, prices: { "openai/known": price } });
  assertEquals(prices.costOf({ provider: "openai", model: "known" }, usage), 1000);
  assertEquals(prices.costOf({ provider: "groq", model: "known" }, usage), 7);
  assertEquals(prices.costOf({ provider: "groq", model: "unknown" }, usage), undefined);
});

test("a table's nonsense is no price", () => {
  for (const wrong of [NaN, -1, Infinity, 1e308]) {
    const { prices } = settingsOf({ priceTable: { costOf: () => wrong } });
    assertEquals(prices.costOf({ provider: "openai", model: "x" }, usage), undefined, `${wrong}`);
  }
  const { prices } = settingsOf({ priceTable: { costOf: () => 0.1 } });
  assertEquals(prices.costOf({ provider: "openai", model: "x" }, usage), 1);
});

test("a budget may lead to what the table knows", () => {
  const elements = [
    start("budget"),
    rate("budget", { limitType: "cost", limit: 5 }, "m"),
    model("m", "openai/known"),
    end(),
  ];
  const options = {
    providers: { openai: { apiKey: "sk-1" } },
    gateways: { default: { routes: { support: { elements } } } },
  };
  assertEquals(faultsOf(options).length, 1);
  settingsOf({ ...options, priceTable: { costOf: () => 0 } });
});

test("the list of everybody's prices is named where it comes along, and else handed in", () => {
  const NO_TABLE =
    'priceTable can be "genai-prices" only where the command serves, on Bun, Node or ' +
    "Deno; in code, give genaiPrices(library) from dragoman/genai_prices as priceTable";
  assertEquals(faultsOf({ priceTable: "genai-prices" }), [NO_TABLE]);
  const brought: PriceBook = { costOf: () => 5 };
  const door = { openByDefault: true, priceTable: brought };
  const { prices } = checkOptions({ priceTable: "genai-prices" }, door);
  assertEquals(prices.costOf({ provider: "openai", model: "x" }, usage), 5);
  // Only whoever names it gets it.
  const without = checkOptions({}, door).prices;
  assertEquals(without.costOf({ provider: "openai", model: "x" }, usage), undefined);
  const wrongs: [unknown, string][] = [[{}, "an object"], [null, "null"], [true, "a boolean"]];
  for (const [wrong, got] of wrongs) {
    assertEquals(faultsOf({ priceTable: wrong }), [
      `priceTable must be a table of prices, with costOf, or "genai-prices", got ${got}`,
    ]);
  }
  assertEquals(faultsOf({ priceTable: "genai" }), [
    'priceTable must be "genai-prices", got "genai"',
  ]);
});
