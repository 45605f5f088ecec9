import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { isGatewayError } from "../../../lib/errors.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { translateStream } from "../../../lib/chat/stream_relay.ts";
import { payloadsOf, relayText } from "../openai_chat/helpers.ts";
import {
  bytesOf,
  codec,
  decode,
  decodeChoice,
  DEFAULTS,
  eventsOf,
  type Json,
  jsonList,
  piece,
  sse,
  streamChoice,
} from "./helpers.ts";

const functionCall = (name: string, args: Json = {}, more: Json = {}) => ({
  functionCall: { name, args },
  ...more,
});

/** What a client of OpenAI's gets, whole. */
function asOpenai(answer: unknown): Json {
  const { choices } = JSON.parse(openaiChat().encodeResponse(decode(answer)));
  return choices[0];
}

/** The chunks that client gets of a stream. */
function asChunks(...pieces: unknown[]): Json[] {
  const relay = translateStream(
    codec.streamDecoder(DEFAULTS),
    openaiChat().streamEncoder({ usage: true }),
  );
  return payloadsOf(relayText(relay, bytesOf(sse(pieces))));
}

const deltasOf = (chunks: Json[]) =>
  chunks.flatMap(({ choices }) => (choices as Json[]).map(({ delta }) => delta as Json));

test("parts keep their order, and thoughts are apart from words", () => {
  const { parts } = decodeChoice(piece([
    { text: "Hm. ", thought: true },
    { text: "So.", thought: true, thoughtSignature: "t" },
    { text: "One " },
    { text: "two" },
    functionCall("one"),
    { text: "three" },
  ], { finishReason: "STOP" }));
  assertEquals(parts.map((part) => "content" in part ? [part.type, part.content] : [part.type]), [
    ["reasoning", "Hm. So."],
    ["text", "One two"],
    ["tool_call"],
    ["text", "three"],
  ]);
  assertEquals(parts[0]!.type === "reasoning" && [parts[0].signature, parts[0].format], [
    "t",
    "google-gemini-v1",
  ]);
});

test("parallel calls in one event, or in several, get ids of their own, always the same ones", () => {
  const calls = [functionCall("one"), functionCall("two"), functionCall("one")];
  const whole = decodeChoice(piece(calls, { finishReason: "STOP" }));
  const ids = whole.parts.map((part) => part.type === "tool_call" ? part.id : "");
  assertEquals(ids, ["call_r1c0t0", "call_r1c0t1", "call_r1c0t2"]);
  assertEquals(
    streamChoice(...calls.map((call) => piece([call])), piece([], { finishReason: "STOP" })),
    whole,
  );
});

test("ids that are made are short and plain, whatever the answer's id is", () => {
  const answer = { ...piece([functionCall("one")]), responseId: "a/b+c_".repeat(30) };
  const [part] = decodeChoice(answer).parts;
  assert(part?.type === "tool_call" && /^[A-Za-z0-9_]{1,40}$/.test(part.id));
});

test("Google's own ids are kept, unless it gives one twice", () => {
  const twice = { functionCall: { id: "x", name: "one", args: {} } };
  const ids = decodeChoice(piece([twice, twice])).parts.map((part) =>
    part.type === "tool_call" && part.id
  );
  assertEquals(ids, ["x", "call_r1c0t1"]);
});

test("STOP after a call is tool_calls, also when it comes in an event of its own", () => {
  const call = piece([functionCall("one", { a: 1 }, { thoughtSignature: "s" })]);
  const last = piece([{ text: "" }], { finishReason: "STOP" });
  assertEquals(streamChoice(call, last).finishReason, "tool_call");
  assertEquals(asChunks(call, last).at(-1)!.choices, [
    { index: 0, delta: {}, logprobs: null, finish_reason: "tool_calls" },
  ]);
});

