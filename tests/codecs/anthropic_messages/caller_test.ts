/** Callers of Anthropic's dialect: what they ask of other providers, and what they read of their answers. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import type { ChatEvent } from "../../../lib/chat/event.ts";
import { GatewayError } from "../../../lib/errors.ts";
import { scanObject } from "../../../lib/json/scan_object.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { bytesOf, chunk, DEFAULTS, sse } from "../openai_chat/helpers.ts";
import { claude, HELLO, type Json, openai } from "./helpers.ts";

/** What OpenAI gets of a request of Anthropic's dialect. */
function asked(body: Json): Json {
  const request = claude.decodeRequest({ model: "m", max_tokens: 10, messages: [HELLO], ...body });
  return JSON.parse(
    openai.encodeRequest(request, { model: "m", stream: request.stream }).body,
  ) as Json;
}

/** The events a client of Anthropic's reads of OpenAI's stream. */
function read(wire: string): Json[] {
  const events = runStep(openai.streamDecoder(DEFAULTS), [bytesOf(wire)]);
  return written(events);
}

function written(events: ChatEvent[]): Json[] {
  return runStep(claude.streamEncoder({ usage: true }), events).map((text) => {
    const [name, data] = text.trim().split("\n");
    const event = JSON.parse(data!.slice(6)) as Json;
    assertEquals(name, `event: ${event.type}`);
    return event;
  });
}

test("a conversation with tools is OpenAI's, results as messages of their own", () => {
  const { messages, tools, tool_choice, parallel_tool_calls } = asked({
    system: [{ type: "text", text: "Be brief" }],
    messages: [
      HELLO,
      {
        role: "assistant",
        content: [
          { type: "text", text: "Let me look" },
          { type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Paris" } },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "toolu_1",
            content: [{ type: "text", text: "sunny" }],
          },
          { type: "text", text: "And tomorrow?" },
        ],
      },
    ],
    tools: [{ name: "get_weather", input_schema: { type: "object", properties: {} } }],
    tool_choice: { type: "any", disable_parallel_tool_use: true },
  });
  assertEquals((messages as Json[]).map(({ role }) => role), [
    "system",
    "user",
    "assistant",
    "tool",
    "user",
  ]);
  const [, , assistant, result] = messages as Json[];
  assertEquals(assistant!.tool_calls, [{
    id: "toolu_1",
    type: "function",
    function: { name: "get_weather", arguments: '{"city":"Paris"}' },
  }]);
  assertEquals(result!.tool_call_id, "toolu_1");
  assertEquals((tools as Json[])[0]!.function, {
    name: "get_weather",
    parameters: { type: "object", properties: {} },
  });
  assertEquals([tool_choice, parallel_tool_calls], ["required", false]);
});

test("a tool's name is the caller's own, also where it looks like one that was written for a provider", () => {
  const name = "a__u0__";
  const call = { type: "tool_use", id: "toolu_1", name, input: {} };
  const { messages, tools } = asked({
    messages: [
      HELLO,
      { role: "assistant", content: [call] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "1" }] },
    ],
    tools: [{ name, input_schema: { type: "object" } }],
  });
  const [called] = (messages as Json[])[1]!.tool_calls as Json[];
  assertEquals((called!.function as Json).name, name);
  assertEquals(((tools as Json[])[0]!.function as Json).name, name);
});

test("limits, samples, stops, users, formats and thinking have OpenAI's names", () => {
  const schema = { type: "object", properties: {} };
  const body = asked({
    temperature: 0.5,
    top_p: 0.9,
    stop_sequences: ["END"],
    metadata: { user_id: "u-1" },
    thinking: { type: "enabled", budget_tokens: 4096 },
    output_config: { format: { type: "json_schema", schema } },
    stream: true,
  });
  assertEquals(body.max_completion_tokens, 10);
  assertEquals([body.temperature, body.top_p, body.stop, body.user], [0.5, 0.9, ["END"], "u-1"]);
  assertEquals(body.reasoning_effort, "medium");
  assertEquals(body.response_format, {
    type: "json_schema",
    json_schema: { name: "response", schema },
  });
  assertEquals(body.stream_options, { include_usage: true });
});

