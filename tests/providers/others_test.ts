import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import type { GatewayError } from "../../lib/errors.ts";
import {
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
  usage,
} from "./accent.ts";

test("parallel: a conversation of strings, a schema, and nothing else", () => {
  const { body, warnings } = send("parallel", {
    temperature: 0.5,
    max_completion_tokens: 5,
    response_format: SCHEMA,
    tools: [called()],
    stream: true,
    messages: [
      { role: "developer", content: [{ type: "text", text: "d" }] },
      {
        role: "user",
        content: [
          { type: "text", text: "q" },
          { type: "image_url", image_url: { url: "https://a.example/b.png" } },
        ],
      },
    ],
  });
  assertEquals(body, {
    response_format: SCHEMA,
    stream: true,
    messages: [{ role: "system", content: "d" }, { role: "user", content: "q" }],
  });
  assertEquals(warnings.filter((each) => each.startsWith("dropped")).sort(), [
    "dropped max_completion_tokens",
    "dropped messages.content",
    "dropped temperature",
    "dropped tools",
  ]);
});

test("parallel: what the answer rests on becomes citations", () => {
  const basis = [{
    field: "output",
    citations: [{ url: "https://a.example", title: "A", excerpts: ["x"] }],
  }];
  const chunks = streamed("parallel", [
    chunk({ role: "assistant", content: "Six" }),
    chunk({}, "stop", { basis, usage: null }),
    "[DONE]",
  ]);
  const annotations = chunks.flatMap(({ choices }) =>
    (choices as Json[]).flatMap(({ delta }) =>
      (delta as { annotations?: Json[] }).annotations ?? []
    )
  );
  assertEquals(annotations.map(({ url_citation }) => (url_citation as Json).title), ["A"]);
  assertEquals(chunks.filter((each) => "basis" in each).length, 1);
  assertEquals(told(chunks).usage, []);
});

test("workers-ai: Cloudflare's models take the schema alone, and no format in a stream", () => {
  const model = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
  const whole = parametersOf("workers-ai", { response_format: SCHEMA }, model);
  assertEquals(whole.response_format, { type: "json_schema", json_schema: { type: "object" } });
  const partner = parametersOf("workers-ai", { response_format: SCHEMA }, "vendor/model");
  assertEquals(partner.response_format, SCHEMA);
  const stream = send("workers-ai", { response_format: SCHEMA, stream: true }, model);
  assertEquals(stream.body.response_format, undefined);
  assertEquals(stream.warnings, ["emulated response_format"]);
});

test("workers-ai: content is never null, and pictures are never fetched", () => {
  const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
  const calling = { role: "assistant", content: null, tool_calls: [call] };
  const result = { role: "tool", tool_call_id: "a", content: "r" };
  assertEquals(messagesOf("workers-ai", [ASK, calling, result]), [
    ASK,
    { ...calling, content: "" },
    result,
  ]);
  const picture = (
    url: string,
  ) => [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];
  const inside = picture("data:image/png;base64,QQ==");
  assertEquals(messagesOf("workers-ai", inside), inside);
  const error = assertThrows(() => messagesOf("workers-ai", picture("https://a.example/b.png")));
  assertEquals([(error as GatewayError).status, (error as GatewayError).param], [
    400,
    "messages.content",
  ]);
  const effort = parametersOf("workers-ai", { reasoning_effort: "none" });
  assertEquals(effort, { chat_template_kwargs: { enable_thinking: false } });
});

test("workers-ai: numbers as content, two finishes and two ends are one answer", () => {
  const chunks = streamed("workers-ai", [
    chunk({ role: "assistant", content: 1 as unknown as string }, null, { p: "abcd" }),
    chunk({ tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }] }),
    chunk({ tool_calls: [{ id: null, function: { name: null, arguments: "" } }] }, "stop", {
      usage,
    }),
    chunk({}, "stop", { usage }),
    "[DONE]",
    "[DONE]",
  ]);
  const { text, finishes, usage: counts } = told(chunks);
  assertEquals([text, finishes, counts], ["1", ["tool_calls"], [usage]]);
});

test("openrouter: everything passes, thoughts under its own name", () => {
  const asked = { provider: { order: ["a"] }, verbosity: "low", logit_bias: { "1": 1 }, top_k: 4 };
  assertEquals(send("openrouter", asked), { body: { messages: [ASK], ...asked }, warnings: [] });
  const details = [{ type: "reasoning.encrypted", data: "x", format: "f", index: 0 }];
  const history = [ASK, { ...thinker, reasoning_details: details }, ASK];
  assertEquals(messagesOf("openrouter", history), [
    ASK,
    { role: "assistant", content: "a", reasoning_details: details, reasoning: "hm" },
    ASK,
  ]);
});

test("openrouter: a failure amid the answer is no answer", () => {
  const { decodeError, decodeResponse, relay } = codecOf("openrouter");
  const defaults = { id: "", model: "", created: 1 };
  const choices = [{
    index: 0,
    finish_reason: "error",
    message: { role: "assistant", content: "Si" },
    error: { code: 502, message: "The model went away" },
  }];
  const thrown = assertThrows(() => decodeResponse(JSON.stringify({ choices }), defaults));
  assertEquals([(thrown as GatewayError).status, (thrown as GatewayError).message], [
    502,
    "The model went away",
  ]);
  const stream = relay.relayStream({ usage: false }, defaults);
  stream.push(
    new TextEncoder().encode(`data: ${JSON.stringify(chunk({ content: "" }, "error"))}\n\n`),
  );
  assertEquals(stream.progress.fault?.status, 502);
  const headers = new Headers({
    "x-ratelimit-reset": "1760000030000",
    date: new Date(1_760_000_000_000).toUTCString(),
  });
  assertEquals(decodeError(429, "{}", headers).retryAfter, 30_000);
});
