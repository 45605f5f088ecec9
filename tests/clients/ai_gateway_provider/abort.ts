/** A caller who leaves calls the provider off, before the answer and in the middle of it. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { generateText, streamText } from "ai";
import { test } from "node:test";
import { anthropicMessages } from "../../../lib/codecs/anthropic_messages/mod.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { silent, stalled, text } from "../../../lib/exports/testing.ts";
import { until } from "../../support/waiting.ts";
import { NATIVES, scene, unified } from "./scene.ts";

const CASES = [
  {
    name: "native",
    model: NATIVES.find(({ name }) => name === "anthropic")!.model,
    codec: anthropicMessages(),
  },
  { name: "unified", model: unified("openai/m"), codec: openaiChat({ faithful: true }) },
];

for (const { name, model, codec } of CASES) {
  test(`${name}: an abort before the answer`, async () => {
    const { aigateway, provider } = scene(codec, [silent()]);
    const controller = new AbortController();
    const asked = assertRejects(() =>
      generateText({
        // Whoever leaves is not waiting for the next one either.
        model: aigateway([model, model]),
        prompt: "Hello",
        maxRetries: 0,
        abortSignal: controller.signal,
      })
    ) as Promise<Error>;
    await until(() => provider.requests.length === 1, "the provider is asked");
    controller.abort();
    assertEquals((await asked).name, "AbortError");
    await until(() => provider.last.cancelled, "the provider is called off");
    assertEquals(provider.requests.length, 1);
  });

  test(`${name}: an abort in the middle of a stream`, async () => {
    const { aigateway, provider } = scene(codec, [stalled(text(["Good ", "morning"]))]);
    const controller = new AbortController();
    const answer = streamText({
      model: aigateway(model),
      prompt: "Hello",
      maxRetries: 0,
      abortSignal: controller.signal,
      onError() {},
    });
    let said = "";
    for await (const part of answer.fullStream) {
      if (part.type === "text-delta") said += part.text;
      if (said.startsWith("Good")) controller.abort();
    }
    assert(said.startsWith("Good"));
    await until(() => provider.last.cancelled, "the provider is called off");
  });
}
