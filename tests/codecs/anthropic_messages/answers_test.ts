/** What callers of OpenAI's dialect read of Claude's answers, whole and streamed. */
import { test } from "node:test";
import { assertEquals, assertFalse } from "@std/assert";
import { fold } from "../../../lib/chat/fold.ts";
import { DEFAULTS } from "../openai_chat/helpers.ts";
import {
  answer,
  begin,
  chunks,
  claude,
  delta,
  deltas,
  DETAILS,
  end,
  events,
  type Json,
  last,
  openai,
  shown,
  START,
  STOP,
  stream,
  THOUGHTS,
} from "./helpers.ts";

const CALL = { type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Paris" } };

/** Calls of a stream, put together by index as clients do. */
function calls(text: string): { index: number; name: string; args: string }[] {
  const list: { index: number; name: string; args: string }[] = [];
  for (const each of deltas(text).flatMap(({ tool_calls = [] }) => tool_calls as Json[])) {
    const { name, arguments: args = "" } = each.function as { name?: string; arguments?: string };
    const known = list.find(({ index }) => index === each.index);
    if (known !== undefined) known.args += args;
    else list.push({ index: each.index as number, name: name ?? "", args });
  }
  return list;
}

const finishOf = (text: string) =>
  chunks(text).flatMap(({ choices }) => choices as Json[]).findLast(({ finish_reason }) =>
    finish_reason !== null
  )?.finish_reason;

test("text and calls are OpenAI's, and content is null beside calls alone", () => {
  const { message, choice } = shown(answer([CALL], { stop_reason: "tool_use" }));
  assertEquals(message.content, null);
  assertEquals(message.tool_calls, [{
    id: "toolu_1",
    type: "function",
    function: { name: "get_weather", arguments: '{"city":"Paris"}' },
  }]);
  assertEquals([choice.finish_reason, choice.native_finish_reason], ["tool_calls", "tool_use"]);
});

const FINISHES: readonly (readonly [native: string, calls: boolean, finish: string])[] = [
  ["end_turn", false, "stop"],
  ["stop_sequence", false, "stop"],
  ["pause_turn", false, "stop"],
  ["compaction", false, "stop"],
  ["never_heard_of", false, "stop"],
  ["max_tokens", false, "length"],
  ["model_context_window_exceeded", false, "length"],
  ["refusal", false, "content_filter"],
  ["tool_use", true, "tool_calls"],
  ["end_turn", true, "tool_calls"],
  ["max_tokens", true, "length"],
  ["refusal", true, "content_filter"],
];

test("the finish is tool_calls for the client's tools, never over length or content_filter", () => {
  for (const [stop_reason, called, finish] of FINISHES) {
    const text = answer(called ? [CALL] : [{ type: "text", text: "Hi" }], { stop_reason });
    assertEquals(shown(text).choice.finish_reason, finish, stop_reason);
    const streamed = stream(
      START,
      begin(0, called ? CALL : { type: "text", text: "Hi" }),
      end(0),
      last(stop_reason),
      STOP,
    );
    assertEquals(finishOf(streamed), finish, stop_reason);
  }
});

test("a refusal's explanation is OpenAI's refusal", () => {
  const stop_details = { type: "refusal", category: "bio", explanation: "I can't help with that" };
  const { message } = shown(answer([], { stop_reason: "refusal", stop_details }));
  assertEquals(message.refusal, "I can't help with that");
});

test("usage includes cache reads and writes, with details", () => {
  const usage = {
    input_tokens: 10,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 1000,
    cache_creation: { ephemeral_5m_input_tokens: 1000 },
    output_tokens: 20,
    output_tokens_details: { thinking_tokens: 15 },
  };
  assertEquals(shown(answer([{ type: "text", text: "Hi" }], { usage })).usage, {
    prompt_tokens: 1110,
    completion_tokens: 20,
    total_tokens: 1130,
    prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 1000 },
    completion_tokens_details: { reasoning_tokens: 15 },
  });
});

