import { test } from "node:test";
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type { ChatEvent } from "../../lib/chat/event.ts";
import { fold } from "../../lib/chat/fold.ts";
import type { Part } from "../../lib/chat/request.ts";
import type { ChatResponse } from "../../lib/chat/response.ts";
import { unfold } from "../../lib/chat/unfold.ts";
import { GatewayError } from "../../lib/errors.ts";

const START: ChatEvent = { type: "start", id: "a", model: "m", created: 1 };

function open(index: number, part: Part, choice = 0): ChatEvent {
  return { type: "part-start", choice, index, part };
}

function add(index: number, delta: string, more: object = {}): ChatEvent {
  return { type: "part-delta", choice: 0, index, delta, ...more };
}

function finish(choice = 0): ChatEvent {
  return { type: "finish", choice, reason: "stop" };
}

function partsOf(...events: ChatEvent[]): Part[] {
  return fold([START, ...events, finish()]).choices[0]!.parts;
}

test("deltas continue text, refusals, reasoning, arguments and media, also when parts overlap", () => {
  const parts = partsOf(
    open(0, { type: "reasoning", content: "th" }),
    open(1, { type: "text", content: "" }),
    open(2, { type: "tool_call", id: "c", name: "f", arguments: '{"a"', kind: "function" }),
    open(3, { type: "blob", modality: "audio", content: "AA" }),
    open(4, { type: "refusal", content: "n" }),
    add(2, ":1}"),
    add(0, "ink", { signature: "si" }),
    add(0, "", { signature: "gn" }),
    add(1, "hi"),
    add(3, "BB"),
    add(4, "o"),
  );
  assertEquals(parts, [
    { type: "reasoning", content: "think", signature: "sign" },
    { type: "text", content: "hi" },
    { type: "tool_call", id: "c", name: "f", arguments: '{"a":1}', kind: "function" },
    { type: "blob", modality: "audio", content: "AABB" },
    { type: "refusal", content: "no" },
  ]);
});

test("folding leaves the events as they were", () => {
  const part: Part = { type: "text", content: "a" };
  partsOf(open(0, part), add(0, "b"));
  assertEquals(part.content, "a");
});

test("choices come in the order of their numbers", () => {
  const { choices } = fold([
    START,
    open(0, { type: "text", content: "b" }, 1),
    finish(1),
    finish(0),
  ]);
  assertEquals(choices.map(({ index }) => index), [0, 1]);
});

test("a choice that never finished has the reason error", () => {
  assertEquals(
    fold([START, open(0, { type: "text", content: "a" })]).choices[0]!.finishReason,
    "error",
  );
});

test("the last counts and the last word about the answer hold", () => {
  const counts = (outputTokens: number): ChatEvent => ({
    type: "usage",
    usage: { inputTokens: 1, outputTokens, totalTokens: 1 + outputTokens },
  });
  const said = (citations: string[]): ChatEvent => ({
    type: "answer",
    extensions: { x: { citations } },
  });
  const response = fold([START, counts(1), said(["a"]), counts(2), said(["a", "b"]), finish()]);
  assertEquals(response.usage?.outputTokens, 2);
  assertEquals(response.extensions, { x: { citations: ["a", "b"] } });
});

test("lists about a choice add up, other values replace", () => {
  const about = (content: string[], seed: number): ChatEvent => ({
    type: "choice",
    choice: 0,
    extensions: { x: { logprobs: { content, refusal: null }, seed } },
  });
  const { choices } = fold([START, about(["a"], 1), about(["b"], 2), finish()]);
  assertEquals(choices[0]!.extensions, {
    x: { logprobs: { content: ["a", "b"], refusal: null }, seed: 2 },
  });
});

test("an error event and a missing start are thrown", () => {
  const fault = { status: 503, message: "busy", retryable: true };
  const error = assertThrows(() => fold([START, { type: "error", fault }]));
  assertInstanceOf(error, GatewayError);
  assertEquals([error.code, error.status, error.fault], [2120, 503, fault]);
  assertThrows(() => fold([]), GatewayError);
  assertThrows(() => fold([finish()]), GatewayError);
});

test("an answer unfolds into events that fold into it", () => {
  const response: ChatResponse = {
    id: "a",
    model: "m",
    created: 1,
    choices: [{
      index: 0,
      parts: [{ type: "text", content: "hi" }],
      finishReason: "length",
      nativeFinishReason: "max",
      extensions: { x: { seed: 1 } },
    }],
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
    extensions: { x: { tier: "y" } },
  };
  assertEquals(fold(unfold(response)), response);
});
