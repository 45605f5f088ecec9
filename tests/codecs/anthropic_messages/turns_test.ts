/** Conversations: turns, results of tools, ids, what is blank. */
import { test } from "node:test";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import {
  blocks,
  calling,
  HELLO,
  type Json,
  MODEL,
  result,
  sent,
  told,
  toolCall,
} from "./helpers.ts";

const types = (turn: Parameters<typeof blocks>[0]) => blocks(turn).map(({ type }) => type);

test("one user turn holds all results of a tool turn, before any text", () => {
  const { body } = sent({
    messages: [
      HELLO,
      calling("a", "b"),
      result("b"),
      { role: "user", content: "And tomorrow?" },
      result("a"),
    ],
  });
  assertEquals(body.messages.map(({ role }) => role), ["user", "assistant", "user"]);
  assertEquals(types(body.messages[2]!), ["tool_result", "tool_result", "text"]);
});

test("a missing result is filled in with an error, so that the next question can be asked", () => {
  const asked = sent({
    messages: [HELLO, calling("a", "b"), result("b"), { role: "user", content: "Go on" }],
  });
  const [first, filled, text] = blocks(asked.body.messages[2]!);
  assertEquals([first?.tool_use_id, first?.is_error], ["b", undefined]);
  assertEquals([filled?.tool_use_id, filled?.is_error], ["a", true]);
  assertEquals(text?.text, "Go on");
  assertEquals(told(asked), ["emulated messages"]);
});

test("calls that nobody answered before the end get results too", () => {
  const { body } = sent({ messages: [HELLO, calling("a")] });
  assertEquals(types(body.messages.at(-1)!), ["tool_result"]);
});

test("a result of no call is told in words", () => {
  const asked = sent({ messages: [HELLO, result("nobody", "42")] });
  assertEquals(types(asked.body.messages[1]!), ["text"]);
  assert(JSON.stringify(asked.body.messages[1]).includes("42"));
  assertEquals(told(asked), ["emulated messages"]);
});

test("valid ids stay, others become the same digest in call and result, in every turn", () => {
  const first = [
    HELLO,
    calling("functions.get_weather:0", "toolu_01"),
    result("functions.get_weather:0"),
  ];
  const whole = [...first, result("toolu_01"), calling("x"), result("x")];
  const ids = [first, whole].map((messages) => {
    const { body } = sent({ messages });
    return body.messages.flatMap(blocks).map((block) => block.id ?? block.tool_use_id)
      .filter((id) => id !== undefined);
  });
  const [made, kept] = ids[0]!;
  assertMatch(String(made), /^[a-zA-Z0-9_-]+$/);
  assertNotEquals(made, "functions.get_weather:0");
  assertEquals(kept, "toolu_01");
  assertEquals(ids[1], [made, "toolu_01", made, "toolu_01", "x", "x"]);
});

test("an id that comes twice in a conversation is told apart turn by turn", () => {
  const turn = [calling("call_0"), result("call_0")];
  const { body, warnings } = sent({ messages: [HELLO, ...turn, ...turn] });
  const ids = body.messages.flatMap(blocks).map(({ id, tool_use_id }) => id ?? tool_use_id)
    .filter((id) => id !== undefined);
  assertEquals(ids[0], ids[1]);
  assertEquals(ids[2], ids[3]);
  assertNotEquals(ids[0], ids[2]);
  assertEquals(told({ warnings }), ["renamed messages.tool_calls.id"]);
});

test("every content part is written in its order", () => {
  const { body } = sent({
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "one" },
        { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } },
        { type: "text", text: "two" },
        { type: "image_url", image_url: { url: "data:image/JPG;name=x;base64,/9j/4AAQ" } },
        {
          type: "file",
          file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
        },
        { type: "file", file: { filename: "a.txt", file_data: "data:text/plain,Gr%C3%BC%C3%9Fe" } },
      ],
    }],
  });
  assertEquals(blocks(body.messages[0]!), [
    { type: "text", text: "one" },
    { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
    { type: "text", text: "two" },
    { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "/9j/4AAQ" } },
    {
      type: "document",
      source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
      title: "a.pdf",
    },
    {
      type: "document",
      source: { type: "text", media_type: "text/plain", data: "Grüße" },
      title: "a.txt",
    },
  ]);
});

test("media Anthropic has no block for are reported", () => {
  const asked = sent({
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "Listen" },
        { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
        { type: "image_url", image_url: { url: "data:image/svg+xml;base64,PHN2Zz4=" } },
      ],
    }],
  });
  assertEquals(types(asked.body.messages[0]!), ["text"]);
  assertEquals(told(asked), ["dropped messages.content"]);
});

