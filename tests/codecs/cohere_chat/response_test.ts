/** What callers of OpenAI's dialect read of Cohere's answers, whole and streamed. */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../lib/errors.ts";
import { DEFAULTS } from "../openai_chat/helpers.ts";
import {
  call,
  chunks,
  codec,
  content,
  end,
  events,
  folded,
  type Json,
  shown,
  START,
} from "./helpers.ts";

const CALL = {
  id: "w_1",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Rome"}' },
};
const answer = (message: Json, more: Json = {}) => ({
  id: "c1",
  finish_reason: "COMPLETE",
  message: { role: "assistant", ...message },
  ...more,
});

test("the plan and thoughts are reasoning, not content", () => {
  const { message } = shown(
    answer({ tool_plan: "I will look.", tool_calls: [CALL] }, { finish_reason: "TOOL_CALL" }),
  ).choices[0];
  assertEquals([message.content, message.reasoning_content], [null, "I will look."]);
  const blocks = [{ type: "thinking", thinking: "Hm." }, { type: "text", text: "Yes." }];
  const thought = shown(answer({ content: blocks })).choices[0].message;
  assertEquals([thought.content, thought.reasoning_content], ["Yes.", "Hm."]);
});

test("calls have no index in a whole answer, and finish with tool_calls", () => {
  const { message, finish_reason } = shown(answer({ tool_calls: [CALL] })).choices[0];
  assertEquals(message.tool_calls, [CALL]);
  assertEquals(finish_reason, "tool_calls");
});

test("a tool without parameters is called with an empty object", () => {
  for (const text of ["", "null"]) {
    const nothing = { ...CALL, function: { name: "now", arguments: text } };
    const { tool_calls } = shown(answer({ tool_calls: [nothing] })).choices[0].message;
    assertEquals(tool_calls[0].function.arguments, "{}");
    const pieces = [...text];
    const streamed = folded(START, ...call(0, "now", ...pieces), end("TOOL_CALL"));
    assertEquals(streamed.choices[0]?.parts[0], {
      type: "tool_call",
      id: "now_1",
      name: "now",
      arguments: "{}",
      kind: "function",
    });
  }
});

test("citations become annotations, one for every source", () => {
  const sources = [
    { type: "document", id: "doc:0", document: { title: "Facts", url: "https://a.example/" } },
    { type: "tool", id: "search:0", tool_output: { url: "https://b.example/" } },
  ];
  const citation = { start: 0, end: 3, text: "Yes", sources, type: "TEXT_CONTENT" };
  const blocks = [{ type: "text", text: "Yes." }];
  const { annotations } =
    shown(answer({ content: blocks, citations: [citation] })).choices[0].message;
  assertEquals(annotations.map(({ url_citation }: Json) => url_citation), [
    { url: "https://a.example/", title: "Facts", start_index: 0, end_index: 3 },
    { url: "https://b.example/", title: "", start_index: 0, end_index: 3 },
  ]);
});

test("citations of the second text count its characters from where it begins in the answer", () => {
  const citation = {
    start: 0,
    end: 2,
    text: "No",
    sources: [{ id: "d", document: {} }],
    content_index: 1,
  };
  const blocks = [{ type: "text", text: "Yes. " }, { type: "text", text: "No." }];
  const { annotations } =
    shown(answer({ content: blocks, citations: [citation] })).choices[0].message;
  const { start_index, end_index } = annotations[0].url_citation;
  assertEquals([start_index, end_index], [5, 7]);
});

test("a stream's citations come out as the whole answer's do", () => {
  const citation = {
    start: 0,
    end: 3,
    text: "Yes",
    sources: [{ id: "d", document: { url: "u" } }],
  };
  const [start, ...rest] = content(0, "text", "Yes.");
  const cite = { type: "citation-start", index: 0, delta: { message: { citations: citation } } };
  const streamed = folded(
    START,
    start!,
    rest[0]!,
    cite,
    { type: "citation-end", index: 0 },
    rest[1]!,
    end(),
  );
  const whole = codec.decodeResponse(
    JSON.stringify(answer({ content: [{ type: "text", text: "Yes." }], citations: [citation] })),
    DEFAULTS,
  );
  assertEquals(streamed, whole);
});

test("an index counts blocks and calls, not choices: calls are numbered from 0 in their order", () => {
  const list = chunks(
    START,
    ...content(0, "thinking", "Hm."),
    ...call(0, "a", '{"x":', "1}"),
    ...call(1, "b", "{}"),
    end("TOOL_CALL"),
  );
  const deltas = list.flatMap(({ choices }) => choices as Json[]);
  assert(deltas.every(({ index }) => index === 0));
  const calls = deltas.flatMap(({ delta }) => delta.tool_calls ?? []);
  assertEquals(
    calls.map(({ index, id, function: called }: Json) => [index, id, called.arguments]),
    [
      [0, "a_1", ""],
      [0, undefined, '{"x":'],
      [0, undefined, "1}"],
      [1, "b_1", ""],
      [1, undefined, "{}"],
    ],
  );
  assertEquals(deltas.at(-1)?.finish_reason, "tool_calls");
});

