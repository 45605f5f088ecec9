/** Every provider package, in its provider's own words. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { generateText, isStepCount, jsonSchema, Output, streamText, tool } from "ai";
import { test } from "node:test";
import { text, toolCall } from "../../../lib/exports/testing.ts";
import { NATIVES, scene } from "./scene.ts";

const WORDS = ["Grüße ", "from ", "the ", "bazaar 🐫."];

for (const native of NATIVES) {
  const { name, model, codec, url, streamUrl = url, key: [header, value] } = native;
  test(`${name}: generateText`, async () => {
    const { aigateway, provider } = scene(codec, [text(WORDS)]);
    const answer = await generateText({ model: aigateway(model), prompt: "Hello", maxRetries: 0 });
    assertEquals(answer.text, WORDS.join(""));
    assertEquals(answer.finishReason, "stop");
    assertEquals(answer.response.headers?.["cf-aig-step"], "0");
    assertEquals(answer.response.headers?.["cf-aig-provider"], name);
    assertEquals([provider.last.url, provider.last.method], [url, "POST"]);
    assertEquals(provider.last.headers.get(header), value);
    assertStringIncludes(provider.last.text, "Hello");
  });

  test(`${name}: streamText`, async () => {
    const { aigateway, provider } = scene(codec, [text(WORDS)]);
    const answer = streamText({ model: aigateway(model), prompt: "Hello", maxRetries: 0 });
    const pieces: string[] = [];
    for await (const piece of answer.textStream) pieces.push(piece);
    assertEquals(pieces.join(""), WORDS.join(""));
    assertEquals(await answer.finishReason, "stop");
    assertEquals(provider.last.url, streamUrl);
    assertEquals(provider.last.headers.get(header), value);
  });

  test(`${name}: tools, there and back`, { skip: native.toolless ?? false }, async () => {
    const { aigateway, provider } = scene(codec, [
      toolCall("get_weather", { city: "Paris" }),
      text("It is sunny."),
    ]);
    const asked: unknown[] = [];
    const get_weather = tool({
      inputSchema: jsonSchema<{ city: string }>({
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
        additionalProperties: false,
      }),
      execute: (input) => {
        asked.push(input);
        return Promise.resolve({ sky: "sunny" });
      },
    });
    const answer = await generateText({
      model: aigateway(model),
      tools: { get_weather },
      prompt: "What is the weather like?",
      stopWhen: isStepCount(2),
      maxRetries: 0,
    });
    assertEquals([asked, answer.text], [[{ city: "Paris" }], "It is sunny."]);
    assertEquals(provider.requests.length, 2);
    assertStringIncludes(provider.last.text, "sunny");
  });

  test(`${name}: an object`, async () => {
    const { aigateway } = scene(codec, [text('{"city":"Paris"}')]);
    const schema = jsonSchema<{ city: string }>({
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    });
    const answer = await generateText({
      model: aigateway(model),
      output: Output.object({ schema }),
      prompt: "Where?",
      maxRetries: 0,
    });
    assertEquals(answer.output, { city: "Paris" });
  });
}
