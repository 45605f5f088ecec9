/** Targets with weights: who is asked first, and who stands by. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import { pooledRandom } from "../../lib/random.ts";
import { modelsInOrder, type RouteStep, type WeightedGroup } from "../../lib/routing/weighted.ts";
import { chat, recorder } from "../support/recorder.ts";

/** Gives these fractions of 1 one after another. */
function dice(...fractions: number[]) {
  return (size: number) => {
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint32(0, Math.floor(fractions.shift()! * 2 ** 32));
    return bytes;
  };
}

const groupOf = (weights: Record<string, number>): WeightedGroup => ({
  targets: Object.entries(weights).map(([model, weight]) => ({ weight, steps: [model] })),
});
const order = (steps: RouteStep[], ...fractions: number[]) =>
  [...modelsInOrder(steps, dice(...fractions))].join(" ");

test("the first is drawn by weight, and the rest among what is left", () => {
  const group = groupOf({ a: 1, b: 2, c: 1 });
  assertEquals(order([group], 0, 0, 0), "a b c");
  assertEquals(order([group], 0.24, 0.99, 0), "a c b");
  assertEquals(order([group], 0.25, 0, 0), "b a c");
  assertEquals(order([group], 0.74, 0.5, 0), "b c a");
  assertEquals(order([group], 0.999999, 0.34, 0), "c b a");
});

test("a weight of 0 is never first, and comes last as it is written", () => {
  const group = groupOf({ z: 0, a: 1, y: 0 });
  for (const fraction of [0, 0.5, 0.999999]) assertEquals(order([group], fraction), "a z y");
});

test("groups stand beside models and inside groups, and every model is tried once", () => {
  const inner = groupOf({ a: 1, b: 1 });
  const outer: WeightedGroup = {
    targets: [{ weight: 1, steps: [inner, "c"] }, { weight: 1, steps: ["d", inner] }],
  };
  assertEquals(order([outer, "e", "a"], 0, 0, 0.5, 0), "b a c d e");
  assertEquals(order(["c", outer], 0.5, 0, 0.5, 0), "c d b a");
});

test("groups that double at each level don't grow", () => {
  let step: RouteStep = "a";
  for (let i = 0; i < 60; i++) {
    step = { targets: [{ weight: 1, steps: [step] }, { weight: 1, steps: [step] }] };
  }
  assertEquals([...modelsInOrder([step], pooledRandom())], ["a"]);
});

test("over many requests the shares are those of the weights", () => {
  const random = pooledRandom();
  const group = groupOf({ a: 7, b: 2, c: 1 });
  const first: Record<string, number> = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 20_000; i++) first[[...modelsInOrder([group], random)][0]!]!++;
  // Five standard deviations.
  assert(Math.abs(first.a! - 14_000) < 325, JSON.stringify(first));
  assert(Math.abs(first.b! - 4000) < 283, JSON.stringify(first));
});

test("a request goes to whom the dice choose, and on to the others when that one fails", async () => {
  const fallen: string[] = [];
  const { fetch, sent } = recorder();
  const gateway = createGateway({
    providers: { openai: { apiKey: "k" }, groq: { apiKey: "k" }, mistral: { apiKey: "k" } },
    gateways: {
      default: {
        routes: {
          shared: [
            { model: "openai/a", weight: 8 },
            { model: "groq/b", weight: 1 },
            { model: "mistral/c", weight: 1 },
          ],
        },
      },
    },
    // Ids take more than four bytes.
    random: (size) => size === 4 ? dice(0.85)(4) : new Uint8Array(size),
    fetch(url, init) {
      fallen.push(new URL(url).hostname);
      return fallen.length === 1
        ? Promise.resolve(new Response("no", { status: 503 }))
        : fetch(url, init);
    },
  });
  const answer = await chat(gateway, { model: "dynamic/shared" });
  assertEquals([answer.status, answer.headers.get("cf-aig-step")], [200, "1"]);
  assertEquals(fallen, ["api.groq.com", "api.openai.com"]);
  assertEquals(sent.length, 1);
});

test("several keys of one alias share the load, and each is one that was stored", async () => {
  const { fetch, sent } = recorder();
  const draws = [0, 0.34, 0.67, 0.999999];
  const gateway = createGateway({
    providers: { openai: { keys: { default: ["k-1", "k-2", "k-3"], one: ["k-4"] } } },
    random: (size) => size === 4 ? dice(draws.shift()!)(4) : new Uint8Array(size),
    fetch,
  });
  for (let i = 0; i < 4; i++) await chat(gateway);
  await chat(gateway, {}, { "cf-aig-byok-alias": "one" });
  assertEquals(sent.map(({ headers }) => headers.authorization), [
    "Bearer k-1",
    "Bearer k-2",
    "Bearer k-3",
    "Bearer k-3",
    "Bearer k-4",
  ]);
});
