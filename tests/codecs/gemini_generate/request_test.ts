import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { ChatRequest, Message, Part, Tool } from "../../../lib/chat/request.ts";
import { GatewayError } from "../../../lib/errors.ts";
import { googleAiStudio } from "../../../lib/providers/google_ai_studio.ts";
import { googleVertexAi } from "../../../lib/providers/google_vertex_ai.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { requestSchema } from "../../support/specs/mod.ts";
import { codec, encode as encodePlain, type Json, user } from "./helpers.ts";

const studio = googleAiStudio.codec as typeof codec;
const vertex = googleVertexAi.codec as typeof codec;

function encode(request: Partial<ChatRequest>, model = "gemini-3-pro", target = studio) {
  return encodePlain(request, target, model);
}

/** A conversation in OpenAI's words. */
function fromOpenai(body: Json): ChatRequest {
  return openaiChat().decodeRequest({ model: "gemini-3-pro", ...body });
}

function call(id: string, name: string, args: Json = {}, more: Partial<Part> = {}): Part {
  return {
    type: "tool_call",
    id,
    name,
    arguments: JSON.stringify(args),
    kind: "function",
    ...more,
  } as Part;
}

function result(id: string, content: string): Message {
  return {
    role: "tool",
    parts: [{ type: "tool_call_response", id, response: [{ type: "text", content }] }],
  };
}

function tool(name: string, parameters?: Json, more: Partial<Tool> = {}): Tool {
  return { kind: "function", name, ...(parameters && { parameters }), ...more };
}

const CITY: Json = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
};

const contentsOf = (body: Json) => body.contents as { role: string; parts: Json[] }[];
const configOf = (body: Json) => (body.generationConfig ?? {}) as Json;

test("the model and the stream stand in the path", () => {
  assertEquals(encode({ stream: true }).path, "/models/gemini-3-pro:streamGenerateContent?alt=sse");
  assertEquals(encode({}, "tunedModels/mine-1").path, "/tunedModels/mine-1:generateContent");
  const path = (model: string) => encode({}, model, vertex).path;
  assertEquals(
    path("google/gemini-3-pro"),
    "/publishers/google/models/gemini-3-pro:generateContent",
  );
  assertEquals(path("gemini-3-pro"), "/publishers/google/models/gemini-3-pro:generateContent");
  assertEquals(path("endpoints/123"), "/endpoints/123:generateContent");
});

test("nothing in a model's name ends the path or climbs out of it", () => {
  assertEquals(
    encode({}, "/x?key=1#y:z//").path,
    "/models/x%3Fkey%3D1%23y%3Az:generateContent",
  );
  for (const name of ["../../x", "..", ".", "/", "a/../b", "\ud800"]) {
    assertThrows(() => encode({}, name), GatewayError, "model");
  }
});

test("all system messages become one instruction, wherever they stand", () => {
  const { body } = encode({
    messages: [
      { role: "system", parts: [{ type: "text", content: "One." }] },
      user("Hi"),
      { role: "developer", parts: [{ type: "text", content: "Two." }] },
    ],
  });
  assertEquals(body.systemInstruction, { parts: [{ text: "One." }, { text: "Two." }] });
  assertEquals(body.contents, [{ role: "user", parts: [{ text: "Hi" }] }]);
});

test("a model without a system instruction is told in the first turn", () => {
  const { body, told } = encode({
    messages: [{ role: "system", parts: [{ type: "text", content: "Be brief." }] }, user("Hi")],
  }, "gemma-3-27b-it");
  assertEquals(body, {
    contents: [{ role: "user", parts: [{ text: "Be brief." }, { text: "Hi" }] }],
  });
  assertEquals(told, ["emulated messages.role"]);
});

test("an instruction alone still has a turn of the user's beside it", () => {
  const { body } = encode({
    messages: [{ role: "system", parts: [{ type: "text", content: "Begin." }] }],
  });
  assertEquals(body.contents, [{ role: "user", parts: [{ text: " " }] }]);
});