test("text may begin in its first event, and a plan before any content", () => {
  const begun = {
    type: "content-start",
    index: 0,
    delta: { message: { content: { type: "text", text: "He" } } },
  };
  const plan = (text: string) => ({
    type: "tool-plan-delta",
    delta: { message: { tool_plan: text } },
  });
  const { parts } = folded(
    START,
    plan("I "),
    plan("will."),
    begun,
    content(0, "text", "llo")[1]!,
    end(),
  ).choices[0]!;
  assertEquals(parts.map((part) => "content" in part && part.content), ["I will.", "Hello"]);
});

test("all tokens are counted, cached ones among them", () => {
  const usage = {
    billed_units: { input_tokens: 26, output_tokens: 147 },
    tokens: { input_tokens: 1431, output_tokens: 152, reasoning_tokens: 145 },
    cached_tokens: 1392,
  };
  const expected = {
    prompt_tokens: 1431,
    completion_tokens: 152,
    total_tokens: 1583,
    prompt_tokens_details: { cached_tokens: 1392 },
    completion_tokens_details: { reasoning_tokens: 145 },
  };
  assertEquals(shown(answer({ content: [] }, { usage })).usage, expected);
  const last = chunks(START, ...content(0, "text", "x"), end("COMPLETE", { usage })).at(-1);
  assertEquals([last?.choices, last?.usage], [[], expected]);
});

test("finish reasons keep their own word where it says more", () => {
  const finish = (finish_reason: string) => {
    const [choice] =
      shown(answer({ content: [{ type: "text", text: "x" }] }, { finish_reason })).choices;
    return [choice.finish_reason, choice.native_finish_reason];
  };
  assertEquals(finish("COMPLETE"), ["stop", undefined]);
  assertEquals(finish("STOP_SEQUENCE"), ["stop", "STOP_SEQUENCE"]);
  assertEquals(finish("MAX_TOKENS"), ["length", undefined]);
  assertEquals(finish("ERROR_TOXIC"), ["content_filter", undefined]);
});

test("an answer that failed before it said anything is an error", () => {
  const failed = (finish_reason: string) =>
    assertThrows(() => shown(answer({ content: [] }, { finish_reason })), GatewayError).status;
  assertEquals([failed("ERROR"), failed("TIMEOUT")], [502, 504]);
  const [last] = events(START, end("ERROR")).slice(-1);
  assert(last?.type === "error" && last.fault.status === 502);
});

test("an error told at the end of a stream is an error, whatever came before", () => {
  const [last] = events(
    START,
    ...content(0, "text", "Hi"),
    end("ERROR", { error: "No valid response" }),
  )
    .slice(-1);
  assert(last?.type === "error");
  assertEquals(last.fault.message, "No valid response");
});

test("an error inside a 200 is thrown, and what is no answer too", () => {
  const error = assertThrows(() => shown({ id: "1", message: "no such model" }), GatewayError);
  assertEquals([error.code, error.message], [2120, "no such model"]);
  assertEquals(assertThrows(() => shown({}), GatewayError).code, 2002);
});

test("errors keep status and message, and a page of HTML says nothing", () => {
  const headers = new Headers({ "retry-after": "2" });
  assertEquals(codec.decodeError(429, '{"id":"x","message":"slow down"}', headers), {
    status: 429,
    message: "slow down",
    type: "rate_limit_error",
    retryable: true,
    retryAfter: 2000,
  });
  assertEquals(codec.decodeError(401, '{"message":"invalid api token"}', headers).retryable, false);
  assert(!codec.decodeError(502, "<html>", headers).message.includes("html"));
});

test("log probabilities are OpenAI's too", () => {
  const logprobs = [{ text: "Yes", token_ids: [1, 2], logprobs: [-0.25, -0.5] }];
  const [choice] =
    shown(answer({ content: [{ type: "text", text: "Yes" }] }, { logprobs })).choices;
  assertEquals(choice.logprobs.content, [
    { token: "Yes", logprob: -0.75, bytes: null, top_logprobs: [] },
  ]);
});

test("events nobody knows, and a stream without an end mark, do no harm", () => {
  const { parts, finishReason } = folded(
    START,
    { type: "debug", prompt: "x" },
    ...content(0, "text", "Hi"),
    { type: "something-new", index: 3 },
    end(),
  ).choices[0]!;
  assertEquals([parts.length, finishReason], [1, "stop"]);
});
