import { test } from "node:test";
import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { openaiChat, type OpenAIChatProfile } from "../../../lib/codecs/openai_chat/mod.ts";
import type { Message, Part } from "../../../lib/chat/request.ts";
import { GatewayError } from "../../../lib/errors.ts";

type Body = Record<string, unknown>;

const codec = openaiChat();

function encode(body: Body, profile: OpenAIChatProfile = {}) {
  const request = codec.decodeRequest({ model: "m", ...body });
  const encoded = openaiChat(profile).encodeRequest(request, {
    model: "m",
    stream: request.stream,
  });
  return { body: JSON.parse(encoded.body) as Body, warnings: encoded.warnings };
}

/** The body is what comes back, member for member. */
function survives(body: Body): void {
  assertEquals(encode(body).body, { model: "m", ...body });
}

function saying(...content: unknown[]): Body {
  return { messages: [{ role: "user", content }] };
}

function partsOf(...content: unknown[]): Part[] {
  return codec.decodeRequest({ model: "m", ...saying(...content) }).messages[0]!.parts;
}

test("everything OpenAI's request has comes back", () => {
  survives({
    messages: [{ role: "developer", content: "d", name: "n" }, { role: "user", content: "u" }],
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: false },
    tools: [
      {
        type: "function",
        function: { name: "f", description: "", parameters: { type: "object" }, strict: true },
      },
      { type: "web_search", x: 1 },
      { type: "custom", custom: { name: "c", description: "d", format: { type: "text" } } },
    ],
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "required", tools: [{ type: "function" }] },
    },
    parallel_tool_calls: false,
    response_format: {
      type: "json_schema",
      json_schema: { name: "r", schema: { type: "object" }, strict: true },
    },
    max_completion_tokens: 5,
    temperature: 0,
    top_p: 0.5,
    stop: ["a"],
    seed: 1,
    frequency_penalty: 0.1,
    presence_penalty: -0.1,
    n: 2,
    logprobs: true,
    top_logprobs: 3,
    reasoning_effort: "low",
    user: "u",
    metadata: { a: "b" },
    logit_bias: { "5": -100 },
    service_tier: "flex",
    store: false,
    modalities: ["text", "audio"],
    audio: { voice: "alloy", format: "mp3" },
    prediction: { type: "content", content: "x" },
    verbosity: "low",
    web_search_options: {},
    prompt_cache_key: "k",
    unheard_of: [1, { a: null }],
  });
});

test("the deprecated functions come back as such, and mean tools", () => {
  const body = {
    messages: [
      { role: "user", content: "u" },
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "r" },
    ],
    functions: [{ name: "f", parameters: { type: "object" } }],
    function_call: { name: "f" },
  };
  survives(body);
  const request = codec.decodeRequest({ model: "m", ...body });
  assertEquals(request.tools?.[0]?.name, "f");
  assertEquals(request.toolChoice, { type: "tool", name: "f", kind: "function" });
  const [call, result] = request.messages.slice(1).map((message) =>
    message.parts[0] as { id: string }
  );
  assertEquals(call!.id, result!.id);
});

test("an assistant's message comes back with all it said, thought and called", () => {
  survives({
    messages: [{
      role: "assistant",
      content: [{ type: "text", text: "a" }, { type: "refusal", refusal: "r" }],
      name: "n",
      reasoning_content: "hm",
      reasoning_details: [
        { type: "reasoning.text", text: "hm", signature: "s", format: "f", index: 0 },
        { type: "reasoning.encrypted", data: "d", id: "i", index: 1 },
      ],
      audio: { id: "audio_1" },
      tool_calls: [
        {
          id: "a",
          type: "function",
          function: { name: "f", arguments: "{}" },
          extra_content: { google: { thought_signature: "t" } },
        },
        { id: "b", type: "custom", custom: { name: "c", input: "x" } },
      ],
      something: "else",
    }, { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "r" }] }],
  });
});

test("lists of one text or of nothing stay lists, strings stay strings", () => {
  survives({
    messages: [{ role: "user", content: [{ type: "text", text: "a" }] }, {
      role: "system",
      content: [],
    }, { role: "user", content: "" }],
  });
});