test("turns alternate, and empty texts stay out", () => {
  const { body } = encode({
    messages: [
      { role: "assistant", parts: [{ type: "text", content: "Welcome" }] },
      user("One"),
      user(""),
      user("Two"),
      { role: "assistant", parts: [{ type: "text", content: "" }] },
      { role: "assistant", parts: [{ type: "text", content: "Yes" }] },
    ],
  });
  assertEquals(body.contents, [
    { role: "user", parts: [{ text: " " }] },
    { role: "model", parts: [{ text: "Welcome" }] },
    { role: "user", parts: [{ text: "One" }, { text: "Two" }] },
    { role: "model", parts: [{ text: "Yes" }] },
  ]);
});

test("results stand in one turn, in the order of the calls, under the calls' names", () => {
  const { body, told } = encode(
    {
      messages: [
        user("Hi"),
        { role: "assistant", parts: [call("call_1", "one"), call("call_2", "two")] },
        result("call_2", "second"),
        result("call_1", '{"first":1}'),
        user("And?"),
      ],
    },
    "gemini-2.5-flash",
    vertex,
  );
  assertEquals(contentsOf(body).slice(1), [
    {
      role: "model",
      parts: [
        { functionCall: { name: "one", args: {} } },
        { functionCall: { name: "two", args: {} } },
      ],
    },
    {
      role: "user",
      parts: [
        { functionResponse: { name: "one", response: { first: 1 } } },
        { functionResponse: { name: "two", response: { result: "second" } } },
        { text: "And?" },
      ],
    },
  ]);
  assertEquals(told, []);
});

test("equal ids in different turns are paired within their turn", () => {
  const turn = (name: string, content: string): Message[] => [
    { role: "assistant", parts: [call("same", name)] },
    result("same", content),
  ];
  const { body } = encode({ messages: [user("Hi"), ...turn("one", "1"), ...turn("two", "2")] });
  const names = contentsOf(body).flatMap(({ parts }) => parts)
    .flatMap((part) => part.functionResponse ?? []).map((each) => (each as Json).name);
  assertEquals(names, ["one", "two"]);
});

test("results whose ids a client has changed are paired by their order", () => {
  const { body } = encode({
    messages: [
      user("Hi"),
      { role: "assistant", parts: [call("a", "one"), call("b", "two")] },
      result("x", "1"),
      result("y", "2"),
    ],
  });
  const responses = contentsOf(body)[2]!.parts.map((part) => part.functionResponse as Json);
  assertEquals(responses.map(({ name, response }) => [name, response]), [
    ["one", { result: "1" }],
    ["two", { result: "2" }],
  ]);
});

test("a call without a result gets one that says so, and a result without a call is told", () => {
  const { body, told } = encode({
    messages: [
      user("Hi"),
      { role: "assistant", parts: [call("a", "one"), call("b", "two")] },
      result("b", "2"),
      user("And?"),
      result("z", "lost"),
    ],
  });
  const [, , answers] = contentsOf(body);
  assertEquals(
    answers!.parts.map((part) => (part.functionResponse as Json | undefined)?.response ?? part),
    [
      { error: "There is no result" },
      { result: "2" },
      { text: "And?" },
      { text: "Result of a tool: lost" },
    ],
  );
  assertEquals(told.sort(), ["emulated messages", "filled messages.tool_calls.extra_content"]);
});

test("ids of calls go to AI Studio only, and ids made for the caller nowhere", () => {
  const messages: Message[] = [
    user("Hi"),
    { role: "assistant", parts: [call("toolu_1", "one"), call("call_r1c0t1", "two")] },
    result("toolu_1", "1"),
    result("call_r1c0t1", "2"),
  ];
  const ids = (target: typeof codec) =>
    contentsOf(encode({ messages }, "gemini-3-pro", target).body).flatMap(({ parts }) => parts)
      .flatMap((part) => [part.functionCall, part.functionResponse].filter(Boolean))
      .map((each) => (each as Json).id);
  assertEquals(ids(studio), ["toolu_1", undefined, "toolu_1", undefined]);
  assertEquals(ids(vertex), [undefined, undefined, undefined, undefined]);
});

test("signatures come back unchanged on the calls that had them", () => {
  const request = fromOpenai({
    messages: [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: "a",
            type: "function",
            function: { name: "one", arguments: "{}" },
            extra_content: { google: { thought_signature: "sig-A" } },
          },
          { id: "b", type: "function", function: { name: "two", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: "1" },
      { role: "tool", tool_call_id: "b", content: "2" },
    ],
  });
  const [, model] = contentsOf(encode(request).body);
  assertEquals(model!.parts.map(({ thoughtSignature }) => thoughtSignature), ["sig-A", undefined]);
});

