/** Percentages over many requests, with a fixed seed. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { end, model, split, start } from "../../support/graphs.ts";
import { chat, recorded } from "../../support/recorder.ts";
import { xorshift32 } from "../../support/xorshift32.ts";

const REQUESTS = 10_000;

const OUTPUTS = { "5%": "a", "12.5%": "b", "30%": "c", else: "d" };
const SHARES = { a: 0.05, b: 0.125, c: 0.3, d: 0.525 };

function split4(key?: string) {
  const elements = [
    start("p"),
    split("p", OUTPUTS, key),
    ...["a", "b", "c", "d"].map((name) => model(name, `openai/${name}`)),
    end(),
  ];
  return { gateways: { default: { open: true, routes: { ab: { elements } } } } };
}

/** The same bytes for the same seed. */
function seeded(seed: number) {
  const next = xorshift32(seed);
  return (size: number) => Uint8Array.from({ length: size }, () => next() >>> 24);
}

/** Fails where a share is more than four standard deviations off, which chance does once in 16,000 times. */
function assertShares(counts: ReadonlyMap<unknown, number>): void {
  for (const [name, share] of Object.entries(SHARES)) {
    const deviation = Math.sqrt(REQUESTS * share * (1 - share));
    const off = Math.abs((counts.get(name) ?? 0) - REQUESTS * share);
    assert(off <= 4 * deviation, `${name}: ${counts.get(name)} of ${REQUESTS}`);
  }
  assertEquals([...counts.values()].reduce((sum, count) => sum + count), REQUESTS);
}

function tally(names: readonly unknown[]): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

test("10,000 requests fall as the percentages say, and the same way for the same seed", async () => {
  const modelsOf = async (requests: number) => {
    const { gateway, sent } = recorded({ ...split4(), random: seeded(20_260_101) });
    for (let i = 0; i < requests; i++) await chat(gateway, { model: "ab" });
    return sent.map(({ body }) => body.model);
  };
  const first = await modelsOf(REQUESTS);
  assertShares(tally(first));
  assertEquals(await modelsOf(200), first.slice(0, 200));
});

test("10,000 users fall as the percentages say, each always the same way, on every gateway", async () => {
  const modelsOf = async (users: number) => {
    const { gateway, sent } = recorded(split4("metadata.user"));
    for (let user = 0; user < users; user++) {
      await chat(gateway, { model: "ab" }, { "cf-aig-metadata": JSON.stringify({ user }) });
    }
    return sent.map(({ body }) => body.model);
  };
  const first = await modelsOf(REQUESTS);
  assertShares(tally(first));
  assertEquals(await modelsOf(200), first.slice(0, 200));
});

test("who has no key falls by chance", async () => {
  const { gateway, sent } = recorded({ ...split4("metadata.user"), random: seeded(7) });
  for (let i = 0; i < 200; i++) await chat(gateway, { model: "ab" });
  assertEquals(tally(sent.map(({ body }) => body.model)).size, 4);
});
