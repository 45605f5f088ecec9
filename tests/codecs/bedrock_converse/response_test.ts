/** What callers of OpenAI's dialect read of Bedrock's answers, whole and streamed. */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../lib/errors.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { DEFAULTS } from "../openai_chat/helpers.ts";
import {
  chunks,
  codec,
  delta,
  end,
  events,
  type Frame,
  frame,
  type Json,
  partsOf,
  START,
  stop,
  stream,
  tool,
  whole,
} from "./helpers.ts";

const text = (index: number, ...pieces: string[]): Frame[] => [
  ...pieces.map((piece) => delta(index, { text: piece })),
  stop(index),
];
const input = (index: number, piece: string) => delta(index, { toolUse: { input: piece } });

test("calls whose blocks overlap keep their own arguments, numbered from 0 in their order", () => {
  const list = chunks(
    START,
    ...text(0, "Both."),
    tool(1, "a"),
    tool(4, "b"),
    input(1, '{"x":'),
    input(4, '{"y":2}'),
    input(1, "1}"),
    stop(4),
    stop(1),
    end("tool_use"),
  );
  const calls = list.flatMap(({ choices }) => choices as Json[])
    .flatMap((choice) => choice.delta.tool_calls ?? []) as Json[];
  const gathered = (index: number) =>
    calls.filter((each) => each.index === index).map((each) => each.function.arguments).join("");
  assertEquals([gathered(0), gathered(1)], ['{"x":1}', '{"y":2}']);
  assertEquals(calls.filter(({ id }) => id !== undefined).map(({ id }) => id), ["a_1", "b_1"]);
});

test("a call without arguments has an empty object, streamed or whole", () => {
  const call = { type: "tool_call", id: "now_1", name: "now", arguments: "{}", kind: "function" };
  assertEquals(partsOf(START, tool(0, "now"), stop(0), end("tool_use")), [call] as unknown);
  assertEquals(
    partsOf(START, tool(0, "now"), input(0, ""), stop(0), end("tool_use")),
    [call] as unknown,
  );
  const block = { toolUse: { toolUseId: "now_1", name: "now", input: {} } };
  assertEquals(whole([block], "tool_use").parts, [call] as unknown);
});

test("text may come without a start, and an empty beginning is nothing", () => {
  const parts = partsOf(START, delta(0, { text: "" }), stop(0), ...text(1, "Hi", "!"), end());
  assertEquals(parts, [{ type: "text", content: "Hi!" }]);
  assertEquals(whole([{ text: "" }, { text: "Hi!" }]).parts, parts);
});

test("a thought keeps its signature, also one that is nothing else", () => {
  const format = "anthropic-claude-v1";
  const thought = { type: "reasoning", content: "Hm.", format, signature: "SIG" };
  const alone = { type: "reasoning", content: "", format, signature: "ONLY" };
  const streamed = partsOf(
    START,
    delta(0, { reasoningContent: { text: "H" } }),
    delta(0, { reasoningContent: { text: "m." } }),
    delta(0, { reasoningContent: { signature: "SIG" } }),
    stop(0),
    delta(1, { reasoningContent: { signature: "ONLY" } }),
    stop(1),
    end(),
  );
  assertEquals(streamed, [thought, alone] as unknown);
  const blocks = [
    { reasoningContent: { reasoningText: { text: "Hm.", signature: "SIG" } } },
    { reasoningContent: { reasoningText: { text: "", signature: "ONLY" } } },
  ];
  const { parts, message } = whole(blocks);
  assertEquals(parts, streamed);
  assertEquals(message.reasoning_details.map(({ signature }: Json) => signature), ["SIG", "ONLY"]);
});

test("a thought that only its model can read is kept", () => {
  const streamed = partsOf(
    START,
    delta(0, { reasoningContent: { redactedContent: "UkVE" } }),
    stop(0),
    end(),
  );
  const { parts, message } = whole([{ reasoningContent: { redactedContent: "UkVE" } }]);
  assertEquals(streamed, parts);
  assertEquals(message.reasoning_details[0].data, "UkVE");
});

test("tools that Amazon runs itself are not the client's to run", () => {
  const toolUse = { toolUseId: "s_1", name: "s", type: "server_tool_use" };
  const result = { toolUseId: "s_1", type: "x_result", status: "success" };
  const { parts, message, answer } = whole([
    { toolUse: { ...toolUse, input: { q: 1 } } },
    { toolResult: { ...result, content: [{ json: { a: 1 } }] } },
    { text: "Found." },
  ]);
  assertEquals(message.tool_calls, undefined);
  assertEquals(answer.choices[0].finish_reason, "stop");
  const streamed = partsOf(
    START,
    tool(0, "s", { type: "server_tool_use" }),
    input(0, '{"q":1}'),
    stop(0),
    ["contentBlockStart", { contentBlockIndex: 1, start: { toolResult: result } }],
    delta(1, { toolResult: [{ json: { a: 1 } }] }),
    stop(1),
    ...text(2, "Found."),
    end(),
  );
  assertEquals(
    streamed.map(({ type }) => type),
    parts.map(({ type }) => type),
  );
  assertEquals(streamed[1], parts[1]);
});