test("a limit or a filter is never called a tool call", () => {
  for (
    const [word, reason] of [["MAX_TOKENS", "length"], ["SAFETY", "content_filter"], [
      "RECITATION",
      "content_filter",
    ]]
  ) {
    assertEquals(
      decodeChoice(piece([functionCall("one")], { finishReason: word })).finishReason,
      reason,
    );
  }
});

test("a finish that every event repeats is told once, at the end", () => {
  const said = (words: string) => piece([{ text: words }], { finishReason: "STOP" });
  const events = eventsOf(sse([said("a"), said("b")]));
  assertEquals(events.map(({ type }) => type), [
    "start",
    "part-start",
    "part-delta",
    "part-end",
    "finish",
  ]);
});

test("a stream without a finish has none", () => {
  assert(!eventsOf(sse([piece([{ text: "a" }])])).some(({ type }) => type === "finish"));
});

test("words that OpenAI lacks are kept beside the nearest one", () => {
  const finish = (word: string) => {
    const { finish_reason, native_finish_reason } = asOpenai(
      piece([{ text: "x" }], { finishReason: word }),
    );
    return [finish_reason, native_finish_reason];
  };
  assertEquals(finish("RECITATION"), ["content_filter", "RECITATION"]);
  assertEquals(finish("MALFORMED_FUNCTION_CALL"), ["stop", "MALFORMED_FUNCTION_CALL"]);
  assertEquals(finish("OTHER"), ["stop", "OTHER"]);
  assertEquals(finish("STOP"), ["stop", undefined]);
});

test("a call's signature is where Google's own OpenAI endpoint has it", () => {
  const signed = functionCall("one", {}, { thoughtSignature: "sig" });
  const expected = { google: { thought_signature: "sig" } };
  const { message } = asOpenai(piece([signed])) as { message: { tool_calls: Json[] } };
  assertEquals(message.tool_calls[0]!.extra_content, expected);
  const [first] = deltasOf(asChunks(piece([signed]), piece([], { finishReason: "STOP" })));
  assertEquals((first!.tool_calls as Json[])[0]!.extra_content, expected);
});

test("a text's signature, also one in an empty part, is on the message", () => {
  const pieces = [
    piece([{ text: "Hi" }]),
    piece([{ text: "", thoughtSignature: "sig" }], { finishReason: "STOP" }),
  ];
  const message = deltasOf(asChunks(...pieces)).reduce((all, delta) => ({ ...all, ...delta }), {});
  assertEquals(message.extra_content, { google: { thought_signature: "sig" } });
  const [part] = streamChoice(...pieces).parts;
  assertEquals(part!.extensions, { gemini_generate: { thoughtSignature: "sig" } });
});

test("signed thoughts are details that can be sent back", () => {
  const { message } = asOpenai(piece([{ text: "Hm", thought: true, thoughtSignature: "s" }])) as {
    message: Json;
  };
  assertEquals(message.reasoning_content, "Hm");
  assertEquals(message.reasoning_details, [
    { type: "reasoning.text", text: "Hm", signature: "s", format: "google-gemini-v1", index: 0 },
  ]);
});

test("arguments that come in pieces are put together", () => {
  const part = (functionCall: Json) => piece([{ functionCall }]);
  const choice = streamChoice(
    part({ name: "one", willContinue: true }),
    part({
      partialArgs: [{ jsonPath: "$.id", stringValue: "A", willContinue: true }],
      willContinue: true,
    }),
    part({ partialArgs: [{ jsonPath: "$.id", stringValue: "B" }], willContinue: true }),
    part({
      partialArgs: [{ jsonPath: "$.list[0]['x y']", numberValue: 1 }, {
        jsonPath: "$.no",
        nullValue: null,
      }],
      willContinue: true,
    }),
    part({}),
    part({ name: "two" }),
    piece([], { finishReason: "STOP" }),
  );
  assertEquals(
    choice.parts.map((each) => each.type === "tool_call" && [each.name, each.arguments]),
    [
      ["one", '{"id":"AB","list":[{"x y":1}],"no":null}'],
      ["two", "{}"],
    ],
  );
});

