import { test } from "node:test";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { openaiChat, type OpenAIChatProfile } from "../../../lib/codecs/openai_chat/mod.ts";
import { scanObject } from "../../../lib/json/scan_object.ts";
import { DEFAULTS, payloadsOf, relayText, sse } from "./helpers.ts";
import { bytesOf, chunk } from "./helpers.ts";

type Json = Record<string, unknown>;

function relay(profile: OpenAIChatProfile, asked: Json, model = "m") {
  const text = JSON.stringify({ model, ...asked });
  const { body, warnings } = openaiChat(profile).relay!.relayRequest(scanObject(text), {
    model,
    stream: false,
  });
  const { model: _, ...sent } = JSON.parse(body);
  return { sent, warnings, text: body };
}

test("of a model's rules the last one counts, and what it accepts is no longer dropped", () => {
  const profile: OpenAIChatProfile = {
    accepts: ["seed"],
    drops: ["user", "stop"],
    ranges: { temperature: [0, 1] },
    models: [
      { match: "^a", accepts: ["user", "temperature"] },
      { match: "^ab", drops: ["seed"], ranges: { temperature: [0, 2] } },
    ],
  };
  const asked = { seed: 1, user: "u", stop: "x", temperature: 3 };
  assertEquals(relay(profile, asked, "m").sent, { seed: 1 });
  assertEquals(relay(profile, asked, "a").sent, { seed: 1, user: "u", temperature: 1 });
  assertEquals(relay(profile, asked, "ab").sent, { user: "u", temperature: 2 });
});

test("rules laid over a codec leave the codec as it was", () => {
  const codec = openaiChat({ drops: ["user"] });
  const other = codec.withModelRules?.([{ match: "", accepts: ["user"] }]);
  const send = (relay = codec.relay) =>
    relay!.relayRequest(scanObject('{"model":"x","user":"u"}'), { model: "m", stream: false }).body;
  assertEquals(JSON.parse(send(other?.relay)), { model: "m", user: "u" });
  assertEquals(JSON.parse(send()), { model: "m" });
});

test("ever new names of models don't make what is known of them grow without end", () => {
  const profile = { models: [{ match: "7$", drops: ["user"] }] };
  const codec = openaiChat(profile);
  const body = scanObject('{"model":"x","user":"u"}');
  for (let at = 0; at < 1000; at++) {
    const { warnings } = codec.relay!.relayRequest(body, { model: `m${at}`, stream: false });
    assertEquals(warnings.length, at % 10 === 7 ? 1 : 0);
  }
});

test("only what changes is written anew", () => {
  const messages = '[ {"role":"user", "content":"\\u0041"} ]';
  const text = `{"messages":${messages}, "seed":1e0,"user":"u"}`;
  const codec = openaiChat({ drops: ["user"], rename: { seed: "dice" }, roles: { tool: "user" } });
  const { body } = codec.relay!.relayRequest(scanObject(text), { model: "m", stream: false });
  assertEquals(body, `{"model":"m","messages":${messages}, "dice":1e0}`);
});

test("ids longer than OpenAI takes are shortened on the way there, alike in call and result", () => {
  const id = "x".repeat(41);
  const messages = [
    { role: "assistant", tool_calls: [{ id, type: "function", function: { name: "f" } }] },
    { role: "tool", tool_call_id: id, content: "r" },
    { role: "tool", tool_call_id: "x".repeat(40), content: "r" },
  ];
  const { sent, warnings } = relay({ faithful: true }, { messages });
  const [calling, result, other] = sent.messages;
  assertMatch(result.tool_call_id, /^call_[a-z0-9]{14}$/);
  assertEquals(calling.tool_calls[0].id, result.tool_call_id);
  assertEquals(other.tool_call_id.length, 40);
  assertEquals(warnings, [{ kind: "renamed", param: "messages.tool_calls.id" }]);
});

test("a warning is told once, however often it is deserved", () => {
  const name = { role: "user", content: "a", name: "n" };
  const { warnings } = relay({ members: { user: [] } }, { messages: [name, name, name] });
  assertEquals(warnings, [{ kind: "dropped", param: "messages.name" }]);
});

