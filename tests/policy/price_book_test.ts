import { assertEquals } from "@std/assert";
import { test } from "node:test";
import type { Usage } from "../../lib/chat/response.ts";
import { priceOf } from "../../lib/policy/cost.ts";
import { isPriced, type PriceBook, writtenBook } from "../../lib/policy/price_book.ts";
import { modelPattern } from "../../lib/policy/scope.ts";

const USAGE: Usage = { inputTokens: 1000, outputTokens: 0, totalTokens: 1000 };
const priceAt = (input: number) => priceOf({ input, output: 0 });

const book = writtenBook({
  exact: new Map([["openai/gpt-5-mini", priceAt(1)], ["ollama/llama3", priceAt(9)]]),
  patterns: [
    { pattern: modelPattern("openai", "gpt-5-mini*"), price: priceAt(2) },
    { pattern: modelPattern("openai", "gpt-*"), price: priceAt(3) },
    { pattern: modelPattern("ollama", "*"), price: priceAt(0) },
  ],
});

const cost = (from: PriceBook, provider: string, model: string) =>
  from.costOf({ provider, model }, USAGE);

test("a name is exact, and a pattern holds for what has no name of its own, the first before the next", () => {
  assertEquals(cost(book, "openai", "gpt-5-mini"), 1000);
  assertEquals(cost(book, "openai", "gpt-5-mini-2025-08-07"), 2000);
  assertEquals(cost(book, "openai", "gpt-5"), 3000);
  assertEquals(cost(book, "azure-openai", "gpt-5"), undefined);
  assertEquals(cost(book, "openai", "o3"), undefined);
});

test("what is free has a price, and what nobody knows has none", () => {
  assertEquals(cost(book, "ollama", "qwen3:8b"), 0);
  assertEquals(isPriced(book, { provider: "ollama", model: "qwen3:8b" }), true);
  assertEquals(isPriced(book, { provider: "openai", model: "o3" }), false);
});

test("a table is asked only for what nobody has written down", () => {
  const asked: string[] = [];
  const table: PriceBook = {
    costOf: ({ provider, model }) => {
      asked.push(`${provider}/${model}`);
      return model === "o3" ? 5 : undefined;
    },
  };
  const none = { exact: new Map(), patterns: [] };
  const own = { exact: new Map([["openai/gpt-5", priceAt(1)]]), patterns: [] };
  assertEquals(cost(writtenBook(own, table), "openai", "gpt-5"), 1000);
  assertEquals(cost(writtenBook(own, table), "openai", "o3"), 5);
  assertEquals(cost(writtenBook(none, table), "openai", "x"), undefined);
  assertEquals(asked, ["openai/o3", "openai/x"]);
});
