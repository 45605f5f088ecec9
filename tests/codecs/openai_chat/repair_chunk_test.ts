import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { bytesOf, chunk, DEFAULTS, payloadsOf, relayText, sse } from "./helpers.ts";

const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

// deno-lint-ignore no-explicit-any -- chunks are read the way a program without types would
type Wire = any;

function repaired(usage: boolean, ...payloads: unknown[]): Wire[] {
  const relay = openaiChat().relay!.relayStream({ usage }, DEFAULTS);
  return payloadsOf(relayText(relay, bytesOf(sse(...payloads))));
}

function callsOf(...deltas: object[]): Wire[] {
  const payloads = deltas.map((delta) => chunk({ tool_calls: [delta] }));
  return repaired(false, ...payloads, chunk({}, "stop"), "[DONE]")
    .flatMap((each) => each.choices[0].delta.tool_calls ?? []);
}

/** Index, id, name and joined arguments of every call. */
function folded(calls: Wire[]): [string, string, string][] {
  const out: [string, string, string][] = [];
  for (const { index, id, function: called } of calls) {
    if (out[index] === undefined) out[index] = [id, called.name, called.arguments];
    else out[index][2] += called.arguments;
  }
  return out;
}

const first = (
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
  args: unknown = "",
) => ({
  ...(index !== undefined && { index }),
  ...(id !== undefined && { id, type: "function" }),
  function: { ...(name !== undefined && { name }), arguments: args },
});

test("calls without an index are numbered by their ids", () => {
  const calls = callsOf(
    first(undefined, "a", "f", "{"),
    first(undefined, "a", undefined, "}"),
    first(undefined, "b", "g", "{}"),
  );
  assertEquals(folded(calls), [["a", "f", "{}"], ["b", "g", "{}"]]);
});

test("calls that all have index 0 are told apart by their ids", () => {
  assertEquals(folded(callsOf(first(0, "a", "f", "{}"), first(0, "b", "f", "{}"))), [[
    "a",
    "f",
    "{}",
  ], ["b", "f", "{}"]]);
});

test("whole calls without index and id are told apart by name and completeness", () => {
  const calls = folded(
    callsOf(
      first(undefined, undefined, "f", '{"a":1}'),
      first(undefined, undefined, "f", '{"a":2}'),
      first(undefined, undefined, "g"),
    ),
  );
  assertEquals(calls.map(([, name, args]) => [name, args]), [["f", '{"a":1}'], ["f", '{"a":2}'], [
    "g",
    "{}",
  ]]);
  assertEquals(new Set(calls.map(([id]) => id)).size, 3);
});

test("an empty name or id in a later delta counts as absent", () => {
  const calls = callsOf(first(0, "a", "f", ""), {
    index: 0,
    id: "",
    function: { name: "", arguments: '{"x":' },
  }, { id: null, function: { arguments: "1}" } });
  assertEquals(folded(calls), [["a", "f", '{"x":1}']]);
  assertEquals(calls.slice(1).some((call) => "id" in call || "name" in call.function), false);
});

test("a call whose name comes late waits for it", () => {
  const calls = callsOf({ index: 0, id: "a", function: { arguments: '{"x"' } }, {
    index: 0,
    function: { name: "f", arguments: ":1}" },
  });
  assertEquals(calls, [{
    index: 0,
    id: "a",
    type: "function",
    function: { name: "f", arguments: '{"x":1}' },
  }]);
});

test("indexes that skip numbers are closed up", () => {
  assertEquals(
    callsOf(first(3, "a", "f"), first(7, "b", "g")).slice(0, 2).map(({ index }) => index),
    [0, 1],
  );
});

test("arguments that are missing, null or an object become JSON text", () => {
  const calls = callsOf(
    first(0, "a", "f", ""),
    first(1, "b", "g", null),
    first(2, "c", "h", { x: 1 }),
    first(3, "d", "i", "null"),
  );
  assertEquals(folded(calls).map(([, , args]) => args), ["{}", "{}", '{"x":1}', "{}"]);
});

test("ids are made where there are none, the same ones as for the whole answer", () => {
  const [call] = callsOf(first(0, undefined, "f", "{}"));
  assert(/^call_[A-Za-z0-9]{1,35}$/.test(call.id));
  const whole = {
    id: "chatcmpl-1",
    choices: [{ message: { tool_calls: [{ function: { name: "f" } }] } }],
  };
  const { text } = openaiChat().relay!.relayResponse(JSON.stringify(whole), DEFAULTS);
  assertEquals(JSON.parse(text).choices[0].message.tool_calls[0].id, call.id);
});

test("what a call says besides stays with it", () => {
  const extra_content = { google: { thought_signature: "s" } };
  assertEquals(
    callsOf({ ...first(0, "a", "f", "{}"), extra_content })[0].extra_content,
    extra_content,
  );
});

test("stop after a tool call is tool_calls, with the native word beside it", () => {
  const last = repaired(
    false,
    chunk({ tool_calls: [first(0, "a", "f", "{}")] }),
    chunk({}, "stop"),
    "[DONE]",
  ).at(-1);
  assertEquals([last.choices[0].finish_reason, last.choices[0].native_finish_reason], [
    "tool_calls",
    "stop",
  ]);
});