test("other gateways' places for a signature are read too", () => {
  const signed = (more: Json, inner: Json = {}) => {
    const { body } = encode(fromOpenai({
      messages: [{ role: "user", content: "Hi" }, {
        role: "assistant",
        tool_calls: [{
          id: "a",
          type: "function",
          function: { name: "one", arguments: "{}", ...inner },
          ...more,
        }],
      }],
    }));
    return contentsOf(body)[1]!.parts[0]!.thoughtSignature;
  };
  assertEquals(signed({ provider_specific_fields: { thought_signature: "B" } }), "B");
  assertEquals(signed({}, { thought_signature: "C" }), "C");
});

test("a call of Gemini 3 that lost its signature gets the word that Google accepts for one", () => {
  const messages: Message[] = [
    user("Hi"),
    { role: "assistant", parts: [call("a", "one"), call("b", "two")] },
    result("a", "1"),
    result("b", "2"),
  ];
  const signatures = (model: string, target: typeof codec) =>
    contentsOf(encode({ messages }, model, target).body)[1]!.parts.map(({ thoughtSignature }) =>
      thoughtSignature
    );
  for (const target of [studio, vertex]) {
    assertEquals(signatures("gemini-3-pro", target), [
      "skip_thought_signature_validator",
      undefined,
    ]);
    assertEquals(signatures("gemini-9-new", target), [
      "skip_thought_signature_validator",
      undefined,
    ]);
    assertEquals(signatures("gemini-2.5-pro", target), [undefined, undefined]);
  }
  assertEquals(encode({ messages }, "gemini-3-pro").told, [
    "filled messages.tool_calls.extra_content",
  ]);
});

test("Google's own thoughts go back in their place, another provider's stay out", () => {
  const { body, told } = encode({
    messages: [user("Hi"), {
      role: "assistant",
      parts: [
        { type: "reasoning", content: "Hm", signature: "s1", format: "google-gemini-v1" },
        { type: "reasoning", content: "Foreign", signature: "s2", format: "anthropic-claude-v1" },
        { type: "text", content: "Yes" },
      ],
    }],
  });
  assertEquals(contentsOf(body)[1]!.parts, [
    { text: "Hm", thought: true, thoughtSignature: "s1" },
    { text: "Yes" },
  ]);
  assertEquals(told, ["dropped messages.reasoning_content"]);
});

test("a signature that a client returns as an encrypted detail signs the first call", () => {
  const { body } = encode(fromOpenai({
    messages: [{ role: "user", content: "Hi" }, {
      role: "assistant",
      content: null,
      reasoning_details: [{ type: "reasoning.encrypted", data: "sig", format: "google-gemini-v1" }],
      tool_calls: [{ id: "a", type: "function", function: { name: "one", arguments: "{}" } }],
    }],
  }));
  assertEquals(contentsOf(body)[1]!.parts, [
    { functionCall: { id: "a", name: "one", args: {} }, thoughtSignature: "sig" },
  ]);
});

test("arguments that are no object are shown instead of breaking the request", () => {
  const args = (text: string) => {
    const part = { ...call("a", "one"), arguments: text } as Part;
    const { body } = encode({ messages: [user("Hi"), { role: "assistant", parts: [part] }] });
    return (contentsOf(body)[1]!.parts[0]!.functionCall as Json).args;
  };
  assertEquals([args(""), args("null"), args("{bad"), args("[1]")], [
    {},
    {},
    { _raw: "{bad" },
    { _raw: "[1]" },
  ]);
});

