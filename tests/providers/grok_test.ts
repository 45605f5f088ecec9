import { test } from "node:test";
import { assertEquals } from "@std/assert";
import {
  answered,
  ASK,
  codecOf,
  type Json,
  messagesOf,
  parametersOf,
  send,
  streamed,
  told,
} from "./accent.ts";

const LIMITS = { stop: ["x"], presence_penalty: 0.5, frequency_penalty: 0.5, seed: 7 };

test("grok's reasoning models take neither stops nor penalties", () => {
  for (const model of ["grok-4", "grok-4.3", "grok-3-mini", "grok-code-fast-1"]) {
    assertEquals(parametersOf("grok", LIMITS, model), { seed: 7 }, model);
  }
  assertEquals(parametersOf("grok", LIMITS, "grok-3"), LIMITS);
});

test("grok's efforts depend on the model", () => {
  const efforts = ["none", "minimal", "medium", "xhigh", "max"];
  const of = (model: string) =>
    efforts.map((reasoning_effort) =>
      parametersOf("grok", { reasoning_effort }, model).reasoning_effort
    );
  assertEquals(of("grok-3-mini"), ["low", "low", "high", "high", "high"]);
  for (const model of ["grok-4", "grok-4-fast-reasoning", "grok-4.20-reasoning", "grok-3"]) {
    assertEquals(of(model), Array(5).fill(undefined), model);
  }
  assertEquals(of("grok-4.3"), ["none", "low", "medium", "high", "high"]);
  assertEquals(of("grok-4.6"), ["none", "low", "medium", "xhigh", "xhigh"]);
});

test("grok's removed search is told as lost, names and foreign tiers too", () => {
  const { body, warnings } = send("grok", {
    web_search_options: {},
    search_parameters: { mode: "on" },
    service_tier: "flex",
    messages: [{ ...ASK, name: "n" }],
  });
  assertEquals(body, { messages: [ASK] });
  assertEquals(warnings.sort(), [
    "dropped messages.name",
    "dropped search_parameters",
    "dropped service_tier",
    "dropped web_search_options",
  ]);
});

test("grok's schemas say in words what it does not take as keywords", () => {
  const schema = {
    type: "object",
    properties: { minLength: { type: "string", minLength: 2, description: "a name" } },
  };
  const format = (inner: object) => ({
    type: "json_schema",
    json_schema: { name: "r", schema: inner },
  });
  const { body, warnings } = send("grok", { response_format: format(schema) });
  assertEquals(
    body.response_format,
    format({
      type: "object",
      properties: { minLength: { type: "string", description: "a name — minLength: 2" } },
    }),
  );
  assertEquals(warnings, ["emulated response_format.json_schema"]);
});

test("grok gets earlier thoughts back under one name", () => {
  assertEquals(
    messagesOf("grok", [ASK, { role: "assistant", content: "a", reasoning: "hm" }, ASK]),
    [
      ASK,
      { role: "assistant", content: "a", reasoning_content: "hm" },
      ASK,
    ],
  );
});

const usage = {
  prompt_tokens: 10,
  completion_tokens: 2,
  total_tokens: 20,
  completion_tokens_details: { reasoning_tokens: 8 },
};

test("grok's completion includes its reasoning, exactly when the total shows that it was left out", () => {
  const message = { role: "assistant", content: "a" };
  const whole = (counts: object) =>
    answered("grok", {
      id: "x",
      created: 1,
      model: "grok",
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage: counts,
    }).usage as Json;
  assertEquals(whole(usage).completion_tokens, 10);
  assertEquals(whole({ ...usage, completion_tokens: 10 }).completion_tokens, 10);
});

test("grok's cumulative counts are told once, and calls end in tool_calls", () => {
  const chunk = (delta: Json, finish_reason?: string, counts: object = usage) => ({
    id: "x",
    created: 1,
    model: "grok",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, ...(finish_reason !== undefined && { finish_reason }) }],
    usage: counts,
  });
  const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
  const chunks = streamed("grok", [
    chunk({ role: "assistant", reasoning_content: "hm" }),
    chunk({ tool_calls: [call("a")] }),
    chunk({ tool_calls: [call("b")] }),
    chunk({}, "", { ...usage, total_tokens: 21 }),
    "[DONE]",
  ]);
  const { thoughts, finishes, usage: counts } = told(chunks);
  assertEquals([thoughts, finishes], ["hm", ["tool_calls"]]);
  assertEquals(counts.map((each) => (each as Json).total_tokens), [21]);
  const indexes = chunks.flatMap(({ choices }) =>
    (choices as Json[]).flatMap(({ delta }) => (delta as { tool_calls?: Json[] }).tool_calls ?? [])
  ).map(({ index }) => index);
  assertEquals(indexes, [0, 1]);
});

test("grok's envelope, its bad key and its outage under status 200 are told for what they are", () => {
  const { decodeError, decodeResponse } = codecOf("grok");
  const refused = {
    code: "Client specified an invalid argument",
    error: "Incorrect API key provided",
  };
  assertEquals(decodeError(400, JSON.stringify(refused), new Headers()).status, 401);
  const outage = { code: "The service is currently unavailable", error: "Timed out" };
  let status: unknown;
  try {
    decodeResponse(JSON.stringify(outage), { id: "", model: "", created: 1 });
  } catch (error) {
    status = (error as { status: number }).status;
  }
  assertEquals(status, 503);
});
