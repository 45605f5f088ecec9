/** Conversations of callers of OpenAI's dialect, as Bedrock must have them. */
import { test } from "node:test";
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { GatewayError } from "../../../lib/errors.ts";
import { CLAUDE, type Json, NOVA, sent, USER } from "./helpers.ts";

const call = (id: string, args = "{}") => ({
  id,
  type: "function",
  function: { name: "weather", arguments: args },
});
const result = (tool_call_id: string, content: unknown = "sun", more: Json = {}) => ({
  role: "tool",
  tool_call_id,
  content,
  ...more,
});
const asks = (...calls: Json[]) => ({ role: "assistant", content: null, tool_calls: calls });
const turns = (messages: Json[], model = CLAUDE) => sent({ messages }, model).body.messages;

test("all results of a turn stand in one turn of the user's, before his words", () => {
  const messages = [
    ...USER,
    asks(call("a"), call("b")),
    result("a"),
    result("b", "rain"),
    { role: "user", content: "And?" },
  ];
  assertEquals(turns(messages)[2], {
    role: "user",
    content: [
      { toolResult: { toolUseId: "a", content: [{ text: "sun" }] } },
      { toolResult: { toolUseId: "b", content: [{ text: "rain" }] } },
      { text: "And?" },
    ],
  });
});

test("a missing result is filled in, and one of no call is told in words", () => {
  const { body, warnings } = sent({
    messages: [...USER, asks(call("a"), call("b")), result("b"), result("zzz", "lost")],
  });
  const [, , user] = body.messages;
  assertEquals(user.content.map((block: Json) => block.toolResult?.toolUseId ?? block.text), [
    "b",
    "a",
    "Result of a tool call: lost",
  ]);
  assertEquals(user.content[1].toolResult.status, "error");
  assert(warnings.includes("emulated messages"));
});

test("turns alternate and begin with the user", () => {
  const messages = [
    { role: "assistant", content: "Hello" },
    ...USER,
    ...USER,
    { role: "assistant", content: "A" },
    { role: "assistant", content: "B" },
    ...USER,
  ];
  assertEquals(turns(messages).map(({ role }: Json) => role), [
    "user",
    "assistant",
    "user",
    "assistant",
    "user",
  ]);
});

test("ids of 1 to 64 letters, digits, _ and - stay, others become the same digest in every turn", () => {
  const ids = (id: string, model?: string) => {
    const [, assistant, user] = turns([...USER, asks(call(id)), result(id)], model);
    assertEquals(assistant.content[0].toolUse.toolUseId, user.content[0].toolResult.toolUseId);
    return assistant.content[0].toolUse.toolUseId as string;
  };
  assertEquals(ids("call_1-X"), "call_1-X");
  const made = ids("functions.weather:0");
  assert(/^[A-Za-z0-9_-]{1,64}$/.test(made));
  assertEquals(ids("functions.weather:0"), made);
  assert(ids("x".repeat(65)).length <= 64);
  assert(/^[A-Za-z0-9]{9}$/.test(ids("call_1", "mistral.mistral-large-2407-v1:0")));
});

test("one id in two turns becomes two", () => {
  const messages = [
    ...USER,
    asks(call("a")),
    result("a"),
    asks(call("a")),
    result("a", "rain"),
  ];
  const sentIds = turns(messages).flatMap(({ content }: Json) =>
    content.map((block: Json) => (block.toolUse ?? block.toolResult)?.toolUseId)
  ).filter(Boolean);
  assertEquals(new Set(sentIds).size, 2);
  assertEquals(sentIds[0], sentIds[1]);
  assertEquals(sentIds[2], sentIds[3]);
});

test("blank text is left out, and a turn with nothing else too", () => {
  const messages = [
    { role: "system", content: " " },
    { role: "user", content: [{ type: "text", text: "" }, { type: "text", text: "Hi" }] },
    { role: "assistant", content: "\n" },
    { role: "user", content: "?" },
  ];
  const { body } = sent({ messages });
  assertFalse("system" in body);
  assertEquals(body.messages, [{ role: "user", content: [{ text: "Hi" }, { text: "?" }] }]);
});

test("what the system says stands apart, wherever it is said", () => {
  const messages = [{ role: "system", content: "A" }, ...USER, { role: "developer", content: "B" }];
  assertEquals(sent({ messages }).body.system, [{ text: "A" }, { text: "B" }]);
  const told = sent(
    { messages: [{ role: "system", content: "A" }, ...USER] },
    "amazon.titan-text-express-v1",
  );
  assertFalse("system" in told.body);
  assertEquals(told.body.messages[0].content, [{ text: "A" }, { text: "Hi" }]);
});

test("the system alone is the question", () => {
  const { body } = sent({ messages: [{ role: "system", content: "Say hi." }] });
  assertEquals(body, { messages: [{ role: "user", content: [{ text: "Say hi." }] }] });
});

test("cache_control becomes a cache point after what it marks, with its time to live", () => {
  const cache_control = { type: "ephemeral", ttl: "1h" };
  const { body } = sent({
    messages: [
      { role: "system", content: [{ type: "text", text: "Long", cache_control }] },
      {
        role: "user",
        content: [{ type: "text", text: "A", cache_control }, { type: "text", text: "B" }],
      },
    ],
    tools: [{ type: "function", function: { name: "t", parameters: {} }, cache_control }],
  });
  const point = { cachePoint: { type: "default", ttl: "1h" } };
  assertEquals(body.system, [{ text: "Long" }, point]);
  assertEquals(body.messages[0].content, [{ text: "A" }, point, { text: "B" }]);
  assertEquals(body.toolConfig.tools[1], point);
});