test("pictures in the result of a tool stay in it", () => {
  const { body } = sent({
    messages: [
      HELLO,
      calling("a"),
      result("a", [
        { type: "text", text: "a picture" },
        { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw==" } },
      ]),
    ],
  });
  const [first] = blocks(body.messages[2]!);
  assertEquals(types(first as Parameters<typeof types>[0]), ["text", "image"]);
});

test("cache_control passes with its ttl, wherever it stands", () => {
  const cache_control = { type: "ephemeral", ttl: "1h" };
  const { body } = sent({
    messages: [
      { role: "system", content: [{ type: "text", text: "Be brief", cache_control }] },
      { role: "user", content: [{ type: "text", text: "Hello", cache_control }] },
      { ...calling("a"), cache_control },
      result("a", "sunny", { cache_control }),
      { role: "user", content: "And now?", cache_control },
    ],
    tools: [
      { type: "function", function: { name: "one" }, cache_control },
      { type: "function", function: { name: "two", cache_control } },
    ],
    cache_control,
  });
  const marked = [
    ...body.system as Json[],
    ...body.messages.flatMap(blocks),
    ...body.tools as Json[],
    body,
  ];
  assertEquals(marked.map((each) => each.cache_control), marked.map(() => cache_control));
});

test("system and developer turns are one system prompt", () => {
  const asked = sent({
    messages: [
      { role: "system", content: "One" },
      { role: "developer", content: "Two" },
      HELLO,
      { role: "system", content: "Three" },
    ],
  });
  assertEquals(asked.body.system, ["One", "Two", "Three"].map((text) => ({ type: "text", text })));
  assertEquals(asked.body.messages, [HELLO]);
  assertEquals(told(asked), ["emulated messages"]);
  assertEquals(sent({ messages: [{ role: "system", content: "One" }, HELLO] }).body.system, "One");
});

test("what is blank is left out, and a turn that has nothing else says that it is empty", () => {
  const { body } = sent({
    messages: [
      { role: "system", content: "  " },
      { role: "user", content: [{ type: "text", text: "" }, { type: "text", text: "Hello" }] },
      { role: "assistant", content: "", tool_calls: [toolCall("a")] },
      result("a", ""),
      { role: "assistant", content: "\n" },
      { role: "user", content: " " },
    ],
  });
  assertEquals(body.system, undefined);
  assertEquals(body.messages.map(types), [["text"], ["tool_use"], ["tool_result"], ["text"]]);
  assertEquals(blocks(body.messages[3]!)[0]?.text, "(empty)");
});

test("models that continue a last message get it without white space at its end", () => {
  const messages = [HELLO, { role: "assistant", content: "The answer is: \n" }];
  const { body, warnings } = sent({ messages });
  assertEquals(body.messages.at(-1), { role: "assistant", content: "The answer is:" });
  assertEquals(warnings, []);
});

test("models that refuse to continue a message are asked to go on", () => {
  const messages = [HELLO, { role: "assistant", content: "The answer is:" }];
  for (
    const model of ["claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-8", "claude-sonnet-5-5"]
  ) {
    const asked = sent({ messages }, model);
    assertEquals(asked.body.messages.at(-1)?.role, "user", model);
    assertEquals(told(asked), ["emulated messages"], model);
  }
});

test("a conversation that begins with the assistant gets a first word of the user's", () => {
  const { body } = sent({ messages: [{ role: "assistant", content: "Welcome" }, HELLO] });
  assertEquals(body.messages.map(({ role }) => role), ["user", "assistant", "user"]);
});

test("arguments that are no object are wrapped, and none are {}", () => {
  const asked = sent({
    messages: [
      HELLO,
      {
        role: "assistant",
        tool_calls: [
          toolCall("a", "f", '{"city":'),
          toolCall("b", "f", ""),
          toolCall("c", "f", "null"),
        ],
      },
      ...["a", "b", "c"].map((id) => result(id)),
    ],
  });
  assertEquals(blocks(asked.body.messages[1]!).map(({ input }) => input), [
    { _raw: '{"city":' },
    {},
    {},
  ]);
  assertEquals(told(asked), ["emulated messages.tool_calls.function.arguments"]);
});

test("the caller's body is never changed", () => {
  const body = {
    messages: [HELLO, calling("functions.x:0"), result("functions.x:0")],
    tools: [{
      type: "function",
      function: { name: "f", parameters: { anyOf: [{ type: "object" }] } },
    }],
    response_format: {
      type: "json_schema",
      json_schema: { name: "n", schema: { type: "object", properties: { a: { minimum: 1 } } } },
    },
  };
  const before = structuredClone(body);
  sent(body, MODEL);
  sent(body, "claude-3-haiku-20240307");
  assertEquals(body, before);
});