test("what a summary of the conversation took is counted too", () => {
  const iterations = [
    { type: "compaction", input_tokens: 100, output_tokens: 30 },
    { type: "message", input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 7 },
  ];
  const counts = { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 7 };
  const total = (usage: object) => {
    const read = shown(answer([{ type: "text", text: "Hi" }], { usage })).usage;
    return [read.prompt_tokens, read.completion_tokens];
  };
  assertEquals(total({ ...counts, iterations }), [117, 35]);
  const fallback = { type: "fallback_message", input_tokens: 1, output_tokens: 1 };
  assertEquals(total({ ...counts, iterations: [...iterations, fallback] }), [17, 5]);
});

test("counts at the end of a stream replace those at its beginning, and null says nothing", () => {
  const usage = { input_tokens: null, cache_read_input_tokens: 30, output_tokens: 50 };
  const streamed = stream(
    START,
    last("end_turn", { output_tokens: 7 }),
    last("end_turn", usage),
    STOP,
  );
  const counts = chunks(streamed).at(-1)?.usage as Json;
  assertEquals([counts.prompt_tokens, counts.completion_tokens], [40, 50]);
});

test("parallel and interleaved calls keep their own index among calls", () => {
  const text = stream(
    START,
    begin(0, { type: "text", text: "" }),
    delta(0, "text_delta", { text: "Let me look" }),
    end(0),
    begin(1, { ...CALL, input: {} }),
    begin(2, { ...CALL, id: "toolu_2", name: "get_time", input: {} }),
    delta(1, "input_json_delta", { partial_json: '{"city":' }),
    delta(2, "input_json_delta", { partial_json: '{"zone":' }),
    delta(1, "input_json_delta", { partial_json: '"Paris"}' }),
    delta(2, "input_json_delta", { partial_json: '"CET"}' }),
    end(2),
    end(1),
    last("tool_use"),
    STOP,
  );
  assertEquals(calls(text), [
    { index: 0, name: "get_weather", args: '{"city":"Paris"}' },
    { index: 1, name: "get_time", args: '{"zone":"CET"}' },
  ]);
});

test("a call without arguments has {}, and arguments that stand in its start are not lost or doubled", () => {
  const text = stream(
    START,
    begin(0, { ...CALL, input: {} }),
    delta(0, "input_json_delta", { partial_json: "" }),
    end(0),
    begin(1, { ...CALL, id: "toolu_2" }),
    end(1),
    begin(2, { ...CALL, id: "toolu_3" }),
    delta(2, "input_json_delta", { partial_json: '{"city":"Rome"}' }),
    end(2),
    last("tool_use"),
    STOP,
  );
  assertEquals(calls(text).map(({ args }) => args), ["{}", '{"city":"Paris"}', '{"city":"Rome"}']);
});

test("tools that Anthropic runs are never shown as the client's calls", () => {
  const served = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const mcp = { type: "mcp_tool_use", id: "mcptoolu_1", name: "x", server_name: "s", input: {} };
  const text = stream(
    START,
    begin(0, served),
    delta(0, "input_json_delta", { partial_json: '{"query":"x"}' }),
    end(0),
    begin(1, found),
    end(1),
    begin(2, mcp),
    delta(2, "input_json_delta", { partial_json: '{"a":1}' }),
    end(2),
    begin(3, { type: "from_the_future", a: 1 }),
    delta(3, "future_delta", { b: 2 }),
    end(3),
    begin(4, { type: "text", text: "Found" }),
    end(4),
    last("end_turn"),
    STOP,
  );
  assertEquals(calls(text), []);
  assertEquals(finishOf(text), "stop");
  const blocks = fold(events(text)).choices[0]!.parts
    .map((part) => part.extensions?.anthropic_messages?.block as Json | undefined);
  assertEquals(blocks[0], { ...served, input: { query: "x" } });
  assertEquals(blocks[2], { ...mcp, input: { a: 1 } });
  const whole = shown(answer([served, found, mcp, { type: "text", text: "Found" }]));
  assertEquals([whole.message.content, whole.message.tool_calls], ["Found", undefined]);
});

test("thoughts are reasoning_content to be read and reasoning_details to be sent back", () => {
  const { message } = shown(answer([...THOUGHTS, { type: "text", text: "Yes" }]));
  assertEquals(message.reasoning_content, "Hmm");
  assertEquals(message.reasoning_details, DETAILS);
});

