/** What callers of OpenAI's dialect have sent to Cohere, which refuses members it does not know. */
import { test } from "node:test";
import { assertEquals, assertFalse } from "@std/assert";
import { type Json, sent, USER } from "./helpers.ts";

const tool = (name: string, more: Json = {}) => ({
  type: "function",
  function: { name, description: name, parameters: PARAMETERS, ...more },
});
const PARAMETERS = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const CALL = {
  id: "call_1",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Rome"}' },
};

test("text beside calls is kept as the plan, since Cohere refuses it as content", () => {
  const { body } = sent({
    messages: [
      ...USER,
      { role: "assistant", content: "Let me look.", tool_calls: [CALL] },
      { role: "tool", tool_call_id: "call_1", content: "sun" },
    ],
  });
  assertEquals(body.messages[1], {
    role: "assistant",
    tool_plan: "Let me look.",
    tool_calls: [CALL],
  });
  assertEquals(body.messages[2], { role: "tool", tool_call_id: "call_1", content: "sun" });
});

test("reasoning comes back as thinking to a model that thinks, as the plan to another beside calls", () => {
  const messages = [
    ...USER,
    { role: "assistant", content: null, reasoning_content: "Hm.", tool_calls: [CALL] },
    { role: "tool", tool_call_id: "call_1", content: "sun" },
  ];
  const thinker = sent({ messages }, "command-a-reasoning-08-2025").body.messages[1];
  assertEquals(thinker.content, [{ type: "thinking", thinking: "Hm." }]);
  assertEquals(sent({ messages }).body.messages[1].tool_plan, "Hm.");
});

test("reasoning of other providers stays away and is reported", () => {
  const details = [{
    type: "reasoning.text",
    text: "Hm.",
    signature: "s",
    format: "anthropic-claude-v1",
  }];
  const assistant = { role: "assistant", content: "Yes", reasoning_details: details };
  const { body, warnings } = sent(
    { messages: [...USER, assistant, ...USER] },
    "command-a-reasoning",
  );
  assertEquals(body.messages[1], { role: "assistant", content: "Yes" });
  assertEquals(warnings, ["dropped messages.reasoning_content"]);
});

test("a schema for the answer is unwrapped, and reduced to what Cohere knows", () => {
  const schema = { type: "object", properties: { age: { type: "integer", minimum: 0 } } };
  const json_schema = { name: "person", strict: true, schema };
  const { body, warnings } = sent({ response_format: { type: "json_schema", json_schema } });
  assertEquals(body.response_format, {
    type: "json_object",
    json_schema: {
      type: "object",
      properties: { age: { type: "integer", description: "minimum: 0" } },
      required: ["age"],
    },
  });
  assertEquals(warnings, ["emulated response_format.json_schema"]);
});

test("beside tools the model is told to write JSON, since Cohere refuses both at once", () => {
  const { body, warnings } = sent({
    tools: [tool("weather")],
    response_format: { type: "json_object" },
  });
  assertFalse("response_format" in body);
  assertEquals(body.messages[0].role, "system");
  assertEquals(warnings, ["emulated response_format"]);
});

test("a named function is shown alone and required, with a warning", () => {
  const { body, warnings } = sent({
    tools: [tool("weather"), tool("time")],
    tool_choice: { type: "function", function: { name: "time" } },
  });
  assertEquals(body.tools.map((each: Json) => each.function.name), ["time"]);
  assertEquals(body.tool_choice, "REQUIRED");
  assertEquals(warnings, ["emulated tool_choice"]);
});

test("auto says nothing, required and none are words of Cohere's", () => {
  const choice = (tool_choice: string) =>
    sent({ tools: [tool("weather")], tool_choice }).body.tool_choice;
  assertEquals([choice("auto"), choice("required"), choice("none")], [
    undefined,
    "REQUIRED",
    "NONE",
  ]);
});

test("older models can't be forced: the choice is dropped, and tools are hidden where none may be called", () => {
  const tools = [tool("weather")];
  const forced = sent({ tools, tool_choice: "required" }, "command-r-08-2024");
  assertEquals([forced.body.tool_choice, forced.warnings], [undefined, ["dropped tool_choice"]]);
  assertFalse("tools" in sent({ tools, tool_choice: "none" }, "command-r-08-2024").body);
});