test("tools go in one list, without empty schemas, and the choice becomes a mode", () => {
  const tools = [
    tool("one", CITY, { description: "First" }),
    tool("two"),
    tool("three", { type: "object", properties: {} }),
  ];
  const { body } = encode({ tools });
  assertEquals(body.tools, [{
    functionDeclarations: [
      { name: "one", description: "First", parametersJsonSchema: CITY },
      { name: "two" },
      { name: "three" },
    ],
  }]);
  assertEquals(body.toolConfig, undefined);
  const calling = (toolChoice: ChatRequest["toolChoice"]) =>
    (encode({ tools, toolChoice }).body.toolConfig as Json).functionCallingConfig;
  assertEquals(calling({ type: "auto" }), { mode: "AUTO" });
  assertEquals(calling({ type: "none" }), { mode: "NONE" });
  assertEquals(calling({ type: "required" }), { mode: "ANY" });
  assertEquals(calling({ type: "tool", name: "two", kind: "function" }), {
    mode: "ANY",
    allowedFunctionNames: ["two"],
  });
});

test("allowed_tools become the names a model may call", () => {
  const calling = (mode: string) => {
    const request = fromOpenai({
      messages: [{ role: "user", content: "Hi" }],
      tools: [{ type: "function", function: { name: "one", parameters: CITY } }],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode, tools: [{ type: "function", function: { name: "one" } }] },
      },
    });
    return (encode(request).body.toolConfig as Json).functionCallingConfig;
  };
  assertEquals(calling("required"), { mode: "ANY", allowedFunctionNames: ["one"] });
  assertEquals(calling("auto"), { mode: "VALIDATED", allowedFunctionNames: ["one"] });
});

test("strict functions are validated where a model can, and told of where it cannot", () => {
  const tools = [tool("one", CITY, { strict: true })];
  assertEquals(encode({ tools }).body.toolConfig, { functionCallingConfig: { mode: "VALIDATED" } });
  assertEquals(encode({ tools }, "gemini-2.0-flash").told, ["dropped tools.function.strict"]);
});

test("Google's own tools stand beside functions from Gemini 3 on", () => {
  const request = fromOpenai({
    messages: [{ role: "user", content: "Hi" }],
    tools: [
      { type: "function", function: { name: "one", parameters: CITY } },
      { google_search: {} },
      { type: "file_search" },
    ],
  });
  const { body, told } = encode(request);
  assertEquals((body.tools as Json[])[1], { googleSearch: {} });
  assertEquals(body.toolConfig, { includeServerSideToolInvocations: true });
  assertEquals(told, ["dropped tools"]);
  assertEquals((encode(request, "gemini-2.5-flash").body.tools as Json[]).length, 1);
  const search = fromOpenai({
    messages: [{ role: "user", content: "Hi" }],
    web_search_options: {},
  });
  assertEquals(encode(search, "gemini-2.5-flash").body.tools, [{ googleSearch: {} }]);
});

const SCHEMA: Json = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  additionalProperties: false,
  $defs: { Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } } } },
  properties: {
    kind: { const: "a" },
    level: { enum: [1, 2] },
    note: { type: ["string", "null"], format: "email" },
    many: { type: "array", uniqueItems: true },
    either: {
      oneOf: [{ type: "string" }, { type: "integer" }, { type: "null" }],
      description: "One",
    },
    node: { $ref: "#/$defs/Node" },
    both: { allOf: [{ type: "object", properties: { a: { type: "string" } }, required: ["a"] }] },
  },
  required: ["kind", "gone"],
};

test("new models get the JSON Schema itself; what it lacks is told in a description", () => {
  const { body, told } = encode({
    outputFormat: { type: "json_schema", name: "x", schema: SCHEMA, strict: true },
  }, "gemini-2.5-flash");
  const schema = configOf(body).responseJsonSchema as { properties: Json } & Json;
  assertEquals(configOf(body).responseMimeType, "application/json");
  assertEquals([schema.$schema, schema.additionalProperties, schema.$defs], [
    undefined,
    false,
    SCHEMA.$defs,
  ]);
  assertEquals(schema.properties.kind, { enum: ["a"] });
  assertEquals(schema.properties.many, { type: "array", description: "uniqueItems: true" });
  assertEquals((schema.properties.both as Json).required, ["a"]);
  assertEquals(told, ["emulated response_format.json_schema"]);
});

