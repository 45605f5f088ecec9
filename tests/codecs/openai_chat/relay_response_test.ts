import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { GatewayError } from "../../../lib/errors.ts";
import { DEFAULTS } from "./helpers.ts";

const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

function answer(message: object, more: object = {}, top: object = {}): string {
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "m",
    choices: [{
      index: 0,
      message: { role: "assistant", content: null, refusal: null, ...message },
      logprobs: null,
      finish_reason: "stop",
      ...more,
    }],
    usage: USAGE,
    ...top,
  });
}

// deno-lint-ignore no-explicit-any -- answers are read the way a program without types would
function repaired(text: string): any {
  return JSON.parse(openaiChat().relay!.relayResponse(text, DEFAULTS).text);
}

// deno-lint-ignore no-explicit-any
function repairedChoice(message: object, more: object = {}): any {
  return repaired(answer(message, more)).choices[0];
}

test("a faithful answer is the same string, and its counts are read", () => {
  const text = answer({ content: "hi" }).replace("{", "{ ");
  const relayed = openaiChat({ faithful: true }).relay!.relayResponse(text, DEFAULTS);
  assert(relayed.text === text);
  assertEquals(relayed.model, "m");
  assertEquals(relayed.usage(), { inputTokens: 5, outputTokens: 2, totalTokens: 7 });
});

test("a right answer of any provider is the same string", () => {
  const text = answer({ content: "hi" }).replace("{", "{ ");
  assert(openaiChat().relay!.relayResponse(text, DEFAULTS).text === text);
});

test("content of any kind becomes text or null", () => {
  const content = (value: unknown) => repairedChoice({ content: value }).message.content;
  assertEquals(content(42), "42");
  assertEquals(content(true), "true");
  assertEquals(content({ a: 1 }), '{"a":1}');
  assertEquals(content([{ type: "text", text: "a" }, "b", { type: "text", text: "c" }]), "abc");
  assertEquals(content(null), null);
  assertEquals(repaired('{"choices":[{"message":{}}]}').choices[0].message.content, null);
});

test("thoughts stand in reasoning_content, wherever they came from", () => {
  const thoughts = (message: object) => repairedChoice({ content: "a", ...message }).message;
  assertEquals(thoughts({ reasoning: "hm" }).reasoning_content, "hm");
  assertEquals("reasoning" in thoughts({ reasoning: "hm" }), false);
  assertEquals(
    "reasoning_content" in thoughts({ reasoning: null, reasoning_content: null }),
    false,
  );
  const chunks = [{
    type: "thinking",
    thinking: [{ type: "text", text: "h" }, { type: "text", text: "m" }],
  }, { type: "text", text: "a" }];
  assertEquals(thoughts({ content: chunks }).reasoning_content, "hm");
  assertEquals(thoughts({ content: chunks }).content, "a");
});

test("tool calls get ids, types and arguments as JSON text", () => {
  const { message, finish_reason, native_finish_reason } = repairedChoice({
    content: "",
    tool_calls: [
      { function: { name: "f", arguments: { a: 1 } } },
      { id: "", type: "function", function: { name: "g", arguments: "" } },
      { id: "call_x", function: { name: "h", arguments: null } },
    ],
  });
  assertEquals(message.content, null);
  assertEquals(
    message.tool_calls.map((call: { function: { arguments: string } }) => call.function.arguments),
    ['{"a":1}', "{}", "{}"],
  );
  for (const { id, type } of message.tool_calls) {
    assert(/^call_[A-Za-z0-9]{1,35}$/.test(id), id);
    assertEquals(type, "function");
  }
  assertEquals(new Set(message.tool_calls.map((call: { id: string }) => call.id)).size, 3);
  assertEquals([finish_reason, native_finish_reason], ["tool_calls", "stop"]);
});

test("ids made twice of the same answer are the same", () => {
  const text = answer({ tool_calls: [{ function: { name: "f" } }] });
  assertEquals(repaired(text), repaired(text));
});

test("a tool call never hides why an answer was cut short", () => {
  const tool_calls = [{ id: "a", type: "function", function: { name: "f", arguments: "{" } }];
  for (const reason of ["length", "content_filter"]) {
    assertEquals(repairedChoice({ tool_calls }, { finish_reason: reason }).finish_reason, reason);
  }
});

test("finish reasons of other protocols are mapped, and kept beside", () => {
  const reasons = {
    eos: "stop",
    model_length: "length",
    MAX_TOKENS: "length",
    tool_use: "tool_calls",
    SAFETY: "content_filter",
    weird: "stop",
  };
  for (const [native, reason] of Object.entries(reasons)) {
    const choice = repairedChoice({ content: "a" }, { finish_reason: native });
    assertEquals([choice.finish_reason, choice.native_finish_reason], [reason, native]);
  }
  assertEquals(repairedChoice({ content: "a" }, { finish_reason: null }).finish_reason, "stop");
  assertEquals(
    "native_finish_reason" in repairedChoice({ content: "a" }, { finish_reason: "" }),
    false,
  );
});

