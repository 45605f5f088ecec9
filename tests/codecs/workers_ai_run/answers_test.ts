/** What Workers AI is known to say, and how its callers are answered. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { fold } from "../../../lib/chat/fold.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { workersAiRun } from "../../../lib/codecs/workers_ai_run/mod.ts";
import { GatewayError } from "../../../lib/errors.ts";
import { scanObject } from "../../../lib/json/scan_object.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { bytesOf, chunk, DEFAULTS, payloadsOf, sse } from "../openai_chat/helpers.ts";

const codec = workersAiRun(openaiChat());
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

const whole = (body: unknown) => codec.decodeResponse(JSON.stringify(body), DEFAULTS);
const enveloped = (result: unknown) => ({ result, success: true, errors: [], messages: [] });
const events = (...payloads: unknown[]) =>
  runStep(codec.streamDecoder(DEFAULTS), [bytesOf(sse(...payloads))]);
const partsOf = (...payloads: unknown[]) => fold(events(...payloads)).choices[0]!.parts;
const said = (parts: ReturnType<typeof partsOf>) =>
  parts.map((part) => "content" in part ? part.content : "").join("");

test("4.5.62 and 4.10.105: the newer form is read inside the envelope and without it", () => {
  const message = { role: "assistant", content: "Low tide is at noon." };
  const newer = { id: "w-1", choices: [{ index: 0, message, finish_reason: "length" }], usage };
  for (const body of [enveloped(newer), newer]) {
    const { id, choices: [choice], usage: counted } = whole(body);
    assertEquals([id, choice?.finishReason, counted?.totalTokens], ["w-1", "length", 7]);
    assertEquals(choice?.parts, [{ type: "text", content: "Low tide is at noon." }]);
  }
});

test("gpt-oss answers in the words of OpenAI's Responses", () => {
  const text = (type: string, words: string) => ({
    type,
    content: [{ type: "text", text: words }],
  });
  const call = { type: "function_call", call_id: "c1", name: "tide", arguments: '{"a":1}' };
  const usage = { input_tokens: 5, output_tokens: 2, total_tokens: 7 };
  const spoken = { output: [text("reasoning", "Hm."), text("message", "At noon.")], usage };
  const { choices: [choice], usage: counted } = whole(enveloped(spoken));
  assertEquals(choice?.parts, [
    { type: "reasoning", content: "Hm." },
    { type: "text", content: "At noon." },
  ]);
  assertEquals([choice?.finishReason, counted?.inputTokens, counted?.outputTokens], ["stop", 5, 2]);
  const called = whole(enveloped({ output: [call] })).choices[0];
  assertEquals([called?.finishReason, called?.parts[0]?.type], ["tool_call", "tool_call"]);
  const incomplete_details = { reason: "max_output_tokens" };
  const cut = whole(enveloped({ output: [text("message", "At")], incomplete_details }));
  assertEquals(cut.choices[0]?.finishReason, "length");
});

test("what is JSON, or a number, is text", () => {
  const cases: [unknown, string][] = [[{ a: 1 }, '{"a":1}'], [[1, 2], "[1,2]"], [42, "42"]];
  for (const [response, text] of cases) {
    assertEquals(whole(enveloped({ response })).choices[0]?.parts, [
      { type: "text", content: text },
    ]);
  }
  assertEquals(said(partsOf({ response: 1 }, { response: 0 }, { response: "%" }, "[DONE]")), "10%");
});

test("calls come flat or as OpenAI's, and get ids where they have none", () => {
  const flat = { name: "tide", arguments: { port: "Emden" } };
  const openai = {
    id: "c9",
    type: "function",
    function: { name: "tide", arguments: '{"port":1}' },
  };
  const { choices: [choice] } = whole(enveloped({ response: null, tool_calls: [flat, openai] }));
  const calls = choice!.parts.flatMap((part) => part.type === "tool_call" ? [part] : []);
  assertEquals(calls.map((call) => call.arguments), ['{"port":"Emden"}', '{"port":1}']);
  assertEquals([choice?.finishReason, calls[1]?.id], ["tool_call", "c9"]);
  assertEquals(new Set(calls.map(({ id }) => id)).size, 2);
});

test("4.3.40: a stream that calls ends with calls", () => {
  const flat = { name: "tide", arguments: { port: "Emden" } };
  const answer = fold(events(
    { response: "", tool_calls: [] },
    { tool_calls: [flat] },
    { tool_calls: [{ ...flat, arguments: { port: "Husum" } }] },
    { tool_calls: [{ id: null, name: null, arguments: null }] },
    { response: "", usage },
    "[DONE]",
  ));
  const [choice] = answer.choices;
  assertEquals(choice?.finishReason, "tool_call");
  assertEquals(choice?.parts.map((part) => part.type === "tool_call" && part.arguments), [
    '{"port":"Emden"}',
    '{"port":"Husum"}',
  ]);
});

test("calls in pieces are put together", () => {
  const piece = (args: string, more: object = {}) => ({
    tool_calls: [{ index: 0, function: { arguments: args, ...more } }],
  });
  const [part] = partsOf(piece("", { name: "tide" }), piece('{"a"'), piece(":1}"), "[DONE]");
  assertEquals(part?.type === "tool_call" && [part.name, part.arguments], ["tide", '{"a":1}']);
});

test("4.3.44: one finish and one end, also where both forms mix and [DONE] comes twice", () => {
  const list = events(
    { response: "High " },
    chunk({ content: "tide" }, "length", { usage }),
    { response: ".", usage },
    "[DONE]",
    "[DONE]",
  );
  assertEquals(list.filter(({ type }) => type === "finish").length, 1);
  const { choices: [choice], usage: counted } = fold(list);
  assertEquals([said(choice!.parts), choice?.finishReason], ["High tide.", "length"]);
  assertEquals(counted?.totalTokens, 7);
});

test("a stream that ends after its counts is complete without its mark, before them it is cut", () => {
  const last = (list: ReturnType<typeof events>) => list.some(({ type }) => type === "finish");
  assertEquals(last(events({ response: "a" }, { response: "", usage })), true);
  assertEquals(last(events({ response: "a" })), false);
});

test("an error in a stream, or inside a 200, has the status its number stands for", () => {
  const failed = { success: false, result: null, errors: [{ code: 3040, message: "No capacity" }] };
  const [event] = events(failed, { response: "never" });
  assertEquals(event?.type === "error" && [event.fault.status, event.fault.retryable], [429, true]);
  const error = assertThrows(() => whole(failed), GatewayError, "No capacity");
  assertEquals([error.status, error.fault?.code], [429, "3040"]);
  const used = { success: false, errors: [{ code: 3036, message: "Daily allowance used up" }] };
  const fault = codec.decodeError(429, JSON.stringify(used), new Headers());
  assertEquals([fault.status, fault.retryable, fault.code], [429, false, "3036"]);
});

test("what the binding throws is read, and what is no JSON is told", () => {
  const thrown = { internalCode: 5007, description: "No such model", name: "AiError" };
  const fault = codec.decodeError(400, JSON.stringify(thrown), new Headers());
  assertEquals([fault.message, fault.code], ["No such model", "5007"]);
  assertEquals(codec.decodeError(502, "<html>", new Headers()).status, 502);
  assertThrows(() => codec.decodeResponse("<html>", DEFAULTS), GatewayError, "HTML");
});

const said1 = { id: "1", model: "m", created: 1 };
const answerOf = (parts: object[], finishReason = "stop") =>
  ({ ...said1, choices: [{ index: 0, parts, finishReason }] }) as Parameters<typeof unfold>[0];

test("a caller is answered in the older form where that says it all", () => {
  const plain = answerOf([{ type: "text", content: "Hi." }]);
  assertEquals(JSON.parse(codec.encodeResponse(plain)), {
    result: { response: "Hi." },
    success: true,
    errors: [],
    messages: [],
  });
  const long = JSON.parse(codec.encodeResponse(answerOf(plain.choices[0]!.parts, "length")));
  assertEquals(long.result.choices[0].finish_reason, "length");
});

test("a caller's stream has deltas, counts and one end", () => {
  const counts = { inputTokens: 5, outputTokens: 2, totalTokens: 7 };
  const answer = { ...answerOf([{ type: "text", content: "Hi." }]), usage: counts };
  const text = runStep(codec.streamEncoder({ usage: true }), unfold(answer)).join("");
  assertEquals(payloadsOf(text), [{ response: "Hi." }, { response: "", usage }]);
  assertEquals(text.endsWith("data: [DONE]\n\n"), true);
});

test("a caller's error comes in Cloudflare's envelope", () => {
  const error = new GatewayError(2008, "Invalid provider");
  const envelope = {
    result: null,
    success: false,
    errors: [{ code: 2008, message: "Invalid provider" }],
    messages: [],
  };
  assertEquals(JSON.parse(codec.encodeError(error)), envelope);
  assertEquals(payloadsOf(codec.encodeStreamError(error)), [envelope]);
});

test("a request may be a prompt, have flat tools and a bare schema, and leave out ids", () => {
  const path = "/client/v4/accounts/a/ai/run/@cf/meta/llama-3.1-8b-instruct";
  const schema = { type: "object", properties: { a: { type: "number" } } };
  const request = codec.decodeRequest({
    messages: [
      { role: "user", content: "Tide?" },
      { role: "assistant", content: "", tool_calls: [{ name: "tide", arguments: { a: 1 } }] },
      { role: "tool", content: "noon" },
    ],
    tools: [{ name: "tide", description: "d", parameters: schema }],
    response_format: { type: "json_schema", json_schema: schema },
    stream: true,
  }, path);
  assertEquals(request.model, "@cf/meta/llama-3.1-8b-instruct");
  assertEquals(request.tools?.map(({ name, parameters }) => [name, parameters]), [[
    "tide",
    schema,
  ]]);
  assertEquals(request.outputFormat, { type: "json_schema", name: "response", schema });
  const [call] = request.messages[1]!.parts.filter(({ type }) => type === "tool_call");
  const [result] = request.messages[2]!.parts;
  assertEquals(
    call?.type === "tool_call" && call.id,
    result?.type === "tool_call_response" && result.id,
  );
  const prompted = codec.decodeRequest({ prompt: "Hello" }, path);
  assertEquals(prompted.messages, [{ role: "user", parts: [{ type: "text", content: "Hello" }] }]);
  assertThrows(() => codec.decodeRequest({ prompt: 1 }, path), GatewayError, "prompt must be");
});

test("a request is routed by the model of its path", () => {
  const body = scanObject('{"messages":[],"stream":true}');
  const { model, stream } = codec.peekRequest(body, "/client/v4/accounts/a/ai/run/%40cf/a/b");
  assertEquals([model, stream], ["@cf/a/b", true]);
  assertThrows(() => codec.peekRequest(body), GatewayError, "model");
  assertThrows(() => codec.peekRequest(scanObject("{}"), "/run/@cf/a"), GatewayError, "messages");
});

test("a model's name stays within its path", () => {
  const request = codec.decodeRequest({ model: "m", messages: [] });
  const pathOf = (model: string) => codec.encodeRequest(request, { model, stream: false }).path;
  assertEquals(pathOf("@cf/meta/llama-3.1-8b"), "/run/@cf/meta/llama-3.1-8b");
  assertEquals(pathOf("a?b#c"), "/run/a%3Fb%23c");
  for (const model of ["../secrets", "a//b", ".", "a/../b"]) {
    assertThrows(() => pathOf(model), GatewayError, "model");
  }
});
