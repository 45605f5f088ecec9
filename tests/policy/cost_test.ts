import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { Usage } from "../../lib/chat/response.ts";
import {
  costOf,
  dearest,
  estimatedUsage,
  isCredible,
  microDollars,
  type ModelPrice,
  priceOf,
} from "../../lib/policy/cost.ts";

const PLAIN: ModelPrice = { input: 3, output: 15 };

const usage = (inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): Usage => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens,
  ...more,
});

const cost = (used: Usage, price: ModelPrice) => costOf(used, priceOf(price));

test("dollars for a million tokens are micro-dollars for one", () => {
  assertEquals(cost(usage(1_000_000, 0), PLAIN), 3_000_000);
  assertEquals(cost(usage(1000, 200), PLAIN), 3000 + 3000);
});

test("what has a price of its own is taken out of the rest", () => {
  const price = {
    ...PLAIN,
    cacheRead: 0.3,
    cacheWrite: 3.75,
    reasoning: 20,
    inputAudio: 40,
    outputAudio: 80,
  };
  const used = usage(1000, 500, {
    cacheReadTokens: 400,
    cacheWriteTokens: 100,
    audioInputTokens: 50,
    reasoningTokens: 200,
    audioOutputTokens: 30,
  });
  const input = 450 * 3 + 400 * 0.3 + 100 * 3.75 + 50 * 40;
  assertEquals(cost(used, price), input + 270 * 15 + 200 * 20 + 30 * 80);
});

test("what has none costs as the rest does", () => {
  const used = usage(1000, 500, { cacheReadTokens: 400, reasoningTokens: 200 });
  assertEquals(cost(used, PLAIN), cost(usage(1000, 500), PLAIN));
});

test("fractions are exact, and what is left of them is rounded up", () => {
  assertEquals(cost(usage(3, 0), { input: 0.1, output: 0 }), 1);
  assertEquals(cost(usage(100, 0), { input: 0.07, output: 0 }), 7);
  assertEquals(cost(usage(1_000_000, 0), { input: 0.075, output: 0 }), 75_000);
  assertEquals(cost(usage(5, 5), { input: 0, output: 0 }), 0);
});

test("counts that are none give a cost that is one", () => {
  for (const wild of [NaN, -5, -Infinity, Infinity, 1e308, 1.5]) {
    const used = usage(wild, wild, { cacheReadTokens: wild, reasoningTokens: wild });
    const sum = cost(used, { input: 10_000, output: 10_000 });
    assert(Number.isSafeInteger(sum) && sum >= 0, `${wild}: ${sum}`);
  }
  assert(cost(usage(1e308, 0), PLAIN) > 1_000_000_000);
});

test("what is kept in a cache for an hour has a price of its own among what is written to one", () => {
  const price = { ...PLAIN, cacheWrite: 3.75, cacheWrite1h: 6 };
  const used = usage(100, 0, { cacheWriteTokens: 50, cacheWrite1hTokens: 20 });
  assertEquals(cost(used, price), Math.ceil(50 * 3 + 30 * 3.75 + 20 * 6));
  assertEquals(cost(used, { ...PLAIN, cacheWrite: 4 }), 50 * 3 + 50 * 4);
  // All that is known of it is that it was written.
  assertEquals(cost(usage(20, 0, { cacheWrite1hTokens: 20 }), price), 120);
});

test("where only a part is paid for, the rest is free, whatever a cache gave of it", () => {
  const price = { ...PLAIN, cacheRead: 0.3, reasoning: 20 };
  const billed = { inputTokens: 26, outputTokens: 100 };
  const used = usage(1431, 152, { cacheReadTokens: 1392, reasoningTokens: 145, billed });
  assertEquals(cost(used, price), 26 * 3 + 100 * 20);
});

test("what was heard and came from a cache is paid for once", () => {
  const price = { ...PLAIN, cacheRead: 0.5, inputAudio: 40 };
  // 100 tokens, 80 of them heard and 60 from a cache: 40 are both at least.
  const used = usage(100, 0, { audioInputTokens: 80, cacheReadTokens: 60 });
  assertEquals(cost(used, price), 60 * 0.5 + 40 * 40);
});

test("somebody else's dollars are whole micro-dollars, and what is no cost is none", () => {
  const cases: [dollars: number, micro: number | undefined][] = [
    [0.0045000000000000005, 4500],
    [0.00041999999999999996, 420],
    [0.0000001, 1],
    [0, 0],
    [1_000_000, 1e12],
    [1_000_001, undefined],
    [-0.1, undefined],
    [NaN, undefined],
    [Infinity, undefined],
  ];
  for (const [dollars, micro] of cases) assertEquals(microDollars(dollars), micro, `${dollars}`);
});

test("a price that is hardly one is none that is nothing", () => {
  assertEquals(cost(usage(1, 0), { input: 1e-9, output: 0 }), 1);
});

test("more tokens from the cache than there are don't make an answer cheaper than they are", () => {
  assertEquals(cost(usage(10, 0, { cacheReadTokens: 100 }), { ...PLAIN, cacheRead: 1 }), 100);
});

test("before anybody has counted, the body's length tells", () => {
  assertEquals(cost(estimatedUsage(400), PLAIN), 100 * 3 + 1000 * 15);
  assertEquals(cost(estimatedUsage(1e9), PLAIN), 200_000 * 3 + 1000 * 15);
});

test("what can't be true of the tokens that are paid for makes all counts incredible", () => {
  const counts = { inputTokens: 3000, outputTokens: 7000, totalTokens: 10_000 };
  assert(isCredible(counts));
  assert(isCredible({ ...counts, billed: { inputTokens: 10, outputTokens: 0 } }));
  for (const [inputTokens, outputTokens] of [[-1, 5], [5, 1e308], [0, 0], [NaN, 5]] as const) {
    assert(!isCredible({ ...counts, billed: { inputTokens, outputTokens } }));
  }
});

test("the dearest of several costs is known where all of them are", () => {
  assertEquals(dearest([3, 5, 4]), 5);
  assertEquals(dearest([0]), 0);
  assertEquals(dearest([3, undefined, 4]), undefined);
  assertEquals(dearest(Array<number>(500_000).fill(7)), 7);
});