test("strictness is one word for all tools, where each requires something", () => {
  const strict = sent({ tools: [tool("weather", { strict: true }), tool("time")] });
  assertEquals(strict.body.strict_tools, true);
  assertFalse("strict" in strict.body.tools[0].function);
  const loose = { type: "object", properties: {} };
  const { body, warnings } = sent({ tools: [tool("now", { strict: true, parameters: loose })] });
  assertFalse("strict_tools" in body);
  assertEquals(warnings, ["dropped tools.function.strict"]);
});

test("sampling goes by Cohere's names and into its ranges", () => {
  const { body, warnings } = sent({
    max_completion_tokens: 9,
    temperature: 1.5,
    top_p: 1,
    frequency_penalty: -1,
    stop: "END",
    seed: 7,
  });
  const { max_tokens, temperature, p, frequency_penalty, stop_sequences, seed } = body;
  assertEquals({ max_tokens, temperature, p, frequency_penalty, stop_sequences, seed }, {
    max_tokens: 9,
    temperature: 1,
    p: 0.99,
    frequency_penalty: 0,
    stop_sequences: ["END"],
    seed: 7,
  });
  assertEquals(warnings, ["clamped temperature", "clamped top_p", "clamped frequency_penalty"]);
});

test("effort becomes thinking where the model thinks", () => {
  const thinking = (
    reasoning_effort: string,
    more: Json = {},
    model = "command-a-reasoning-08-2025",
  ) => sent({ reasoning_effort, ...more }, model).body.thinking;
  assertEquals(thinking("none"), { type: "disabled" });
  assertEquals(thinking("high"), { type: "enabled" });
  assertEquals(thinking("low"), { type: "enabled", token_budget: 2048 });
  assertEquals(thinking("low", { max_tokens: 100 }), { type: "enabled", token_budget: 50 });
  assertEquals(sent({ reasoning_effort: "low" }).warnings, ["dropped reasoning_effort"]);
});

test("Cohere's own parameters pass, everything else is dropped and reported", () => {
  const { body, warnings } = sent({
    documents: [{ id: "1", data: { text: "x" } }],
    safety_mode: "STRICT",
    top_k: 5,
    logit_bias: {},
    store: true,
    n: 2,
    user: "u",
  });
  assertEquals([body.documents.length, body.safety_mode, body.k], [1, "STRICT", 5]);
  assertEquals(warnings, ["dropped logit_bias", "dropped store", "dropped n", "dropped user"]);
});

test("pictures are shown, files are not and are reported", () => {
  const image = {
    type: "image_url",
    image_url: { url: "data:image/png;base64,AAAA", detail: "low" },
  };
  const file = {
    type: "file",
    file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
  };
  const { body, warnings } = sent({ messages: [{ role: "user", content: [image, file] }] });
  assertEquals(body.messages[0].content, [image]);
  assertEquals(warnings, ["dropped messages.content"]);
});

test("arguments that are no object are sent as one", () => {
  const history = (text: string) =>
    sent({
      messages: [
        ...USER,
        {
          role: "assistant",
          tool_calls: [{ ...CALL, function: { name: "weather", arguments: text } }],
        },
        { role: "tool", tool_call_id: "call_1", content: "" },
      ],
    }).body.messages[1].tool_calls[0].function.arguments;
  assertEquals([history(""), history("null"), history("oops")], ["{}", "{}", '{"_raw":"oops"}']);
});

test("a picture in a tool's result follows as if the user had sent it", () => {
  const { codecBody, warnings } = withPicture();
  assertEquals(codecBody.messages.slice(-2), [
    { role: "tool", tool_call_id: "call_1", content: "seen" },
    {
      role: "user",
      content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }],
    },
  ]);
  assertEquals(warnings, ["emulated messages.content"]);
});

function withPicture(): { codecBody: Json; warnings: string[] } {
  const content = [
    { type: "text", text: "seen" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
  ];
  const { body, warnings } = sent({
    messages: [
      ...USER,
      { role: "assistant", tool_calls: [CALL] },
      { role: "tool", tool_call_id: "call_1", content },
    ],
  });
  return { codecBody: body, warnings };
}