test("empty lists and nulls that no schema allows are gone", () => {
  const { message } = repairedChoice({
    content: "a",
    tool_calls: [],
    function_call: null,
    annotations: null,
  });
  assertEquals(Object.keys(message).sort(), ["content", "refusal", "role"]);
});

test("the envelope is completed from the defaults", () => {
  const { id, object, created, model } = repaired('{"choices":[],"created":0,"model":""}');
  assertEquals([id, object, created, model], [
    DEFAULTS.id,
    "chat.completion",
    DEFAULTS.created,
    DEFAULTS.model,
  ]);
  assertEquals(repaired('{"choices":[],"created":12.7}').created, 12);
});

test("a tier OpenAI doesn't know keeps its value under another name", () => {
  const tiers = (service_tier: string) => {
    const { service_tier: tier, native_service_tier } = repaired(answer({}, {}, { service_tier }));
    return [tier, native_service_tier];
  };
  assertEquals(tiers("turbo"), [undefined, "turbo"]);
  assertEquals(tiers("on_demand"), ["default", "on_demand"]);
  assertEquals(repaired(answer({}, {}, { service_tier: "flex" })).service_tier, "flex");
});

test("counts are found in every place and brought into one form", () => {
  const usage = (top: object) => repaired(answer({ content: "a" }, {}, top)).usage;
  assertEquals(usage({ usage: null, x_groq: { usage: USAGE } }), USAGE);
  assertEquals(
    repaired(answer({ content: "a" }, { usage: USAGE }, { usage: undefined })).usage,
    USAGE,
  );
  assertEquals(usage({ usage: { ...USAGE, prompt_cache_hit_tokens: 3 } }).prompt_tokens_details, {
    cached_tokens: 3,
  });
  assertEquals(usage({ usage: { ...USAGE, prompt_tokens_details: null } }), USAGE);
  assertEquals(usage({ usage: { input_tokens: 5, output_tokens: 2 } }).total_tokens, 7);
  assertEquals(usage({ usage: {} }), undefined);
  assertEquals(usage({ usage: { prompt_tokens: -1, completion_tokens: -1 } }), undefined);
});

test("reasoning that was counted beside the completion is added to it", () => {
  const usage = {
    prompt_tokens: 291,
    completion_tokens: 26,
    total_tokens: 513,
    completion_tokens_details: { reasoning_tokens: 196 },
  };
  assertEquals(repaired(answer({ content: "a" }, {}, { usage })).usage.completion_tokens, 222);
});

test("log probabilities of the older form are paired", () => {
  const { logprobs } = repairedChoice({ content: "a" }, {
    logprobs: { tokens: ["a"], token_logprobs: [-0.1] },
  });
  assertEquals(logprobs.content, [{ token: "a", logprob: -0.1, bytes: null, top_logprobs: [] }]);
  assertEquals(logprobs.refusal, null);
});

test("annotations OpenAI doesn't have are moved, its own are completed", () => {
  const { message } = repairedChoice({
    content: "a",
    annotations: [{ type: "file", file: {} }, {
      type: "url_citation",
      url_citation: { url: "https://a.example" },
    }],
  });
  assertEquals(message.annotations, [{
    type: "url_citation",
    url_citation: { url: "https://a.example", title: "", start_index: 0, end_index: 0 },
  }]);
  assertEquals(message.native_annotations, [{ type: "file", file: {} }]);
});

function failure(text: string): GatewayError {
  const errors = [{ faithful: true }, {}].map((profile) => {
    const error = assertThrows(() => openaiChat(profile).relay!.relayResponse(text, DEFAULTS));
    assertInstanceOf(error, GatewayError);
    return error;
  });
  assertEquals(errors[0]!.message, errors[1]!.message);
  return errors[0]!;
}

test("an error inside a 200 is thrown with the provider's words", () => {
  const error = failure('{"error":{"message":"slow down","code":429}}');
  assertEquals([error.code, error.status, error.message, error.retryable], [
    2120,
    429,
    "slow down",
    true,
  ]);
  assertEquals(failure('{"error":"no such model"}').message, "no such model");
  assertEquals(failure('[{"error":{"message":"m","status":"UNAVAILABLE"}}]').status, 503);
});

test("what is no answer is described, and never quoted at length", () => {
  assertEquals(failure("<!DOCTYPE html><html>").code, 2002);
  assertStringIncludes(failure("<!DOCTYPE html><html>").message, "HTML page");
  assertStringIncludes(failure("").message, "empty body");
  assert(failure(`oops ${"x".repeat(1000)}`).message.length < 200);
  const secret = failure('{"id":"a","output":"the secret"}');
  assertEquals([secret.code, secret.message.includes("secret")], [2002, false]);
});