test("old models get OpenAPI's subset, with references resolved and losses told", () => {
  const before = structuredClone(SCHEMA);
  const { body, told } = encode({
    outputFormat: { type: "json_schema", name: "x", schema: SCHEMA },
    tools: undefined,
  }, "gemini-2.0-flash");
  const schema = configOf(body).responseSchema as { properties: Record<string, Json> } & Json;
  const { kind, level, note, either, many } = schema.properties;
  assertEquals(kind, { type: "STRING", enum: ["a"], format: "enum" });
  assertEquals(level, { type: "STRING", enum: ["1", "2"], format: "enum" });
  assertEquals(note, { type: "STRING", nullable: true, description: "format: email" });
  assertEquals(either, {
    anyOf: [{ description: "One", type: "STRING" }, { description: "One", type: "INTEGER" }],
    nullable: true,
  });
  assertEquals(many!.items, { type: "STRING" });
  assertEquals(schema.required, ["kind"]);
  assertEquals(schema.propertyOrdering, Object.keys(SCHEMA.properties as Json));
  assertEquals(told, ["emulated response_format.json_schema"]);
  assertEquals(SCHEMA, before);
  assertEquals(requestSchema("gemini")?.(body), undefined);
  assertEquals(requestSchema("aiplatform")?.(body), undefined);
});

test("schemas that refer to themselves, to each other or to everything come to an end", () => {
  const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`p${at}`, ref("Many")]));
  const schema = {
    $defs: {
      A: ref("B"),
      B: ref("A"),
      Self: ref("Self"),
      Many: { type: "object", properties: many },
    },
    type: "object",
    properties: { a: ref("A"), self: ref("Self"), many: ref("Many"), gone: ref("constructor") },
  };
  const { body, told } = encode({
    outputFormat: { type: "json_schema", name: "x", schema },
  }, "gemini-2.0-flash");
  assert(JSON.stringify(body).length < 2_000_000);
  assertEquals(told, ["emulated response_format.json_schema"]);
  assertEquals(requestSchema("gemini")?.(body), undefined);
});

test("a message's own signature goes to its last text", () => {
  const { body } = encode(fromOpenai({
    messages: [{ role: "user", content: "Hi" }, {
      role: "assistant",
      content: "Yes",
      extra_content: { google: { thought_signature: "sig" } },
    }],
  }));
  assertEquals(contentsOf(body)[1]!.parts, [{ text: "Yes", thoughtSignature: "sig" }]);
});

test("a format beside tools is left to Gemini 3", () => {
  const both = { tools: [tool("one", CITY)], outputFormat: { type: "json" as const } };
  assertEquals(configOf(encode(both).body).responseMimeType, "application/json");
  assertEquals(encode(both, "gemini-2.5-flash").told, ["dropped response_format"]);
});

test("an effort becomes a level or a budget, by the model", () => {
  const thinking = (model: string, reasoningEffort: string) =>
    configOf(encode({ reasoningEffort }, model).body).thinkingConfig;
  assertEquals(thinking("gemini-3-pro-preview", "low"), {
    thinkingLevel: "LOW",
    includeThoughts: true,
  });
  assertEquals(thinking("gemini-3-pro-preview", "none"), { thinkingLevel: "LOW" });
  assertEquals(thinking("gemini-3.1-pro-preview", "medium"), {
    thinkingLevel: "MEDIUM",
    includeThoughts: true,
  });
  assertEquals(thinking("gemini-3.5-flash", "none"), { thinkingLevel: "MINIMAL" });
  assertEquals(thinking("gemini-3.5-flash", "xhigh"), {
    thinkingLevel: "HIGH",
    includeThoughts: true,
  });
  assertEquals(thinking("gemini-2.5-flash", "none"), { thinkingBudget: 0 });
  assertEquals(thinking("gemini-2.5-flash", "medium"), {
    thinkingBudget: 8192,
    includeThoughts: true,
  });
  assertEquals(thinking("gemini-2.5-pro", "none"), { thinkingBudget: 128 });
  assertEquals(thinking("gemini-2.5-pro", "max"), {
    thinkingBudget: 32_768,
    includeThoughts: true,
  });
  assertEquals(thinking("gemini-2.0-flash", "high"), undefined);
  assertEquals(encode({ reasoningEffort: "high" }, "gemini-2.0-flash").told, [
    "dropped reasoning_effort",
  ]);
  assertEquals(encode({ reasoningEffort: "none" }, "gemini-2.0-flash").told, []);
});