test("cache points stand only where the model takes them, four at most, for an hour only where it can", () => {
  const cache_control = { type: "ephemeral", ttl: "1h" };
  const text = { type: "text", text: "A", cache_control };
  const tools = [{ type: "function", function: { name: "t", parameters: {} }, cache_control }];
  const nova = sent({ messages: [{ role: "user", content: [text] }], tools }, NOVA);
  assertEquals(nova.body.toolConfig.tools.length, 1);
  assertEquals(nova.body.messages[0].content[1], { cachePoint: { type: "default" } });
  assertEquals(nova.warnings, ["dropped cache_control", "clamped cache_control.ttl"]);
  const many = sent({ messages: [{ role: "user", content: [text, text, text, text, text] }] });
  assertEquals(many.body.messages[0].content.filter((block: Json) => block.cachePoint).length, 4);
  const llama = sent(
    { messages: [{ role: "user", content: [text] }] },
    "meta.llama3-8b-instruct-v1:0",
  );
  assertEquals(llama.body.messages[0].content, [{ text: "A" }]);
});

test("a cache point never follows a document that is no PDF", () => {
  const file = (filename: string, type: string) => ({
    type: "file",
    file: { filename, file_data: `data:${type};base64,AAAA` },
    cache_control: { type: "ephemeral" },
  });
  const content = [
    { type: "text", text: "Read" },
    file("a.csv", "text/csv"),
    file("b.pdf", "application/pdf"),
  ];
  const blocks = turns([{ role: "user", content }])[0].content;
  assertEquals(blocks.map((block: Json) => Object.keys(block)[0]), [
    "text",
    "document",
    "document",
    "cachePoint",
  ]);
});

test("pictures and documents go as bytes, under names that are valid and used once", () => {
  const file = (filename: string) => ({
    type: "file",
    file: { filename, file_data: "data:application/pdf;base64,AAAA" },
  });
  const image = { type: "image_url", image_url: { url: "data:image/jpg;base64,BBBB" } };
  const blocks = turns([{
    role: "user",
    content: [image, file("my_report.v2.pdf"), file("my report v2.pdf")],
  }])[0].content;
  assertEquals(blocks[0], { image: { format: "jpeg", source: { bytes: "BBBB" } } });
  assertEquals(blocks.slice(1, 3).map((block: Json) => block.document.name), [
    "my report v2",
    "my report v2 2",
  ]);
  // A document must not stand alone.
  assertEquals(blocks[3], { text: "my report v2" });
});

test("what lies in S3 is named, and any other address is refused with the parameter", () => {
  const image = (
    url: string,
  ) => [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];
  assertEquals(turns(image("s3://bucket/a.png"))[0].content[0], {
    image: { format: "png", source: { s3Location: { uri: "s3://bucket/a.png" } } },
  });
  const error = assertThrows(() => turns(image("https://a.example/b.png")), GatewayError);
  assertEquals([error.status, error.param], [400, "messages.content"]);
});

test("signed thoughts come back as they were, also redacted ones and signatures alone", () => {
  const format = "anthropic-claude-v1";
  const reasoning_details = [
    { type: "reasoning.text", text: "Hm.", signature: "S1", format },
    { type: "reasoning.text", text: "", signature: "S2", format },
    { type: "reasoning.encrypted", data: "R", format },
  ];
  const [, assistant] = turns([
    ...USER,
    { role: "assistant", content: "Yes", reasoning_details },
    ...USER,
  ]);
  assertEquals(assistant.content, [
    { reasoningContent: { reasoningText: { text: "Hm.", signature: "S1" } } },
    { reasoningContent: { reasoningText: { text: "", signature: "S2" } } },
    { reasoningContent: { redactedContent: "R" } },
    { text: "Yes" },
  ]);
});

test("unsigned and foreign thoughts stay away from Claude and are reported", () => {
  const messages = [
    ...USER,
    { role: "assistant", content: "Yes", reasoning_content: "Hm." },
    ...USER,
  ];
  const { body, warnings } = sent({ messages });
  assertEquals(body.messages[1].content, [{ text: "Yes" }]);
  assertEquals(warnings, ["dropped messages.reasoning_content"]);
  assertEquals(turns(messages, "openai.gpt-oss-120b-1:0")[1].content[0], {
    reasoningContent: { reasoningText: { text: "Hm." } },
  });
});

test("a last turn of the assistant's is continued where the model can, else the user asks for more", () => {
  const messages = [...USER, { role: "assistant", content: "The answer is " }];
  assertEquals(turns(messages)[1].content, [{ text: "The answer is" }]);
  const { body, warnings } = sent({ messages }, "anthropic.claude-opus-4-7-v1:0");
  assertEquals(body.messages.at(-1), { role: "user", content: [{ text: "Continue." }] });
  assertEquals(warnings, ["emulated messages"]);
});

test("an empty result and arguments that are no object are sent in a form that is taken", () => {
  const [, assistant, user] = turns([
    ...USER,
    asks(call("a", ""), call("b", "oops")),
    result("a", ""),
    result("b"),
  ]);
  assertEquals(assistant.content.map((block: Json) => block.toolUse.input), [{}, { _raw: "oops" }]);
  assertEquals(user.content[0], { toolResult: { toolUseId: "a", content: [] } });
});