test("citations become annotations over the text they follow", () => {
  const citation = { title: "Ruby", location: { web: { url: "https://ruby.example/" } } };
  const { message, parts } = whole([
    { text: "See: " },
    { citationsContent: { content: [{ text: "Ruby" }], citations: [citation] } },
  ]);
  assertEquals(message.annotations[0].url_citation, {
    url: "https://ruby.example/",
    title: "Ruby",
    start_index: 5,
    end_index: 9,
  });
  const streamed = partsOf(
    START,
    ...text(0, "See: "),
    delta(1, { citation }),
    ...text(1, "Ru", "by"),
    end(),
  );
  assertEquals(streamed, parts);
});

const USAGE = {
  inputTokens: 12,
  outputTokens: 5,
  totalTokens: 1057,
  cacheReadInputTokens: 1028,
  cacheWriteInputTokens: 12,
};
const COUNTED = {
  prompt_tokens: 1052,
  completion_tokens: 5,
  total_tokens: 1057,
  prompt_tokens_details: { cached_tokens: 1028, cache_write_tokens: 12 },
};

test("counts include what a cache read and wrote, whether they come after the end or before it", () => {
  assertEquals(whole([{ text: "Hi" }], "end_turn", { usage: USAGE }).answer.usage, COUNTED);
  const metadata: Frame = ["metadata", { usage: USAGE, metrics: { latencyMs: 1 } }];
  for (const last of [[end(), metadata], [metadata, end()]]) {
    const list = chunks(START, ...text(0, "Hi"), ...last);
    assertEquals([list.at(-1)?.choices, list.at(-1)?.usage], [[], COUNTED]);
    assertEquals(list.filter(({ usage }) => usage !== null).length, 1);
  }
});

test("a guardrail's stop is content_filter, and other ends keep their own word where it says more", () => {
  const finish = (stopReason: string) => {
    const { finish_reason, native_finish_reason } =
      whole([{ text: "x" }], stopReason).answer.choices[0];
    return [finish_reason, native_finish_reason];
  };
  assertEquals(finish("guardrail_intervened"), ["content_filter", "guardrail_intervened"]);
  assertEquals(finish("content_filtered"), ["content_filter", undefined]);
  assertEquals(finish("max_tokens"), ["length", undefined]);
  assertEquals(finish("model_context_window_exceeded"), [
    "length",
    "model_context_window_exceeded",
  ]);
  assertEquals(finish("stop_sequence"), ["stop", "stop_sequence"]);
  assertEquals(finish("end_turn"), ["stop", undefined]);
});

test("an exception amid a stream is an error of its kind, after which nothing comes", () => {
  const kinds: [string, number, boolean][] = [
    ["throttlingException", 429, true],
    ["validationException", 400, false],
    ["serviceUnavailableException", 503, true],
    ["internalServerException", 500, true],
    ["modelStreamErrorException", 424, true],
  ];
  for (const [kind, status, retryable] of kinds) {
    const decoder = codec.streamDecoder(DEFAULTS);
    const given = [
      stream(START, delta(0, { text: "Hi" })),
      frame("exception", kind, { message: "no" }),
      stream(end()),
    ];
    const last = runStep(decoder, given).at(-1);
    assert(last?.type === "error", kind);
    const { fault } = last;
    assertEquals([fault.status, fault.code, fault.message, fault.retryable], [
      status,
      kind,
      "no",
      retryable,
    ]);
  }
});

test("an error's kind is in a header, or in the body, and its words under two spellings", () => {
  const headers = new Headers({
    "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/",
  });
  assertEquals(codec.decodeError(429, '{"message":"Too many tokens"}', headers), {
    status: 429,
    message: "Too many tokens",
    type: "rate_limit_error",
    code: "ThrottlingException",
    retryable: true,
  });
  const body = '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"No"}';
  const { code, message, retryable } = codec.decodeError(403, body, new Headers());
  assertEquals([code, message, retryable], ["AccessDeniedException", "No", false]);
  assert(!codec.decodeError(503, "<html></html>", new Headers()).message.includes("html"));
});

test("an error inside a 200 is thrown, and what is no answer too", () => {
  const read = (body: Json) =>
    assertThrows(() => codec.decodeResponse(JSON.stringify(body), DEFAULTS), GatewayError);
  assertEquals(read({ Message: "No" }).code, 2120);
  assertEquals(read({}).code, 2002);
});

test("events and blocks nobody knows do no harm", () => {
  const parts = partsOf(
    START,
    ["somethingNew", { a: 1 }],
    delta(0, { novel: 1 }),
    ...text(1, "Hi"),
    end(),
  );
  assertEquals(parts, [{ type: "text", content: "Hi" }]);
  assertEquals(whole([{ novel: 1 }, { text: "Hi" }]).message.content, "Hi");
  assertEquals(events(START).map(({ type }) => type), ["start"]);
});