test("parameters stay in Google's ranges, and what it refuses is reported", () => {
  const { body, told } = encode({
    maxTokens: 100,
    stopSequences: ["1", "2", "3", "4", "5", "6"],
    seed: 2 ** 40 + 5,
    choiceCount: 20,
    logprobs: { top: 0 },
    presencePenalty: 1,
    parallelToolCalls: true,
    user: "me",
    metadata: { a: "b" },
  }, "gemini-2.5-flash-lite");
  assertEquals(configOf(body), {
    maxOutputTokens: 100,
    stopSequences: ["1", "2", "3", "4", "5"],
    seed: 5,
    candidateCount: 8,
  });
  assertEquals(told.sort(), [
    "clamped n",
    "clamped seed",
    "clamped stop",
    "dropped logprobs",
    "dropped metadata",
    "dropped presence_penalty",
    "dropped user",
  ]);
});

test("what Google has no place for is reported", () => {
  const { told } = encode({
    messages: [{ ...user("Hi"), name: "Ada" }],
    tools: [tool("one", CITY)],
    parallelToolCalls: false,
  });
  assertEquals(told.sort(), ["dropped messages.name", "dropped parallel_tool_calls"]);
});

test("Google's settings in a caller's own words arrive, and nothing unknown leaks", () => {
  const { body, told } = encode(fromOpenai({
    messages: [{ role: "user", content: "Hi" }],
    top_k: 5,
    service_tier: "flex",
    safety_settings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
    modalities: ["text", "image"],
    extra_body: { google: { thinking_config: { thinking_budget: 7, include_thoughts: true } } },
    store: true,
    logit_bias: {},
    prompt_cache_key: "x",
  }));
  assertEquals(body.serviceTier, "flex");
  assertEquals(body.safetySettings, [{
    category: "HARM_CATEGORY_HARASSMENT",
    threshold: "BLOCK_NONE",
  }]);
  assertEquals(configOf(body), {
    topK: 5,
    responseModalities: ["TEXT", "IMAGE"],
    thinkingConfig: { thinkingBudget: 7, includeThoughts: true },
  });
  assertEquals(told.sort(), ["dropped logit_bias", "dropped prompt_cache_key", "dropped store"]);
});

test("Vertex takes metadata as labels and no service tier", () => {
  const { body, told } = encode(
    {
      metadata: { team: "Blue Sky" },
      extensions: { openai_chat: { service_tier: "flex" } },
    },
    "gemini-3-pro",
    vertex,
  );
  assertEquals(body.labels, { team: "blue_sky" });
  assertEquals(told.sort(), ["dropped service_tier", "emulated metadata"]);
});

test("what is cached holds the instruction and the tools", () => {
  const { body } = encode({
    messages: [{ role: "system", parts: [{ type: "text", content: "S" }] }, user("Hi")],
    tools: [tool("one", CITY)],
    extensions: { openai_chat: { cached_content: "cachedContents/1" } },
  });
  assertEquals(Object.keys(body).sort(), ["cachedContent", "contents"]);
});