test("a refusal that has no place of its own is what the assistant said", () => {
  const messages = [{ role: "assistant", content: null, refusal: "No." }];
  const { sent, warnings } = relay({ members: { assistant: [] } }, { messages });
  assertEquals(sent.messages, [{ role: "assistant", content: "No." }]);
  assertEquals(warnings, [{ kind: "emulated", param: "messages.refusal" }]);
});

test("messages that are no objects are the provider's to refuse", () => {
  const messages = ["a", null, 7, { role: "user", content: [null, 7, "b"] }];
  const { sent } = relay({ members: { user: [] }, order: "no_user_after_tool" }, { messages });
  assertEquals(sent.messages, messages);
});

test("keywords are taken out of schemas at every depth, but not names that look like them", () => {
  const inner = { type: "string", pattern: "^a", description: "a word" };
  const schema = {
    type: "object",
    properties: {
      pattern: inner,
      list: { type: "array", items: { anyOf: [{ pattern: "b" }, {}] } },
    },
    $defs: { format: { type: "object" } },
  };
  const json_schema = { name: "r", schema };
  const asked = { response_format: { type: "json_schema", json_schema } };
  const { sent } = relay({ schemaLacks: ["pattern", "format"] }, asked);
  assertEquals(sent.response_format.json_schema.schema, {
    type: "object",
    properties: {
      pattern: { type: "string", description: 'a word — pattern: "^a"' },
      list: { type: "array", items: { anyOf: [{ description: 'pattern: "b"' }, {}] } },
    },
    $defs: { format: { type: "object" } },
  });
  const plain = { type: "json_schema", json_schema: { name: "r", schema: { type: "object" } } };
  assertEquals(relay({ schemaLacks: ["pattern"] }, { response_format: plain }).warnings, []);
});

function relayed(profile: OpenAIChatProfile, ...payloads: unknown[]): Json[] {
  const stream = openaiChat(profile).relay!.relayStream({ usage: false }, DEFAULTS);
  return payloadsOf(relayText(stream, bytesOf(sse(...payloads))));
}

test("a text that only begins like a tag is a text", () => {
  const said = (...pieces: string[]) => {
    const chunks = pieces.map((content) => chunk({ content }));
    const out = relayed({ thinkTags: true }, ...chunks, chunk({}, "stop"), "[DONE]");
    const deltas = out.flatMap(({ choices }) =>
      (choices as Json[]).map(({ delta }) => delta as Json)
    );
    const join = (key: string) => deltas.map((delta) => delta[key] ?? "").join("");
    return [join("content"), join("reasoning_content")];
  };
  assertEquals(said("<thi", "s is text"), ["<this is text", ""]);
  assertEquals(said("  ", "<"), ["  <", ""]);
  assertEquals(said("a <think>b</think>"), ["a <think>b</think>", ""]);
  assertEquals(said("<think>a </thi", "ng> b"), ["", "a </thing> b"]);
  assertEquals(said("\n<think>a", "</think>", " \n b"), ["b", "a"]);
});

test("padding is taken out, sources of nothing annotate nothing", () => {
  const padded = chunk({ content: "a" }, null, { p: "xyz", citations: [] });
  const chunks = relayed({ noise: ["p"] }, padded, chunk({}, "stop"), "[DONE]");
  assert(chunks.every((each) => !("p" in each)));
  assert(!JSON.stringify(chunks).includes("annotations"));
});

test("a chunk that only lacks its empty usage keeps its text", () => {
  const codec = openaiChat();
  const stream = codec.relay!.relayStream({ usage: true }, DEFAULTS);
  const odd = JSON.stringify(chunk({ role: "assistant", content: "a" })).replace(
    '"a"',
    '"\\u0061"',
  );
  const out = relayText(stream, bytesOf(sse(odd, chunk({}, "stop"), "[DONE]")));
  assert(out.startsWith(`data: ${odd.slice(0, -1)},"usage":null}\n\n`), out);
});
