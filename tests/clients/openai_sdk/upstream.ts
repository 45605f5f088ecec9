/** The strict provider behind these tests is itself tested: without a gateway, it refuses what OpenAI refuses. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import OpenAI, { APIError } from "openai";
import type { Json } from "../../support/scripted_upstream.ts";
import { OWN_KEY, strictOpenAI } from "../../support/strict_openai.ts";
import { ASK, thrownBy } from "../doors.ts";

const tools = [{ type: "function", function: { name: "f" } }];
const called = { name: "f", arguments: "{}" };
const call = { role: "assistant", tool_calls: [{ id: "c", type: "function", function: called }] };
const result = { role: "tool", tool_call_id: "c", content: "1" };
const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
const schema = { type: "object", properties: { a: { type: "string" } } };

const REFUSED: [what: string, body: Json, param: string][] = [
  ["an unknown parameter", { tide: 1 }, "tide"],
  ["a prefixed model", { model: "openai/gpt-5-mini" }, "model"],
  ["the old token limit", { max_tokens: 5 }, "max_tokens"],
  ["no messages", { messages: undefined }, "messages"],
  ["an empty list of messages", { messages: [] }, "messages"],
  ["an unknown role", { messages: [{ role: "model", content: "" }] }, "messages.[0].role"],
  [
    "an image from the system",
    { messages: [{ role: "system", content: [image] }] },
    "messages.[0]",
  ],
  ["parallel calls without tools", { parallel_tool_calls: true }, "parallel_tool_calls"],
  ["a choice of tools without tools", { tool_choice: "auto" }, "tool_choice"],
  ["stream options without a stream", { stream_options: {} }, "stream_options"],
  ["a call without its result", { tools, messages: [...ASK, call, ...ASK] }, "messages.[2]"],
  ["a last call without its result", { tools, messages: [...ASK, call] }, "messages"],
  ["a result without its call", { tools, messages: [...ASK, result] }, "messages.[1].role"],
  ["a result given twice", { messages: [...ASK, call, result, result] }, "messages.[3].role"],
  ["an open strict schema", {
    response_format: { type: "json_schema", json_schema: { name: "s", strict: true, schema } },
  }, "response_format"],
];

void test("the provider of these tests is as strict as it says", async () => {
  const upstream = await strictOpenAI();
  const client = new OpenAI({ apiKey: OWN_KEY, baseURL: `${upstream.url}/v1`, maxRetries: 0 });
  const ask = (body: Json) =>
    client.post("/chat/completions", { body: { model: "gpt-5-mini", messages: ASK, ...body } });
  try {
    for (const [what, body, param] of REFUSED) {
      const error = await thrownBy(ask(body), APIError);
      assertEquals([error.status, error.param], [400, param], what);
    }
    await ask({ tools, parallel_tool_calls: true, messages: [...ASK, call, result, ...ASK] });
  } finally {
    await upstream.close();
  }
});