test("media go inline or by address, with a type in either case", () => {
  const { body, told } = encode(fromOpenai({
    messages: [{
      role: "user",
      content: [
        { type: "image_url", image_url: { url: "DATA:image/JPG;name=a.b;Base64,AAAA" } },
        { type: "image_url", image_url: { url: "https://x.test/a.webp?size=1" } },
        { type: "image_url", image_url: { url: "gs://bucket/a" } },
        { type: "input_audio", input_audio: { data: "BBBB", format: "wav" } },
        { type: "video_url", video_url: { url: "https://www.youtube.com/watch?v=1" } },
        {
          type: "file",
          file: { filename: "a.pdf", file_data: "data:application/pdf;base64,CCCC" },
        },
        { type: "file", file: { filename: "b.txt", file_data: "DDDD" } },
        { type: "file", file: { file_id: "files/abc" } },
        { type: "file", file: { file_id: "file-openai" } },
      ],
    }],
  }));
  assertEquals(contentsOf(body)[0]!.parts, [
    { inlineData: { mimeType: "image/jpeg", data: "AAAA" } },
    { fileData: { mimeType: "image/webp", fileUri: "https://x.test/a.webp?size=1" } },
    { fileData: { mimeType: "image/jpeg", fileUri: "gs://bucket/a" } },
    { inlineData: { mimeType: "audio/wav", data: "BBBB" } },
    { fileData: { mimeType: "video/mp4", fileUri: "https://www.youtube.com/watch?v=1" } },
    { inlineData: { mimeType: "application/pdf", data: "CCCC" } },
    { inlineData: { mimeType: "text/plain", data: "DDDD" } },
    { fileData: { fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc" } },
  ]);
  assertEquals(told, ["dropped messages.content.filename", "dropped messages.content"]);
});

test("the detail of a picture is told to models that can be told", () => {
  const request = fromOpenai({
    messages: [{
      role: "user",
      content: [{
        type: "image_url",
        image_url: { url: "data:image/png;base64,AAAA", detail: "low" },
      }],
    }],
  });
  const resolution = (model: string) =>
    contentsOf(encode(request, model).body)[0]!.parts[0]!.mediaResolution;
  assertEquals(resolution("gemini-3-pro"), { level: "MEDIA_RESOLUTION_LOW" });
  assertEquals(resolution("gemini-2.5-pro"), undefined);
});

test("a tool's pictures stand inside its result from Gemini 3 on, after it before", () => {
  const messages: Message[] = [
    user("Hi"),
    { role: "assistant", parts: [call("a", "draw")] },
    {
      role: "tool",
      parts: [{
        type: "tool_call_response",
        id: "a",
        response: [
          { type: "text", content: "Done" },
          { type: "blob", modality: "image", mimeType: "image/png", content: "AAAA" },
        ],
      }],
    },
  ];
  const picture = { inlineData: { mimeType: "image/png", data: "AAAA" } };
  const parts = (model: string) => contentsOf(encode({ messages }, model).body)[2]!.parts;
  assertEquals((parts("gemini-3-pro")[0]!.functionResponse as Json).parts, [picture]);
  assertEquals(parts("gemini-2.5-pro")[1], picture);
});

test("a failed tool says so", () => {
  const messages: Message[] = [user("Hi"), { role: "assistant", parts: [call("a", "one")] }, {
    role: "tool",
    parts: [{
      type: "tool_call_response",
      id: "a",
      response: [{ type: "text", content: "no" }],
      isError: true,
    }],
  }];
  const part = contentsOf(encode({ messages }).body)[2]!.parts[0]!;
  assertEquals((part.functionResponse as Json).response, { error: "no" });
});

test("rules of the operator's own win over the built-in ones", () => {
  const own = studio.withModelRules!([{ match: "gemini-3-pro", efforts: { low: 99 } }]);
  const { body } = encode({ reasoningEffort: "low" }, "gemini-3-pro", own as typeof codec);
  assertEquals(configOf(body).thinkingConfig, { thinkingBudget: 99, includeThoughts: true });
});

test("a caller's request in either spelling is understood", () => {
  const request = codec.decodeRequest({
    system_instruction: { parts: [{ text: "Be brief." }] },
    contents: [
      { parts: [{ text: "Hi" }] },
      { role: "model", parts: [{ function_call: { name: "one", args: { a_b: 1 } } }] },
      { role: "function", parts: [{ function_response: { name: "one", response: { c_d: 2 } } }] },
    ],
    tools: [{
      function_declarations: [{
        name: "one",
        parameters: { type: "OBJECT", properties: { a_b: { type: "INTEGER" } } },
      }],
    }],
    generation_config: { max_output_tokens: 5, thinking_config: { thinking_budget: 0 } },
  }, "/v1beta/models/gemini-3-pro:streamGenerateContent");
  assertEquals(request.model, "gemini-3-pro");
  assertEquals(request.stream, true);
  assertEquals(request.messages.map(({ role }) => role), ["system", "user", "assistant", "tool"]);
  const [, , answer, results] = request.messages;
  const [called] = answer!.parts;
  const [given] = results!.parts;
  assert(called?.type === "tool_call" && given?.type === "tool_call_response");
  assertEquals([called.arguments, given.id], ['{"a_b":1}', called.id]);
  assertEquals(given.response, [{ type: "text", content: '{"c_d":2}' }]);
  assertEquals(request.tools![0]!.parameters, {
    type: "object",
    properties: { a_b: { type: "integer" } },
  });
  assertEquals([request.maxTokens, request.reasoningEffort], [5, "none"]);
});
