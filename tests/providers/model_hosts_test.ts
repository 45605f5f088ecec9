import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import type { GatewayError } from "../../lib/errors.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import {
  answered,
  ASK,
  called,
  chunk,
  codecOf,
  type Json,
  messagesOf,
  parametersOf,
  SCHEMA,
  send,
  streamed,
  thinker,
  told,
} from "./accent.ts";

test("cerebras: known names, its own name for thoughts, a developer only where the model knows one", () => {
  const { body, warnings } = send("cerebras", {
    max_tokens: 5,
    store: true,
    invented: 1,
    top_logprobs: 2,
  });
  assertEquals(body, { messages: [ASK], max_completion_tokens: 5, top_logprobs: 2 });
  assertEquals(warnings.sort(), [
    "dropped invented",
    "dropped store",
    "renamed max_tokens > max_completion_tokens",
  ]);
  const messages = [{ role: "developer", content: "d" }, ASK, thinker, ASK];
  const wanted = (role: string) => [
    { role, content: "d" },
    ASK,
    { role: "assistant", content: "a", reasoning: "hm" },
    ASK,
  ];
  assertEquals(messagesOf("cerebras", messages, "llama-3.3-70b"), wanted("system"));
  assertEquals(messagesOf("cerebras", messages, "gpt-oss-120b"), wanted("developer"));
});

test("cerebras: efforts, stops and tools within its bounds", () => {
  const effort = (reasoning_effort: string, model?: string) =>
    parametersOf("cerebras", { reasoning_effort }, model);
  assertEquals(effort("xhigh"), { reasoning_effort: "high" });
  assertEquals(effort("none", "zai-glm-4.6"), { disable_reasoning: true });
  const stop = ["a", "b", "c", "d", "e"];
  assertEquals(send("cerebras", { stop }).warnings, ["clamped stop > 4"]);
  const mixed = { tools: [called(true), called()] };
  const { body, warnings } = send("cerebras", mixed);
  assertEquals(body.tools, [called(), called()]);
  assertEquals(warnings, ["dropped tools.function.strict"]);
  assertEquals(parametersOf("cerebras", { tools: [called(true)] }).tools, [called(true)]);
});

test("cerebras: an error without an envelope, also in a stream", () => {
  const error = { message: "No room.", type: "too_many_requests_error", code: "queue_exceeded" };
  const { decodeError, decodeResponse } = codecOf("cerebras");
  const headers = new Headers({ "x-ratelimit-reset-tokens-minute": "7.5" });
  const fault = decodeError(429, JSON.stringify({ ...error, param: "quota" }), headers);
  assertEquals([fault.message, fault.code, fault.retryAfter], ["No room.", "queue_exceeded", 7500]);
  const inside = JSON.stringify(error);
  const thrown = assertThrows(() => decodeResponse(inside, { id: "", model: "", created: 1 }));
  assertEquals((thrown as GatewayError).status, 429);
  const late = JSON.stringify({ error, status_code: 503 });
  assertEquals(
    (assertThrows(() => decodeResponse(late, { id: "", model: "", created: 1 })) as GatewayError)
      .status,
    503,
  );
});

test("baseten: its key's scheme, and models without JSON are told", () => {
  assertEquals(PROVIDERS.get("baseten")?.auth.prefix, "Api-Key ");
  const { body, warnings } = send(
    "baseten",
    { response_format: SCHEMA },
    "deepseek-ai/DeepSeek-V3.1",
  );
  assertEquals(body.response_format, undefined);
  assertEquals(warnings, ["emulated response_format"]);
  assertEquals(parametersOf("baseten", { response_format: SCHEMA }), { response_format: SCHEMA });
  assertEquals(parametersOf("baseten", { top_k: 5, max_completion_tokens: 5 }), {
    top_k: 5,
    max_tokens: 5,
  });
});

test("together: log probabilities by number, stops in a list", () => {
  assertEquals(parametersOf("together", { logprobs: true, top_logprobs: 3, stop: ["x"] }), {
    logprobs: 3,
    stop: ["x"],
  });
  assertEquals(parametersOf("together", { logprobs: true }), { logprobs: 1 });
  assertEquals(parametersOf("together", { logprobs: false }), {});
  const text = [{ type: "text", text: "a" }];
  assertEquals(
    messagesOf("together", [{ role: "system", content: text }, { role: "user", content: text }]),
    [
      { role: "system", content: "a" },
      { role: "user", content: text },
    ],
  );
});

test("together: a bare log probability gets its token back", () => {
  const bare = {
    ...chunk({ content: "Six" }),
    choices: [{
      index: 0,
      delta: { content: "Six" },
      text: "Six",
      logprobs: -0.5,
      finish_reason: null,
    }],
  };
  const [first] = streamed("together", [bare, chunk({ content: "" }, "eos"), "[DONE]"]);
  const [choice] = first?.choices as Json[];
  assertEquals(choice?.logprobs, {
    content: [{ token: "Six", logprob: -0.5, bytes: null, top_logprobs: [] }],
    refusal: null,
  });
});

test("fireworks: its tiers and efforts", () => {
  assertEquals(parametersOf("fireworks", { service_tier: "priority" }), {
    service_tier: "priority",
  });
  assertEquals(send("fireworks", { service_tier: "flex" }).warnings, ["dropped service_tier"]);
  assertEquals(parametersOf("fireworks", { reasoning_effort: "xhigh" }), {
    reasoning_effort: "high",
  });
});

test("huggingface: the schema gets the name that callers forget", () => {
  const { schema } = SCHEMA.json_schema;
  const response_format = { type: "json_schema", json_schema: { schema } };
  assertEquals(parametersOf("huggingface", { response_format }).response_format, {
    type: "json_schema",
    json_schema: { name: "response", schema },
  });
});

test("thoughts inside a text come apart from it, whole and streamed", () => {
  for (const slug of ["together", "huggingface", "baseten", "workers-ai", "fireworks"]) {
    const message = { role: "assistant", content: "<think>hm</think>\n\nSix" };
    const whole = answered(slug, {
      id: "c",
      created: 1,
      model: "m",
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: "stop" }],
    });
    const said = (whole.choices as Json[])[0]?.message as Json;
    assertEquals([said.reasoning_content, said.content], ["hm", "Six"]);
    const pieces = ["<", "think>h", "m</think>", "\n", "\nSix"].map((content) =>
      chunk({ content })
    );
    const { text, thoughts } = told(streamed(slug, [...pieces, chunk({}, "stop"), "[DONE]"]));
    assertEquals([text, thoughts], ["Six", "hm"], slug);
  }
});