test("streamed thoughts are the same: words first, the signature after them", () => {
  const text = stream(
    START,
    begin(0, { type: "thinking", thinking: "", signature: "" }),
    delta(0, "thinking_delta", { thinking: "Hm" }),
    delta(0, "thinking_delta", { thinking: "m" }),
    delta(0, "signature_delta", { signature: "c2ln" }),
    end(0),
    begin(1, THOUGHTS[1]!),
    end(1),
    begin(2, { type: "thinking", thinking: "", signature: "" }),
    delta(2, "signature_delta", { signature: "b25seQ==" }),
    end(2),
    last("end_turn"),
    STOP,
  );
  assertEquals(deltas(text).map(({ reasoning_content = "" }) => reasoning_content).join(""), "Hmm");
  const message = JSON.parse(openai.encodeResponse(fold(events(text)))).choices[0].message as Json;
  assertEquals(message.reasoning_details, DETAILS);
});

test("sources of a text are annotations with their place in the words", () => {
  const citation = {
    type: "web_search_result_location",
    url: "https://example.com",
    title: "Example",
    cited_text: "…",
    encrypted_index: "i",
  };
  const inDocument = { type: "char_location", document_index: 0, cited_text: "…" };
  const { message } = shown(answer([
    { type: "text", text: "First. " },
    { type: "text", text: "Second.", citations: [citation, inDocument] },
  ]));
  assertEquals(message.content, "First. Second.");
  assertEquals(message.annotations, [{
    type: "url_citation",
    url_citation: { url: "https://example.com", title: "Example", start_index: 7, end_index: 14 },
  }]);
});

test("the tool that stands for a JSON answer is read as text, with finish stop", () => {
  const name = JSON.parse(
    claude.encodeRequest(
      openai.decodeRequest({
        model: "m",
        messages: [{ role: "user", content: "Hi" }],
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", schema: { type: "object", properties: {} } },
        },
      }),
      { model: "claude-3-haiku-20240307", stream: false },
    ).body,
  ).tool_choice.name as string;
  const call = { ...CALL, name };
  const { message, choice } = shown(answer([call], { stop_reason: "tool_use" }));
  assertEquals([message.content, message.tool_calls], ['{"city":"Paris"}', undefined]);
  assertEquals(choice.finish_reason, "stop");
  const text = stream(
    START,
    begin(0, { ...call, input: {} }),
    delta(0, "input_json_delta", { partial_json: '{"city":' }),
    delta(0, "input_json_delta", { partial_json: '"Rome"}' }),
    end(0),
    last("tool_use"),
    STOP,
  );
  assertEquals(deltas(text).map(({ content }) => content ?? "").join(""), '{"city":"Rome"}');
  assertEquals([finishOf(text), calls(text)], ["stop", []]);
});

test("names written with marks are read back", () => {
  const call = { ...CALL, name: "files__u2e__read" };
  const [read] = shown(answer([call])).message.tool_calls as { function: { name: string } }[];
  assertEquals(read!.function.name, "files.read");
  assertEquals(
    calls(stream(START, begin(0, call), end(0), last("tool_use"), STOP))[0]?.name,
    "files.read",
  );
});

test("ping, unknown events and what comes after the end give nothing", () => {
  const noise = [{ type: "ping" }, { type: "vertex_event", x: 1 }, { type: "from_the_future" }];
  const text = [START, begin(0, { type: "text", text: "Hi" }), end(0), last("end_turn"), STOP];
  const noisy = stream(...noise, ...text.flatMap((event) => [event, ...noise]));
  assertEquals(events(noisy), events(stream(...text)));
});

test("a beginning that comes twice begins one answer", () => {
  const text = stream(START, START, begin(0, { type: "text", text: "Hi" }), last("end_turn"), STOP);
  assertEquals(events(text).filter(({ type }) => type === "start").length, 1);
  assertFalse(chunks(text).length === 0);
});

test("a stream without its last event is complete once it said why it stopped, and not before", () => {
  const hi = begin(0, { type: "text", text: "Hi" });
  const finished = (text: string) => events(text).some(({ type }) => type === "finish");
  assertEquals(finished(stream(START, hi, end(0), last("end_turn"))), true);
  assertEquals(finished(stream(START, hi, end(0))), false);
});

test("an answer without id or model gets the gateway's", () => {
  const { id, model, created } = claude.decodeResponse('{"content":[]}', DEFAULTS);
  assertEquals({ id, model, created }, DEFAULTS);
});