test("media parts come back exactly", () => {
  survives(saying(
    { type: "text", text: "a", cache_control: { type: "ephemeral" } },
    { type: "image_url", image_url: { url: "https://a.example/b.png", detail: "high" } },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    { type: "image_url", image_url: { url: "DATA:Image/JPG;name=a%20b.jpg;BASE64,AAAA" } },
    { type: "image_url", image_url: { url: "data:image/svg+xml,%3Csvg/%3E" } },
    { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
    { type: "file", file: { file_id: "file_1" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
    { type: "file", file: { filename: "a.pdf", file_data: "AAAA" } },
    { type: "file", file: { filename: "a.pdf", file_data: "https://a.example/a.pdf" } },
    { type: "video_url", video_url: { url: "https://a.example/a.mp4" } },
    { type: "unheard_of", x: 1 },
  ));
});

test("data URIs are read with any case and any parameters", () => {
  const [part, svg] = partsOf(
    { type: "image_url", image_url: { url: "DATA:Image/JPG;name=a;BASE64,AAAA" } },
    { type: "image_url", image_url: { url: "data:image/svg+xml,%3Csvg/%3E" } },
  );
  assertEquals(part!.type === "blob" && [part.mimeType, part.content], ["image/jpeg", "AAAA"]);
  assertEquals(svg!.type === "blob" && [svg.mimeType, atob(svg.content)], [
    "image/svg+xml",
    "<svg/>",
  ]);
});

test("of two token limits max_completion_tokens counts", () => {
  assertEquals(
    codec.decodeRequest({ model: "m", messages: [], max_tokens: 1, max_completion_tokens: 2 })
      .maxTokens,
    2,
  );
  assertEquals(codec.decodeRequest({ model: "m", messages: [], max_tokens: 1 }).maxTokens, 1);
});

test("null stands for absent", () => {
  const body = {
    messages: [{ role: "user", content: "a" }],
    temperature: null,
    tools: null,
    stop: null,
    stream: null,
    user: null,
  };
  assertEquals(encode(body).body, { model: "m", messages: body.messages });
});

test("a profile renames and leaves out", () => {
  const { body, warnings } = encode({ messages: [], max_tokens: 5, seed: 1, stream: true }, {
    rename: { max_completion_tokens: "max_tokens" },
    drops: ["seed"],
    asksUsage: false,
  });
  assertEquals(body, { model: "m", messages: [], stream: true, max_tokens: 5 });
  assertEquals(warnings, [
    { kind: "dropped", param: "seed" },
    { kind: "renamed", param: "max_completion_tokens", to: "max_tokens" },
  ]);
});

test("reasoning under other gateways' names is understood", () => {
  const [thinking, plain] = codec.decodeRequest({
    model: "m",
    messages: [
      {
        role: "assistant",
        content: "a",
        thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }],
      },
      { role: "assistant", content: "a", reasoning: "hm" },
    ],
  }).messages.map((message) => message.parts[0]);
  assertEquals(thinking, {
    type: "reasoning",
    content: "hm",
    signature: "s",
    format: "anthropic-claude-v1",
  });
  assertEquals(plain, { type: "reasoning", content: "hm" });
});

function encodeMessages(...messages: Message[]) {
  const { body, warnings } = codec.encodeRequest({ model: "m", messages, stream: false }, {
    model: "m",
    stream: false,
  });
  return { messages: JSON.parse(body).messages, warnings };
}

test("tool results of one turn become a message each, pictures among them follow", () => {
  const { messages, warnings } = encodeMessages({
    role: "user",
    parts: [
      {
        type: "tool_call_response",
        id: "a",
        response: [{ type: "text", content: "x" }],
        isError: true,
      },
      {
        type: "tool_call_response",
        id: "b",
        response: [{ type: "uri", modality: "image", uri: "https://a.example" }],
      },
      { type: "text", content: "so?" },
    ],
  });
  assertEquals(messages, [
    { role: "tool", tool_call_id: "a", content: "x" },
    { role: "tool", tool_call_id: "b", content: "" },
    { role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example" } }] },
    { role: "user", content: "so?" },
  ]);
  assertEquals(warnings.map(({ kind }) => kind), ["dropped", "emulated"]);
});

test("ids too long for OpenAI are shortened alike in call and result", () => {
  const id = "call_".padEnd(64, "x");
  const { messages } = encodeMessages(
    {
      role: "assistant",
      parts: [{ type: "tool_call", id, name: "f", arguments: "", kind: "function" }],
    },
    { role: "tool", parts: [{ type: "tool_call_response", id, response: [] }] },
  );
  const short = messages[0].tool_calls[0].id;
  assertEquals(messages[1].tool_call_id, short);
  assertEquals([short.length <= 40, messages[0].tool_calls[0].function.arguments], [true, "{}"]);
});

const REFUSED: [string, Body][] = [
  ["messages", { messages: "hi" }],
  ["messages", { messages: ["hi"] }],
  ["messages[1].role", {
    messages: [{ role: "user", content: "a" }, { role: "god", content: "b" }],
  }],
  ["messages[0].content", { messages: [{ role: "user", content: 5 }] }],
  ["messages[0].content[1]", { messages: [{ role: "user", content: ["a", 5] }] }],
  ["temperature", { messages: [], temperature: "hot" }],
  ["stream", { messages: [], stream: "yes" }],
  ["stop", { messages: [], stop: [1] }],
  ["tools", { messages: [], tools: {} }],
  ["tools", { messages: [], tools: [{ type: "function", function: {} }] }],
  ["tool_choice", { messages: [], tool_choice: "maybe" }],
  ["n", { messages: [], n: "2" }],
];

for (const [param, body] of REFUSED) {
  test(`${JSON.stringify(body)} is refused and ${param} named`, () => {
    const error = assertThrows(() => codec.decodeRequest({ model: "m", ...body }));
    assertInstanceOf(error, GatewayError);
    assertEquals([error.status, error.param], [400, param]);
    assertStringIncludes(error.message, param);
  });
}
