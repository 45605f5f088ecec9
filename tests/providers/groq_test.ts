import { test } from "node:test";
import { assertEquals } from "@std/assert";
import {
  answered,
  ASK,
  type Json,
  messagesOf,
  parametersOf,
  send,
  streamed,
  told,
} from "./accent.ts";

test("groq gets the parameters it knows and no other", () => {
  const { body, warnings } = send("groq", {
    max_tokens: 5,
    logprobs: true,
    top_logprobs: 2,
    logit_bias: { "1": 2 },
    n: 2,
    metadata: { a: "b" },
    invented: 1,
    search_settings: { include_domains: ["a.example"] },
    seed: 7,
  });
  assertEquals(body, {
    messages: [ASK],
    max_completion_tokens: 5,
    search_settings: { include_domains: ["a.example"] },
    seed: 7,
  });
  assertEquals(warnings.sort(), [
    "dropped invented",
    "dropped logit_bias",
    "dropped logprobs",
    "dropped metadata",
    "dropped n",
    "dropped top_logprobs",
    "renamed max_tokens > max_completion_tokens",
  ]);
});

test("groq loses nothing where nothing but the default was asked for", () => {
  const neutral = { n: 1, logprobs: false, store: false, tools: [], stop: null, logit_bias: {} };
  assertEquals(send("groq", neutral), { body: { messages: [ASK] }, warnings: [] });
});

test("groq has its own words for tiers", () => {
  const tier = (service_tier: string) => parametersOf("groq", { service_tier }).service_tier;
  assertEquals(["default", "priority", "flex", "auto", "scale"].map(tier), [
    "on_demand",
    "performance",
    "flex",
    "auto",
    undefined,
  ]);
});

test("groq's efforts depend on the model", () => {
  const effort = (model: string) => (reasoning_effort: string) =>
    parametersOf("groq", { reasoning_effort }, model).reasoning_effort;
  const efforts = ["none", "minimal", "low", "high", "xhigh"];
  assertEquals(efforts.map(effort("openai/gpt-oss-120b")), ["low", "low", "low", "high", "high"]);
  assertEquals(efforts.map(effort("qwen/qwen3-32b")), ["none", ...Array(4).fill("default")]);
  assertEquals(efforts.map(effort("llama-3.3-70b")), Array(5).fill(undefined));
});

test("groq's thinking models are asked to think apart from the text", () => {
  const qwen = (asked: Json) => parametersOf("groq", asked, "qwen/qwen3-32b");
  assertEquals(qwen({}), { reasoning_format: "parsed" });
  assertEquals(qwen({ include_reasoning: false }), { include_reasoning: false });
  assertEquals(qwen({ reasoning_format: "hidden" }), { reasoning_format: "hidden" });
  assertEquals(parametersOf("groq", {}, "llama-3.3-70b"), {});
});

test("groq's messages have no member it does not know", () => {
  const history = [
    { role: "developer", content: "Be brief.", name: "n" },
    { role: "user", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] },
    {
      role: "assistant",
      content: "c",
      refusal: null,
      annotations: [],
      reasoning_content: "hm",
      tool_calls: [{ id: "1", type: "function", index: 0, function: { name: "f", arguments: "" } }],
    },
    { role: "tool", tool_call_id: "1", name: "f", content: "d" },
  ];
  const call = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
  const wanted = (reasoning: object) => [
    { role: "system", content: "Be brief." },
    { role: "user", content: "a\n\nb" },
    { role: "assistant", content: "c", tool_calls: [call], ...reasoning },
    { role: "tool", tool_call_id: "1", content: "d" },
  ];
  assertEquals(messagesOf("groq", history, "llama-3.3-70b"), wanted({}));
  assertEquals(messagesOf("groq", history, "openai/gpt-oss-20b"), wanted({ reasoning: "hm" }));
  assertEquals(send("groq", { messages: history }, "llama").warnings.sort(), [
    "dropped messages.name",
    "dropped messages.reasoning_content",
    "renamed messages.role > system",
  ]);
});

test("groq's older models are told the schema that they are not bound to", () => {
  const response_format = {
    type: "json_schema",
    json_schema: { name: "r", schema: { type: "object" } },
  };
  const old = send("groq", { response_format }, "llama-3.1-8b-instant");
  assertEquals(old.body.response_format, { type: "json_object" });
  assertEquals(old.warnings, ["emulated response_format"]);
  assertEquals((old.body.messages as Json[])[0]?.role, "system");
  assertEquals(parametersOf("groq", { response_format }, "openai/gpt-oss-20b"), {
    response_format,
  });
});

const frame = { id: "chatcmpl-g", object: "chat.completion.chunk", created: 1, model: "llama" };
const chunk = (delta: Json, finish_reason: string | null, more: Json = {}) => ({
  ...frame,
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  ...more,
});
const usage = { queue_time: 0.1, prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 };

test("groq's counts are found beside its id and told once", () => {
  const payloads = [
    chunk({ role: "assistant", content: null }, null, { x_groq: { id: "req" } }),
    chunk({ content: "Six" }, null),
    chunk({}, "stop", { x_groq: { id: "req", usage }, usage }),
    "[DONE]",
  ];
  const chunks = streamed("groq", payloads);
  assertEquals(told(chunks), { text: "Six", thoughts: "", finishes: ["stop"], usage: [usage] });
  assertEquals(chunks.at(-1)?.choices, []);
  assertEquals(told(streamed("groq", payloads, false)).usage, []);
});

test("groq's thoughts have the name clients know", () => {
  const message = { role: "assistant", content: "a", reasoning: "hm" };
  const { choices } = answered("groq", {
    ...frame,
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: "stop", logprobs: null }],
    service_tier: "on_demand",
  });
  const [choice] = choices as Json[];
  assertEquals(choice?.message, {
    role: "assistant",
    content: "a",
    reasoning_content: "hm",
    refusal: null,
  });
});
