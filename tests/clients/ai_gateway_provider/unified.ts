/** The package's own dialect: one client for every provider, translated by the gateway. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { generateObject, generateText, isStepCount, jsonSchema, streamText, tool } from "ai";
import { test } from "node:test";
import { anthropicMessages } from "../../../lib/codecs/anthropic_messages/mod.ts";
import { geminiGenerate } from "../../../lib/codecs/gemini_generate/mod.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { text, toolCall } from "../../../lib/exports/testing.ts";
import { scene, unified } from "./scene.ts";

const WORDS = ["Grüße ", "from ", "the ", "bazaar 🐫."];

const BEHIND = [
  { model: "openai/m", provider: "openai", codec: openaiChat({ faithful: true }) },
  { model: "anthropic/m", provider: "anthropic", codec: anthropicMessages() },
  { model: "google-ai-studio/m", provider: "google-ai-studio", codec: geminiGenerate() },
  { model: "dynamic/support", provider: "anthropic", codec: anthropicMessages() },
  { model: "support", provider: "anthropic", codec: anthropicMessages() },
];

const GATEWAYS = { default: { routes: { support: "anthropic/m" } } };

const city = jsonSchema<{ city: string }>({
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
});

for (const { model, provider: slug, codec } of BEHIND) {
  test(`unified, ${model}: generateText and streamText`, async () => {
    const { aigateway } = scene(codec, [text(WORDS), text(WORDS)], { gateways: GATEWAYS });
    const request = { model: aigateway(unified(model)), prompt: "Hello", maxRetries: 0 };
    const whole = await generateText(request);
    assertEquals([whole.text, whole.finishReason], [WORDS.join(""), "stop"]);
    assertEquals(whole.response.headers?.["cf-aig-provider"], slug);
    const stream = streamText(request);
    let said = "";
    for await (const piece of stream.textStream) said += piece;
    assertEquals([said, await stream.finishReason], [WORDS.join(""), "stop"]);
  });

  test(`unified, ${model}: tools and objects`, async () => {
    const script = [
      toolCall("get_weather", { city: "Paris" }),
      text("Sunny."),
      text('{"city":"Paris"}'),
    ];
    const { aigateway, provider } = scene(codec, script, { gateways: GATEWAYS });
    const request = { model: aigateway(unified(model)), maxRetries: 0 };
    const get_weather = tool({
      inputSchema: city,
      execute: ({ city }) => Promise.resolve({ sky: `blue over ${city}` }),
    });
    const told = await generateText({
      ...request,
      tools: { get_weather },
      prompt: "What is the weather like?",
      stopWhen: isStepCount(2),
    });
    assertEquals(told.text, "Sunny.");
    assertStringIncludes(provider.last.text, "blue over Paris");
    const made = await generateObject({ ...request, schema: city, prompt: "Where?" });
    assertEquals(made.object, { city: "Paris" });
  });
}
