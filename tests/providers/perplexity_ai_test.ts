import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import {
  answered,
  ASK,
  type Json,
  messagesOf,
  parametersOf,
  send,
  streamed,
  told,
} from "./accent.ts";

test("perplexity gets search filters, and nothing of OpenAI's that it lacks", () => {
  const { body, warnings } = send("perplexity-ai", {
    max_completion_tokens: 5,
    seed: 7,
    stream: true,
    search_domain_filter: ["a.example"],
    tools: [{ type: "function", function: { name: "f" } }],
    tool_choice: "required",
  });
  assertEquals(body, {
    messages: [ASK],
    max_tokens: 5,
    stream: true,
    search_domain_filter: ["a.example"],
  });
  assertEquals(warnings.sort(), [
    "dropped seed",
    "dropped tool_choice",
    "dropped tools",
    "renamed max_completion_tokens > max_tokens",
  ]);
});

test("perplexity's place of the user is not wrapped", () => {
  const user_location = { type: "approximate", approximate: { country: "FR", city: "Calais" } };
  assertEquals(parametersOf("perplexity-ai", { web_search_options: { user_location } }), {
    web_search_options: { user_location: { country: "FR", city: "Calais" } },
  });
});

test("perplexity gets a schema alone, and plain JSON in words", () => {
  const json_schema = { name: "r", strict: true, schema: { type: "object" } };
  const { response_format } = parametersOf("perplexity-ai", {
    response_format: { type: "json_schema", json_schema },
  });
  assertEquals(response_format, {
    type: "json_schema",
    json_schema: { schema: json_schema.schema },
  });
  const plain = send("perplexity-ai", { response_format: { type: "json_object" } });
  assertEquals(plain.body.response_format, undefined);
  assertEquals(plain.warnings, ["emulated response_format"]);
  assertEquals((plain.body.messages as Json[]).map(({ role }) => role), ["system", "user"]);
});

const call = {
  id: "c1",
  type: "function",
  function: { name: "depth", arguments: '{"at":"quay"}' },
};

test("perplexity's speakers take turns: instructions first, the user last", () => {
  const messages = messagesOf("perplexity-ai", [
    { role: "assistant", content: "Ahoy." },
    { role: "user", content: "One." },
    { role: "user", content: [{ type: "text", text: "Two." }] },
    { role: "developer", content: "Late." },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "c1", content: "6 m" },
    { role: "assistant", content: "Six." },
  ]);
  assertEquals(messages, [
    { role: "system", content: "Late." },
    { role: "user", content: [{ type: "text", text: "One." }, { type: "text", text: "Two." }] },
    { role: "assistant", content: 'Calls depth({"at":"quay"})' },
    { role: "user", content: "Result of depth:\n\n6 m" },
    { role: "assistant", content: "Six." },
    { role: "user", content: "Continue." },
  ]);
});

test("perplexity leaves a conversation that is right alone", () => {
  const right = [{ role: "system", content: "a" }, ASK, { role: "assistant", content: "b" }, ASK];
  assertEquals(send("perplexity-ai", { messages: right }), {
    body: { messages: right },
    warnings: [],
  });
});

test("perplexity's documents are bare base64", () => {
  const file = { filename: "a.pdf", file_data: "data:application/pdf;base64,QQ==" };
  const messages = messagesOf("perplexity-ai", [{
    role: "user",
    content: [{ type: "file", file }],
  }]);
  assertEquals(messages, [{
    role: "user",
    content: [{ type: "file_url", file_url: { url: "QQ==" }, file_name: "a.pdf" }],
  }]);
});

const sources = {
  citations: ["https://a.example", "https://b.example"],
  search_results: [{ url: "https://a.example", title: "A" }, { url: "https://b.example" }],
};
const usage = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 };
const cited = (url: string, title: string, start_index: number, end_index: number) => ({
  type: "url_citation",
  url_citation: { url, title, start_index, end_index },
});

test("perplexity's sources are annotations at their marks, and keep their own names", () => {
  const message = { role: "assistant", content: "Six[1] metres." };
  const answer = answered("perplexity-ai", {
    id: "p1",
    model: "sonar",
    created: 1,
    object: "chat.completion",
    choices: [{ index: 0, finish_reason: "stop", message, delta: { content: "" } }],
    usage,
    ...sources,
  });
  const [choice] = answer.choices as Json[];
  assertEquals((choice?.message as Json).annotations, [
    cited("https://a.example", "A", 3, 6),
    cited("https://b.example", "", 0, 0),
  ]);
  assertEquals(answer.citations, sources.citations);
});

const chunk = (content: string, said: string, finish_reason: string | null, more: Json = {}) => ({
  id: "p1",
  model: "sonar",
  created: 1,
  object: "chat.completion.chunk",
  choices: [{
    index: 0,
    finish_reason,
    delta: { role: "assistant", content },
    message: { role: "assistant", content: said },
  }],
  usage,
  ...sources,
  ...more,
});

test("perplexity's stream tells sources and counts once, at the end, without an end mark of its own", () => {
  const later = { ...usage, completion_tokens: 5, total_tokens: 9 };
  const chunks = streamed("perplexity-ai", [
    chunk("Six", "Six", null),
    chunk("[2].", "Six[2].", null),
    chunk("", "Six[2].", "stop", { object: "chat.completion.done", usage: later }),
  ]);
  const { usage: counts, ...rest } = told(chunks);
  assertEquals(rest, { text: "Six[2].", thoughts: "", finishes: ["stop"] });
  assertEquals(counts, [later]);
  assertEquals(chunks.map((each) => "citations" in each), [false, false, false, true, false]);
  const annotations = chunks.flatMap(({ choices }) =>
    (choices as Json[]).flatMap(({ delta }) => (delta as Json).annotations ?? [])
  );
  assertEquals(annotations, [
    cited("https://b.example", "", 3, 6),
    cited("https://a.example", "A", 0, 0),
  ]);
});

test("what perplexity thinks inside its text comes apart from it", () => {
  const chunks = streamed("perplexity-ai", [
    chunk("<thi", "", null),
    chunk("nk>hm</thin", "", null),
    chunk("k>\n\n{}", "", null),
    chunk("", "", "stop"),
  ]);
  const { text, thoughts } = told(chunks);
  assertEquals([text, thoughts], ["{}", "hm"]);
  assert(chunks.every(({ choices }) => (choices as Json[]).every((each) => !("message" in each))));
});
