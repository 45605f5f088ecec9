import { test } from "node:test";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { openaiChat, type OpenAIChatProfile } from "../../../lib/codecs/openai_chat/mod.ts";
import { scanObject } from "../../../lib/json/scan_object.ts";

const OPENAI: OpenAIChatProfile = {
  models: [
    { match: "^(o\\d|gpt-([5-9]|\\d\\d))", rename: { max_tokens: "max_completion_tokens" } },
  ],
};
const OLLAMA: OpenAIChatProfile = { rename: { max_completion_tokens: "max_tokens" } };

function relay(profile: OpenAIChatProfile, text: string, model = "gpt-5-mini") {
  const stream = /"stream"\s*:\s*true/.test(text);
  return openaiChat(profile).relay!.relayRequest(scanObject(text), { model, stream });
}

test("only the model changes, every other byte is the caller's", () => {
  const text =
    '{\n  "model": "openai/gpt-5-mini", "messages" : [ {"role":"user","content":"\\u0041 😀"} ],\t"x":1e2}';
  const { body, path, warnings } = relay({}, text);
  assertEquals(body, text.replace("openai/gpt-5-mini", "gpt-5-mini"));
  assertEquals([path, warnings], ["/chat/completions", []]);
});

test("a model's name is written as JSON", () => {
  assertEquals(relay({}, '{"model":"x"}', 'a"b').body, '{"model":"a\\"b"}');
});

test("the token limit is renamed for models that know the new name only", () => {
  const text = '{"model":"m","max_tokens":5}';
  assertEquals(
    relay(OPENAI, text, "o3-mini").body,
    '{"model":"o3-mini","max_completion_tokens":5}',
  );
  assertEquals(relay(OPENAI, text, "gpt-4o").body, '{"model":"gpt-4o","max_tokens":5}');
  assertEquals(relay(OPENAI, text, "gpt-5").warnings, [{
    kind: "renamed",
    param: "max_tokens",
    to: "max_completion_tokens",
  }]);
});

test("of two token limits max_completion_tokens wins, in both directions", () => {
  const text = '{"model":"m","max_tokens":5,"max_completion_tokens":9}';
  assertEquals(relay(OPENAI, text, "gpt-5").body, '{"model":"gpt-5","max_completion_tokens":9}');
  assertEquals(relay(OLLAMA, text, "qwen3").body, '{"model":"qwen3","max_tokens":9}');
});

test("null stands for absent when two names meet", () => {
  const text = '{"model":"m","max_tokens":5,"max_completion_tokens":null}';
  assertEquals(relay(OPENAI, text, "gpt-5").body, '{"model":"gpt-5","max_completion_tokens":5}');
  assertEquals(relay(OLLAMA, text, "m").body, '{"model":"m","max_tokens":5}');
});

test("dropped parameters are taken out and reported, null without a word", () => {
  const { body, warnings } = relay(
    { drops: ["logit_bias", "n", "user"] },
    '{"logit_bias":{"1":2},"model":"m","n":null,"user":"u"}',
    "m",
  );
  assertEquals(body, '{"model":"m"}');
  assertEquals(warnings, [{ kind: "dropped", param: "logit_bias" }, {
    kind: "dropped",
    param: "user",
  }]);
});

test("a stream asks for usage, keeping what stands beside it", () => {
  assertEquals(
    relay({}, '{"model":"m","stream":true}', "m").body,
    '{"stream_options":{"include_usage":true},"model":"m","stream":true}',
  );
  for (
    const given of [
      "null",
      "{}",
      '{"include_usage":false}',
      '{ "include_obfuscation":false }',
      '{"include_usage":true}',
    ]
  ) {
    const { body } = relay({}, `{"model":"m","stream":true,"stream_options":${given}}`, "m");
    const wanted = { ...JSON.parse(given), include_usage: true };
    assertEquals(JSON.parse(body).stream_options, wanted);
  }
});

test("a stream that asks already is left alone, one that is no stream too", () => {
  const asks = '{"model":"m","stream":true,"stream_options":{ "include_usage" : true }}';
  assertEquals(relay({}, asks, "m").body, asks);
  assertEquals(relay({}, '{"model":"m","stream":false}', "m").body, '{"model":"m","stream":false}');
});

test("a provider that may not be asked gets no stream_options at all", () => {
  const { body, warnings } = relay(
    { asksUsage: false },
    '{"model":"m","stream":true,"stream_options":{"include_usage":true}}',
    "m",
  );
  assertEquals([body, warnings], ['{"model":"m","stream":true}', []]);
});

test("everything at once is still one JSON object", () => {
  const profile = { ...OPENAI, drops: ["model_x", "stop"], chatPath: "/chat" };
  const { body, path } = relay(
    profile,
    '{"stop":"x","stream":true,"max_tokens":1,"model":"a","model_x":1}',
    "gpt-5",
  );
  assertEquals(JSON.parse(body), {
    stream_options: { include_usage: true },
    stream: true,
    max_completion_tokens: 1,
    model: "gpt-5",
  });
  assertEquals(path, "/chat");
  assertStringIncludes(body, '"stream":true');
});
