/** Parameters, by model. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { sent, told } from "./helpers.ts";

const LIMITS: readonly (readonly [model: string, output: number])[] = [
  ["claude-3-haiku-20240307", 4096],
  ["claude-3-5-sonnet-20241022", 8192],
  ["claude-3-7-sonnet-20250219", 64_000],
  ["claude-opus-4-20250514", 32_000],
  ["claude-opus-4-1-20250805", 32_000],
  ["claude-opus-4-1@20250805", 32_000],
  ["claude-sonnet-4-20250514", 64_000],
  ["anthropic.claude-sonnet-4-5-20250929-v1:0", 64_000],
  ["claude-opus-4-5", 64_000],
  ["claude-opus-4-6", 128_000],
  ["claude-fable-5-1", 128_000],
  ["claude-something-new", 128_000],
];

test("max_tokens is always there: the caller's, else the most the model writes", () => {
  assertEquals(sent({ max_tokens: 10 }).body.max_tokens, 10);
  assertEquals(sent({ max_tokens: 10, max_completion_tokens: 20 }).body.max_tokens, 20);
  for (const [model, output] of LIMITS) {
    assertEquals(sent({}, model).body.max_tokens, output, model);
  }
});

test("what has no counterpart is left out and reported", () => {
  const asked = sent({
    seed: 1,
    n: 2,
    frequency_penalty: 1,
    presence_penalty: 1,
    logit_bias: { 1: 1 },
    logprobs: true,
    store: true,
    metadata: { team: "a" },
    stop: ["END", "\n"],
  });
  assertEquals(Object.keys(asked.body).sort(), [
    "max_tokens",
    "messages",
    "model",
    "stop_sequences",
  ]);
  assertEquals(asked.body.stop_sequences, ["END"]);
  const params = [
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "metadata",
    "n",
    "presence_penalty",
  ];
  assertEquals(
    told(asked).sort(),
    [...params, "seed", "stop", "store"].map((each) => `dropped ${each}`),
  );
});

test("one stop sequence becomes a list, the user an id, the tier Anthropic's", () => {
  const { body } = sent({ stop: "END", user: "u-1", service_tier: "default" });
  assertEquals(body.stop_sequences, ["END"]);
  assertEquals(body.metadata, { user_id: "u-1" });
  assertEquals(body.service_tier, "standard_only");
});

test("Anthropic's own parameters pass under their names", () => {
  const { body, warnings } = sent({ top_k: 5, container: "c_1", thinking: { type: "adaptive" } });
  assertEquals(body.thinking, { type: "adaptive" });
  assertEquals(body.container, "c_1");
  assertEquals(told({ warnings }), ["dropped top_k"]);
  assertEquals(sent({ top_k: 5 }).body.top_k, 5);
});

test("temperature is moved into its range, and top_p gives way where one excludes the other", () => {
  const hot = sent({ temperature: 1.8 });
  assertEquals(hot.body.temperature, 1);
  assertEquals(hot.warnings, [{ kind: "clamped", param: "temperature", from: 1.8, to: 1 }]);
  const both = sent({ temperature: 0.5, top_p: 0.9 });
  assertEquals([both.body.temperature, both.body.top_p], [0.5, undefined]);
  assertEquals(told(both), ["dropped top_p"]);
  assertEquals(sent({ temperature: 0.5, top_p: 0.9 }, "claude-3-haiku-20240307").body.top_p, 0.9);
});

test("models that refuse sampling parameters don't get them", () => {
  for (const model of ["claude-opus-4-7", "claude-opus-5", "claude-sonnet-5-5", "claude-fable-5"]) {
    const asked = sent({ temperature: 0.5, top_p: 0.5, top_k: 5 }, model);
    assertEquals(told(asked), ["dropped temperature", "dropped top_p", "dropped top_k"], model);
    assertEquals([asked.body.temperature, asked.body.top_p, asked.body.top_k].join(), ",,", model);
    assertEquals(sent({ temperature: 1 }, model).warnings, [], model);
  }
});