test("the end of a call that has ended already is no call", () => {
  const choice = streamChoice(
    piece([{ functionCall: { name: "one", partialArgs: [{ jsonPath: "$.a", boolValue: true }] } }]),
    piece([{ functionCall: {} }]),
    piece([], { finishReason: "STOP" }),
  );
  assertEquals(choice.parts.map((each) => each.type === "tool_call" && each.arguments), [
    '{"a":true}',
  ]);
});

test("a path in arguments can neither reach a prototype nor fill the memory", () => {
  const choice = streamChoice(
    piece([{
      functionCall: {
        name: "one",
        partialArgs: [
          { jsonPath: "$.__proto__.polluted", stringValue: "x" },
          { jsonPath: "$.list[99999999]", stringValue: "x" },
        ],
      },
    }]),
    piece([], { finishReason: "STOP" }),
  );
  const [part] = choice.parts;
  assert(part?.type === "tool_call" && part.arguments.length < 40);
  assertEquals(({} as Json).polluted, undefined);
});

test("counts are cumulative, and thoughts and tools' reading are part of them", () => {
  const events = eventsOf(sse([
    piece([{ text: "a" }], {}, { promptTokenCount: 10, totalTokenCount: 10 }),
    piece([{ text: "b" }], {}, {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 7,
      totalTokenCount: 25,
      cachedContentTokenCount: 4,
      toolUsePromptTokenCount: 3,
    }),
    piece([], { finishReason: "STOP" }, { trafficType: "ON_DEMAND" }),
  ]));
  const last = events.at(-1)!;
  assert(last.type === "usage");
  const { extensions: _, ...usage } = last.usage;
  assertEquals(usage, {
    inputTokens: 13,
    outputTokens: 12,
    totalTokens: 25,
    cacheReadTokens: 4,
    reasoningTokens: 7,
  });
});

test("an audio's tokens are told apart", () => {
  const { usage } = decode(piece([], {}, {
    promptTokenCount: 9,
    candidatesTokenCount: 1,
    totalTokenCount: 10,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: 2 }, {
      modality: "AUDIO",
      tokenCount: 7,
    }],
  }));
  assertEquals(usage?.audioInputTokens, 7);
});

test("a refused prompt is an answer that was filtered, whole and streamed", () => {
  const blocked = {
    promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
    usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 },
  };
  const { message, finish_reason, native_finish_reason } = asOpenai(blocked) as
    & { message: Json }
    & Json;
  assertEquals([message.content, message.refusal], [null, "PROHIBITED_CONTENT"]);
  assertEquals([finish_reason, native_finish_reason], ["content_filter", "PROHIBITED_CONTENT"]);
  const chunks = asChunks(blocked);
  assertEquals(deltasOf(chunks).map(({ refusal }) => refusal).find(Boolean), "PROHIBITED_CONTENT");
});

test("a candidate without content is an empty answer", () => {
  const { message, finish_reason } = asOpenai({ candidates: [{ finishReason: "MAX_TOKENS" }] }) as {
    message: Json;
  } & Json;
  assertEquals([message.content, finish_reason], ["", "length"]);
});

test("what a search found becomes annotations, in characters instead of bytes", () => {
  const { message } = asOpenai(piece([{ text: "Zürich is nice." }], {
    groundingMetadata: {
      groundingChunks: [{ web: { uri: "https://a.test", title: "A" } }, {
        web: { uri: "https://b.test" },
      }],
      groundingSupports: [{ segment: { endIndex: 7, text: "Zürich" }, groundingChunkIndices: [0] }],
    },
  })) as { message: { annotations: { url_citation: Json }[] } };
  assertEquals(message.annotations.map(({ url_citation }) => url_citation), [
    { url: "https://a.test", title: "A", start_index: 0, end_index: 6 },
    { url: "https://b.test", title: "", start_index: 0, end_index: 0 },
  ]);
});