test("of several finishes one is left, at the end, and the telling one", () => {
  const chunks = repaired(
    false,
    chunk({ content: "a" }, "stop"),
    chunk({ content: "b" }),
    chunk({}, "length"),
    chunk({}, "stop"),
    "[DONE]",
  );
  assertEquals(chunks.map((each) => each.choices[0].delta.content ?? null), ["a", "b", null]);
  assertEquals(chunks.map((each) => each.choices[0].finish_reason), [null, null, "length"]);
});

test("an answer that says [DONE] without a reason gets one", () => {
  assertEquals(
    repaired(false, chunk({ content: "a" }), "[DONE]").at(-1).choices[0].finish_reason,
    "stop",
  );
  const called = repaired(
    false,
    chunk({ tool_calls: [first(0, "a", "f")] }),
    chunk({}, ""),
    "[DONE]",
  );
  assertEquals(called.at(-1).choices[0].finish_reason, "tool_calls");
});

test("id, time and model are those of the first chunk, the role comes once", () => {
  const chunks = repaired(
    false,
    { choices: [], id: "", created: 0, prompt_filter_results: [1] },
    {
      ...chunk({ role: "assistant", content: "a" }),
      id: "x",
      created: 3.9,
      model: "m1",
      object: undefined,
    },
    { ...chunk({ role: "assistant", content: "b" }), id: "y", created: 4, model: "m2" },
    chunk({ role: "assistant" }, "stop"),
    "[DONE]",
  );
  assertEquals(
    chunks.map(({ id, created, model, object }) => [id, created, model, object]),
    Array(3).fill(["x", 3, "m1", "chat.completion.chunk"]),
  );
  assertEquals(chunks.map((each) => each.choices[0].delta.role), [
    "assistant",
    undefined,
    undefined,
  ]);
  assertEquals(chunks[0].prompt_filter_results, [1]);
});

test("a stream without id, time and model gets the defaults", () => {
  const [only] = repaired(false, { choices: [{ delta: { content: "a" } }] }, "[DONE]");
  assertEquals([only.id, only.created, only.model], [
    DEFAULTS.id,
    DEFAULTS.created,
    DEFAULTS.model,
  ]);
  assertEquals([only.choices[0].index, only.choices[0].finish_reason], [0, null]);
});

test("counts from any chunk come once, alone, before [DONE]", () => {
  for (
    const payloads of [
      [
        chunk({ content: "a" }, null, { usage: { ...USAGE, completion_tokens: 1 } }),
        chunk({}, "stop", { usage: USAGE }),
      ],
      [chunk({ content: "a" }), chunk({}, "stop", { x_groq: { id: "r", usage: USAGE } })],
      [chunk({ content: "a" }), {
        ...chunk({}),
        choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: USAGE }],
      }],
      [chunk({ content: "a" }), chunk({}, "stop"), { ...chunk({}), choices: [], usage: USAGE }, {
        ...chunk({}),
        choices: [],
        usage: {},
      }],
    ]
  ) {
    const chunks = repaired(true, ...payloads, "[DONE]");
    assertEquals(chunks.map(({ usage }) => usage ?? null), [null, null, USAGE]);
    assertEquals(chunks.at(-1).choices, []);
    assertEquals(JSON.stringify(repaired(false, ...payloads, "[DONE]")).includes("usage"), false);
  }
});

test("sources on the last chunk are not lost with its counts", () => {
  const chunks = repaired(true, chunk({ content: "a" }, "stop"), {
    ...chunk({}),
    choices: [],
    usage: USAGE,
    citations: ["u"],
  }, "[DONE]");
  assert(JSON.stringify(chunks).includes('"citations":["u"]'));
});

test("thinking in lists is told from text", () => {
  const [a, b] = repaired(
    false,
    chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] }),
    chunk({ content: [{ type: "text", text: "so" }] }),
    chunk({ content: "" }, "stop"),
    "[DONE]",
  );
  assertEquals([a.choices[0].delta.reasoning_content, a.choices[0].delta.content], ["hm", null]);
  assertEquals(b.choices[0].delta.content, "so");
});

test("a whole message at the end counts only when nothing came before it", () => {
  const whole = {
    ...chunk({}),
    choices: [{ index: 0, message: { role: "assistant", content: "all" }, finish_reason: "stop" }],
  };
  const text = (chunks: Wire[]) =>
    chunks.map((each) => each.choices[0].delta.content ?? "").join("");
  assertEquals(text(repaired(false, whole, "[DONE]")), "all");
  assertEquals(
    text(repaired(false, chunk({ content: "al" }), chunk({ content: "l" }), whole, "[DONE]")),
    "all",
  );
});

test("choices are kept apart", () => {
  const two = (delta: object, index: number, finish: string | null = null) => ({
    ...chunk({}),
    choices: [{ index, delta, finish_reason: finish }],
  });
  const chunks = repaired(
    false,
    two({ content: "a" }, 0),
    two({ content: "b" }, 1),
    two({}, 0, "stop"),
    two({}, 1, "length"),
  );
  assertEquals(chunks.map((each) => each.choices[0].delta.role), [
    "assistant",
    "assistant",
    undefined,
    undefined,
  ]);
  assertEquals(chunks.map((each) => each.choices[0].finish_reason), [null, null, "stop", "length"]);
});
