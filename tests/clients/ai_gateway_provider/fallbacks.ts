/** Lists of models: who answers is parsed by his own package, and the rest is told. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createAiGateway } from "ai-gateway-provider";
import { APICallError, generateText, streamText } from "ai";
import { test } from "node:test";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { failure, rateLimited, text, unreachable } from "../../../lib/exports/testing.ts";
import { createGateway } from "../../support/gateway.ts";
import { type Model, NATIVES, scene, unified } from "./scene.ts";

const OPENAI = NATIVES[0]!.model;
const chat = openaiChat({ faithful: true });

for (const { name, model, codec } of NATIVES) {
  test(`a fallback list that ends at ${name} is parsed by its package`, async () => {
    for (const stream of [false, true]) {
      const script = [failure(500, { message: "broken" }), unreachable(), text("At last.")];
      const { aigateway, provider } = scene(codec, script);
      const request = {
        model: aigateway([OPENAI, unified("groq/m"), model]),
        prompt: "Hello",
        maxRetries: 0,
      };
      const answer = stream ? streamText(request) : await generateText(request);
      assertEquals(await answer.text, "At last.");
      assertEquals((await answer.response).headers?.["cf-aig-step"], "2");
      assertEquals(provider.requests.length, 3);
    }
  });
}

test("the package's options become the gateway's: retries, event id, alias", async () => {
  const { provider, options } = scene(chat, [rateLimited({ retryAfter: 0 }), text("Hello.")]);
  const gateway = createGateway({
    ...options,
    providers: { openai: { apiKey: "k" } },
    fetch: provider.fetch,
  });
  const aigateway = createAiGateway({
    binding: gateway.binding("default"),
    options: { retries: { maxAttempts: 2, retryDelayMs: 0, backoff: "constant" }, eventId: "mine" },
  });
  const answer = await generateText({ model: aigateway(OPENAI), prompt: "Hello", maxRetries: 0 });
  assertEquals(answer.response.headers?.["cf-aig-event-id"], "mine");
  assertEquals(provider.requests.length, 2);
});

async function failed(
  models: Model | Model[],
  ...script: Parameters<typeof scene>[1]
): Promise<APICallError> {
  const { aigateway } = scene(chat, script);
  const error: unknown = await generateText({
    model: aigateway(models as Model),
    prompt: "Hello",
    maxRetries: 0,
  }).then(() => undefined, (error: unknown) => error);
  assert(APICallError.isInstance(error), String(error));
  return error;
}

test("a provider's error reaches the caller in its own words", async () => {
  for (const model of [OPENAI, unified("openai/m")]) {
    const error = await failed(model, rateLimited({ message: "Slow down", retryAfter: 9 }));
    assertEquals([error.statusCode, error.message, error.isRetryable], [429, "Slow down", true]);
    assertEquals(error.responseHeaders?.["retry-after"], "9");
  }
});

test("where all fail, the last error comes with every attempt", async () => {
  const script = [failure(500, { message: "first" }), rateLimited({ message: "second" })];
  const error = await failed([OPENAI, unified("groq/m")], ...script);
  assertEquals([error.statusCode, error.isRetryable], [429, true]);
  assertStringIncludes(
    error.responseBody ?? "",
    "[0] openai v1/chat/completions: 500; [1] groq/m: 429",
  );
});

test("an unknown gateway is what the package says it is", async () => {
  const gateway = createGateway({ providers: { openai: { apiKey: "k" } } });
  const aigateway = createAiGateway({ binding: gateway.binding("nope") });
  const asked = () => generateText({ model: aigateway(OPENAI), prompt: "Hello", maxRetries: 0 });
  assertStringIncludes(
    (await assertRejects(asked, Error)).message,
    "This AI gateway does not exist",
  );
});
