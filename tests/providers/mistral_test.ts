import { test } from "node:test";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ASK, type Json, messagesOf, parametersOf, send, streamed, told } from "./accent.ts";

test("mistral gets its own names, and no stream options", () => {
  const { body, warnings } = send("mistral", {
    max_completion_tokens: 5,
    max_tokens: 9,
    seed: 7,
    stream: true,
    stream_options: { include_usage: true },
    user: "u",
    metadata: { a: "b" },
    tool_choice: "required",
    tools: [{ type: "function", function: { name: "f", strict: null } }],
  });
  assertEquals(body, {
    messages: [ASK],
    max_tokens: 5,
    random_seed: 7,
    stream: true,
    metadata: { a: "b" },
    tool_choice: "any",
    tools: [{
      type: "function",
      function: { name: "f", parameters: { type: "object", properties: {} } },
    }],
  });
  assert(warnings.includes("dropped user") && warnings.includes("renamed seed > random_seed"));
});

test("mistral's temperature ends at 1.5, and greed needs no other choice", () => {
  assertEquals(send("mistral", { temperature: 2 }), {
    body: { messages: [ASK], temperature: 1.5 },
    warnings: ["clamped temperature > 1.5"],
  });
  assertEquals(parametersOf("mistral", { temperature: 0, top_p: 0.5 }), { temperature: 0 });
  assertEquals(parametersOf("mistral", { temperature: 1, top_p: 0.5 }).top_p, 0.5);
});

test("mistral's efforts are all or nothing, and only some models have them", () => {
  const asked = (model: string) => (reasoning_effort: string) =>
    parametersOf("mistral", { reasoning_effort }, model);
  assertEquals(["none", "low", "high"].map(asked("mistral-small-2603")), [
    { reasoning_effort: "none" },
    { reasoning_effort: "high" },
    { reasoning_effort: "high" },
  ]);
  assertEquals(asked("magistral-medium-2509")("low"), { prompt_mode: "reasoning" });
  assertEquals(asked("open-mistral-nemo")("low"), {});
});

const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
const calling = (...ids: string[]) => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map(call),
});
const result = (id: string) => ({ role: "tool", tool_call_id: id, content: "r" });

function idsOf(messages: unknown): unknown[] {
  return (messages as Json[]).flatMap(({ tool_calls, tool_call_id }) =>
    tool_call_id ?? (tool_calls as Json[] | undefined)?.map(({ id }) => id) ?? []
  );
}

test("mistral's ids have nine letters or digits, alike in call and result", () => {
  const ids = ["call_one", "abcDEF123", "chatcmpl-tool-0123456789abcdef0123456789abcdef"];
  const history = [ASK, calling(...ids), ...ids.map(result)];
  const sent = idsOf(messagesOf("mistral", history)) as string[];
  assertEquals(sent.slice(0, 3), sent.slice(3));
  assertEquals(sent[1], "abcDEF123");
  for (const id of sent) assertMatch(id, /^[A-Za-z0-9]{9}$/);
  assertEquals(new Set(sent).size, 3);
  assertEquals(idsOf(messagesOf("mistral", history)), sent);
});

test("mistral's ids do not collide inside one conversation", () => {
  const [made] = idsOf(messagesOf("mistral", [ASK, calling("call_one"), result("call_one")]));
  const taken = String(made);
  const both = [ASK, calling("call_one", taken), result("call_one"), result(taken)];
  const sent = idsOf(messagesOf("mistral", both));
  assertEquals(new Set(sent).size, 2);
  assertEquals([sent[1], sent[3]], [taken, taken]);
});

test("mistral hears no user right after a tool, and a last word of the assistant is a beginning", () => {
  assertEquals(
    messagesOf("mistral", [ASK, calling("abcdefghi"), result("abcdefghi"), ASK]),
    [
      ASK,
      { role: "assistant", tool_calls: [call("abcdefghi")] },
      result("abcdefghi"),
      { role: "assistant", content: "OK." },
      ASK,
    ].map((each) =>
      each.role === "assistant" && "tool_calls" in each ? { ...each, content: null } : each
    ),
  );
  assertEquals(messagesOf("mistral", [ASK, { role: "assistant", content: "Six" }]), [
    ASK,
    { role: "assistant", content: "Six", prefix: true },
  ]);
});

test("mistral's content parts have its own forms", () => {
  const content = [
    { type: "text", text: "a", cache_control: { type: "ephemeral" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,QQ==" } },
    { type: "file", file: { file_id: "f1" } },
    { type: "input_audio", input_audio: { data: "QQ==", format: "wav" } },
    { type: "video_url", video_url: { url: "https://a.example/b.mp4" } },
  ];
  const { body, warnings } = send("mistral", { messages: [{ role: "user", content, name: "n" }] });
  assertEquals(body.messages, [{
    role: "user",
    content: [
      { type: "text", text: "a" },
      {
        type: "document_url",
        document_url: "data:application/pdf;base64,QQ==",
        document_name: "a.pdf",
      },
      { type: "file", file_id: "f1" },
      { type: "input_audio", input_audio: "QQ==" },
    ],
  }]);
  assertEquals(warnings.sort(), [
    "dropped messages.content",
    "dropped messages.content.cache_control",
    "dropped messages.name",
  ]);
});

const chunk = (delta: Json, finish_reason: string | null, more: Json = {}) => ({
  id: "m1",
  object: "chat.completion.chunk",
  created: 1,
  model: "mistral",
  choices: [{ index: 0, delta, finish_reason }],
  ...more,
});

test("mistral's thoughts, padding and counts on the finish come as clients know them", () => {
  const usage = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6, num_cached_tokens: 1 };
  const thinking = [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }];
  const chunks = streamed("mistral", [
    chunk({ role: "assistant", content: thinking }, null, { p: "abc" }),
    chunk({ content: [{ type: "text", text: "Six" }] }, null, { p: "abcdef" }),
    chunk({ content: "" }, "stop", { usage, p: "a" }),
    "[DONE]",
  ]);
  const { usage: counts, ...rest } = told(chunks);
  assertEquals(rest, { text: "Six", thoughts: "hm", finishes: ["stop"] });
  assertEquals((counts as Json[]).map(({ prompt_tokens_details }) => prompt_tokens_details), [{
    cached_tokens: 1,
  }]);
  assert(chunks.every((each) => !("p" in each)));
});

test("a call that mistral's guests tell in pieces is one call", () => {
  const id = "chatcmpl-tool-1";
  const chunks = streamed("mistral", [
    chunk({ tool_calls: [{ id, index: 0, function: { name: "f", arguments: "" } }] }, null),
    chunk({ tool_calls: [{ index: 0, function: { name: "", arguments: '{"a":1}' } }] }, null),
    chunk({ content: "" }, "tool_calls"),
    "[DONE]",
  ]);
  const calls = chunks.flatMap(({ choices }) =>
    (choices as Json[]).flatMap(({ delta }) => (delta as Json).tool_calls ?? [])
  );
  assertEquals(calls, [
    { id, index: 0, type: "function", function: { name: "f", arguments: "" } },
    { index: 0, function: { arguments: '{"a":1}' } },
  ]);
});