test("sources that every event repeats are told once", () => {
  const groundingMetadata = { groundingChunks: [{ web: { uri: "https://a.test" } }] };
  const choice = streamChoice(
    piece([{ text: "a" }], { groundingMetadata }),
    piece([{ text: "b" }], { groundingMetadata, finishReason: "STOP" }),
  );
  assertEquals(choice.parts.filter(({ type }) => type === "citation").length, 1);
});

test("Google's own tools are never shown as calls of the client's", () => {
  const answer = piece([
    { text: "Let me see." },
    { executableCode: { language: "PYTHON", code: "1+1" } },
    { codeExecutionResult: { outcome: "OUTCOME_OK", output: "2" } },
    { toolCall: { toolType: "GOOGLE_SEARCH_WEB", id: "1" } },
    { toolResponse: { id: "1" } },
    { text: "Two." },
  ], { finishReason: "STOP" });
  const { message, finish_reason } = asOpenai(answer) as { message: Json } & Json;
  assertEquals([message.tool_calls, message.content, finish_reason], [
    undefined,
    "Let me see.Two.",
    "stop",
  ]);
  assertEquals(decodeChoice(answer).parts.map(({ type }) => type), [
    "text",
    "opaque",
    "opaque",
    "opaque",
    "opaque",
    "text",
  ]);
});

test("pictures and sound come out", () => {
  const picture = { inlineData: { mimeType: "image/png", data: "AAAA" } };
  const { message } = asOpenai(piece([{ text: "Here" }, picture])) as { message: Json };
  assertEquals(message.images, [{
    type: "image_url",
    image_url: { url: "data:image/png;base64,AAAA" },
  }]);
  const sound = { inlineData: { mimeType: "audio/L16;rate=24000", data: "BBBB" } };
  const heard = asOpenai(piece([sound])) as { message: { audio: Json } };
  assertEquals(heard.message.audio.data, "BBBB");
});

test("log probabilities have OpenAI's shape", () => {
  const { logprobs } = asOpenai(piece([{ text: "Hi" }], {
    logprobsResult: {
      chosenCandidates: [{ token: "Hi", logProbability: -0.1 }],
      topCandidates: [{ candidates: [{ token: "Ho", logProbability: -2 }] }],
    },
  }));
  assertEquals(logprobs, {
    content: [{
      token: "Hi",
      logprob: -0.1,
      bytes: null,
      top_logprobs: [{ token: "Ho", logprob: -2, bytes: null }],
    }],
    refusal: null,
  });
});

test("several candidates keep their places, also where their events mix", () => {
  const of = (index: number, words: string, finishReason?: string) => ({
    candidates: [{
      index,
      content: { parts: [{ text: words }] },
      ...(finishReason && { finishReason }),
    }],
  });
  const events = eventsOf(
    sse([of(1, "b"), of(0, "a"), of(1, "B", "STOP"), of(0, "A", "MAX_TOKENS")]),
  );
  const finishes = events.flatMap((event) =>
    event.type === "finish" ? [[event.choice, event.reason]] : []
  );
  assertEquals(finishes, [[1, "stop"], [0, "length"]]);
});

test("a stream without alt=sse is read as it grows", () => {
  const pieces = [piece([{ text: 'a "} {' }]), piece([{ text: "b" }], { finishReason: "STOP" })];
  assertEquals(eventsOf(jsonList(pieces)), eventsOf(sse(pieces)));
});

test("the time of an answer is its own", () => {
  assertEquals(
    decode({ ...piece([]), createTime: "2026-01-02T03:04:05.678Z" }).created,
    1_767_323_045,
  );
  assertEquals(decode(piece([])).created, DEFAULTS.created);
});

test("text that is no answer is an error which does not quote it at length", () => {
  for (const body of ["<html>", "", '{"a":1}', "[]", '"x"']) {
    const error = assertThrows(() => codec.decodeResponse(body, DEFAULTS));
    assert(isGatewayError(error) && error.code === 2002, body);
  }
});