test("pictures and documents are OpenAI's parts", () => {
  const { messages } = asked({
    messages: [{
      role: "user",
      content: [
        { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw==" } },
        { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
        {
          type: "document",
          title: "a.pdf",
          source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
        },
      ],
    }],
  });
  assertEquals((messages as Json[])[0]!.content, [
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw==" } },
    { type: "image_url", image_url: { url: "https://example.com/a.png" } },
    {
      type: "file",
      file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
    },
  ]);
});

test("requests that can't be read name what is wrong", () => {
  const param = (body: Json) =>
    assertThrows(
      () => claude.decodeRequest({ model: "m", messages: [HELLO], ...body }),
      GatewayError,
    )
      .param;
  assertEquals(param({ messages: "Hello" }), "messages");
  assertEquals(param({ messages: [{ role: "tool", content: "x" }] }), "messages[0].role");
  assertEquals(param({ messages: [{ role: "user", content: 5 }] }), "messages[0].content");
  assertEquals(param({ messages: [{ role: "user", content: ["x"] }] }), "messages[0].content[0]");
  assertEquals(param({ max_tokens: "5" }), "max_tokens");
  assertEquals(param({ tools: {} }), "tools");
  assertEquals(param({ tool_choice: { type: "some" } }), "tool_choice.type");
  assertEquals(param({ stop_sequences: "END" }), "stop_sequences");
  const peek = (text: string) =>
    assertThrows(() => claude.peekRequest(scanObject(text)), GatewayError).param;
  assertEquals(peek('{"messages":[]}'), "model");
  assertEquals(peek('{"model":"m"}'), "messages");
  assertEquals(peek('{"model":"m","messages":[],"stream":1}'), "stream");
});

test("OpenAI's stream becomes Anthropic's: a beginning, blocks in turn, an end with all counts", () => {
  const call = (index: number, id: string, args: string) => ({
    tool_calls: [{ index, id, type: "function", function: { name: "f", arguments: args } }],
  });
  const events = read(sse(
    chunk({ role: "assistant", content: "" }),
    chunk({ reasoning_content: "Hmm" }),
    chunk({ content: "Hel" }),
    chunk({ content: "lo" }),
    chunk(call(0, "call_1", "{}")),
    chunk(call(1, "call_2", '{"a":1}')),
    chunk({}, "tool_calls"),
    {
      ...chunk({}),
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 4 },
      },
    },
    "[DONE]",
  ));
  const blockTypes = events.flatMap(({ content_block }) => (content_block as Json)?.type ?? []);
  assertEquals(blockTypes, ["thinking", "text", "tool_use", "tool_use"]);
  const order = events.filter(({ type }) => /_(start|stop)$/.test(String(type)))
    .map(({ type, index }) => `${type} ${index ?? ""}`.replace("content_block_", "").trim());
  const blocks = [0, 1, 2, 3].flatMap((index) => [`start ${index}`, `stop ${index}`]);
  assertEquals(order, ["message_start", ...blocks, "message_stop"]);
  const end = events.at(-2)!;
  assertEquals((end.delta as Json).stop_reason, "tool_use");
  const usage = end.usage as Json;
  assertEquals(usage.input_tokens, 6);
  assertEquals(usage.cache_read_input_tokens, 4);
  assertEquals(usage.output_tokens, 5);
});

test("a text waits for its sources before it is closed", () => {
  const annotation = {
    type: "url_citation",
    url_citation: { url: "https://example.com", title: "Example", start_index: 0, end_index: 2 },
  };
  const events = read(sse(
    chunk({ role: "assistant", content: "Hi" }),
    chunk({ annotations: [annotation] }),
    chunk({}, "stop"),
    "[DONE]",
  ));
  const kinds = events.map(({ type, delta }) => (delta as Json)?.type ?? type);
  assertEquals(kinds.slice(1, -2), [
    "content_block_start",
    "text_delta",
    "citations_delta",
    "content_block_stop",
  ]);
});

test("calls that are streamed at once stay apart by their block", () => {
  const at = (index: number) => ({ choice: 0, index });
  const part = (id: string) =>
    ({ type: "tool_call", id, name: "f", arguments: "", kind: "function" }) as const;
  const events = written([
    { type: "start", id: "x", model: "m", created: 1 },
    { type: "part-start", ...at(0), part: part("a") },
    { type: "part-start", ...at(1), part: part("b") },
    { type: "part-delta", ...at(0), delta: '{"a":1}' },
    { type: "part-delta", ...at(1), delta: '{"b":2}' },
    { type: "part-end", ...at(1) },
    { type: "part-end", ...at(0) },
    { type: "finish", choice: 0, reason: "tool_call" },
  ]);
  const deltas = events.filter(({ type }) => type === "content_block_delta");
  assertEquals(deltas.map(({ index, delta }) => [index, (delta as Json).partial_json]), [
    [0, '{"a":1}'],
    [1, '{"b":2}'],
  ]);
});

test("a thought of another model finds its way back through a caller of Anthropic's dialect", () => {
  const details = [{
    type: "reasoning.encrypted",
    data: "Z2Vt",
    format: "google-gemini-v1",
    index: 0,
  }];
  const given = JSON.stringify({
    id: "x",
    created: 1,
    model: "m",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Hi", reasoning_details: details },
      finish_reason: "stop",
    }],
  });
  const answer = JSON.parse(claude.encodeResponse(openai.decodeResponse(given, DEFAULTS))) as Json;
  const { messages } = asked({
    messages: [HELLO, { role: "assistant", content: answer.content }, HELLO],
  });
  assertEquals((messages as Json[])[1]!.reasoning_details, details);
});

test("a refusal of OpenAI's is Anthropic's", () => {
  const given = JSON.stringify({
    id: "x",
    created: 1,
    model: "m",
    choices: [{
      index: 0,
      message: { role: "assistant", content: null, refusal: "No" },
      finish_reason: "stop",
    }],
  });
  const answer = JSON.parse(claude.encodeResponse(openai.decodeResponse(given, DEFAULTS))) as Json;
  assertEquals(answer.stop_reason, "refusal");
  assertEquals(answer.stop_details, { type: "refusal", category: null, explanation: "No" });
});
