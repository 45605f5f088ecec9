import { test } from "node:test";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ASK, type Json, messagesOf, parametersOf, send, streamed, told } from "./accent.ts";

test("deepseek gets what it heeds; what it ignores is told", () => {
  const { body, warnings } = send("deepseek", {
    max_completion_tokens: 5,
    seed: 7,
    n: 2,
    user: "u",
    stop: ["x"],
    stream: true,
  });
  assertEquals(body, {
    messages: [ASK],
    max_tokens: 5,
    stop: ["x"],
    stream: true,
    stream_options: { include_usage: true },
  });
  assertEquals(warnings.sort(), [
    "dropped n",
    "dropped seed",
    "dropped user",
    "renamed max_completion_tokens > max_tokens",
  ]);
});

test("deepseek's efforts are low, high and max, and none switches thinking off", () => {
  const asked = (reasoning_effort: string) => parametersOf("deepseek", { reasoning_effort });
  assertEquals(["minimal", "low", "medium", "high", "xhigh", "max"].map(asked), [
    { reasoning_effort: "low" },
    { reasoning_effort: "low" },
    { reasoning_effort: "high" },
    { reasoning_effort: "high" },
    { reasoning_effort: "high" },
    { reasoning_effort: "max" },
  ]);
  assertEquals(asked("none"), { thinking: { type: "disabled" } });
});

test("deepseek is told a schema in its instructions", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const response_format = { type: "json_schema", json_schema: { name: "r", schema } };
  const messages = [{ role: "system", content: "Be brief." }, ASK];
  const { body, warnings } = send("deepseek", { response_format, messages });
  assertEquals(body.response_format, { type: "json_object" });
  const [system, user] = body.messages as Json[];
  assertStringIncludes(String(system?.content), "Be brief.\n\n");
  assertStringIncludes(String(system?.content), JSON.stringify(schema));
  assertEquals([user, warnings], [ASK, ["emulated response_format"]]);
});

test("deepseek's tools are functions without strictness", () => {
  const { body, warnings } = send("deepseek", {
    tools: [{ type: "function", function: { name: "f", strict: true } }, { type: "web_search" }],
  });
  assertEquals(body.tools, [{
    type: "function",
    function: { name: "f", parameters: { type: "object", properties: {} } },
  }]);
  assertEquals(warnings.sort(), ["dropped tools", "dropped tools.function.strict"]);
});

test("deepseek's lists of text become one text", () => {
  const content = [{ type: "text", text: "a", cache_control: {} }, { type: "text", text: "b" }];
  const { body, warnings } = send("deepseek", { messages: [{ role: "user", content }] });
  assertEquals(body.messages, [{ role: "user", content: "a\n\nb" }]);
  assertEquals(warnings, ["dropped messages.content.cache_control"]);
});

test("deepseek's reasoner can't be forced to call", () => {
  const tools = [{ type: "function", function: { name: "f", parameters: {} } }];
  const choice = (tool_choice: unknown, model: string) =>
    parametersOf("deepseek", { tools, tool_choice }, model).tool_choice;
  const named = { type: "function", function: { name: "f" } };
  assertEquals(choice("required", "deepseek-reasoner"), undefined);
  assertEquals(choice(named, "deepseek-reasoner"), undefined);
  assertEquals(choice("none", "deepseek-reasoner"), "none");
  assertEquals(choice(named, "deepseek-chat"), named);
});

const calling = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
};
const result = { role: "tool", tool_call_id: "a", content: "r" };

test("deepseek gets its thoughts back, also those nobody kept, once tools were called", () => {
  const history = [
    ASK,
    { role: "assistant", content: "a", reasoning_content: "hm" },
    calling,
    result,
  ];
  assertEquals(messagesOf("deepseek", history, "deepseek-v4-pro"), [
    ASK,
    history[1],
    { ...calling, reasoning_content: "" },
    result,
  ]);
  const { warnings } = send("deepseek", { messages: history }, "deepseek-v4-pro");
  assertEquals(warnings, ["filled messages.reasoning_content"]);
  assertEquals(messagesOf("deepseek", history, "some-r1"), history);
  const silent = [ASK, { role: "assistant", content: null }, ASK];
  assertEquals(messagesOf("deepseek", silent, "deepseek-v4-pro"), [
    ASK,
    { role: "assistant", content: "" },
    ASK,
  ]);
});

test("deepseek's stream: thoughts first, counts on the finish, machines that ran out", () => {
  const chunk = (delta: Json, finish_reason: string | null = null, more: Json = {}) => ({
    id: "d",
    created: 1,
    model: "deepseek",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
    ...more,
  });
  const usage = {
    prompt_tokens: 4,
    completion_tokens: 2,
    total_tokens: 6,
    prompt_cache_hit_tokens: 3,
    prompt_cache_miss_tokens: 1,
  };
  const chunks = streamed("deepseek", [
    chunk({ role: "assistant", content: null, reasoning_content: "hm" }),
    chunk({ content: "Six", reasoning_content: null }),
    chunk({ content: "", reasoning_content: null }, "insufficient_system_resource", { usage }),
    "[DONE]",
  ]);
  const { usage: counts, ...rest } = told(chunks);
  assertEquals(rest, { text: "Six", thoughts: "hm", finishes: ["length"] });
  assertEquals((counts as Json[]).map(({ prompt_tokens_details }) => prompt_tokens_details), [
    { cached_tokens: 3 },
  ]);
  const natives = chunks.flatMap(({ choices }) =>
    (choices as Json[]).map(({ native_finish_reason }) => native_finish_reason)
  );
  assertEquals(natives.filter(Boolean), ["insufficient_system_resource"]);
});
