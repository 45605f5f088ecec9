/** OpenAI's own client, straight on a scripted provider: what it says is what the client understands. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import OpenAI, { RateLimitError } from "openai";
import {
  answer,
  rateLimited,
  scriptedProvider,
  type ScriptStep,
  text,
} from "../../lib/exports/testing.ts";
import { ASK, thrownBy } from "./doors.ts";

function scripted(...script: ScriptStep[]) {
  const provider = scriptedProvider(script);
  const client = new OpenAI({ apiKey: "test", fetch: provider.fetch, maxRetries: 0 });
  const { completions } = client.chat;
  return { completions, provider };
}

const QUESTION = { model: "gpt-5-mini", messages: ASK };

void test("an answer with calls, whole and streamed", async () => {
  const turn = answer({
    text: "Let me see.",
    toolCalls: [{ name: "get_weather", arguments: { city: "Paris" } }],
  });
  const { completions, provider } = scripted(turn, turn);
  const whole = await completions.create(QUESTION);
  const streamed = await completions.stream(QUESTION).finalChatCompletion();
  for (const { choices: [choice], model } of [whole, streamed]) {
    assertEquals([model, choice?.finish_reason], ["gpt-5-mini", "tool_calls"]);
    assertEquals(choice?.message.content, "Let me see.");
    const [call] = choice?.message.tool_calls ?? [];
    assertEquals(call?.type === "function" && call.function.arguments, '{"city":"Paris"}');
  }
  assertEquals(whole.usage?.total_tokens, 15);
  assertEquals(provider.requests.map(({ body }) => body.stream ?? false), [false, true]);
});

void test("a refusal is the client's own error, with the provider's header", async () => {
  const { completions } = scripted(rateLimited({ retryAfter: 2, message: "Slow down" }));
  const error = await thrownBy(completions.create(QUESTION), RateLimitError);
  assertEquals([error.code, error.headers.get("retry-after")], ["rate_limit_exceeded", "2"]);
});

void test("the client retries as it would", async () => {
  const provider = scriptedProvider([rateLimited({ retryAfter: 0 }), text("At last")]);
  const client = new OpenAI({ apiKey: "test", fetch: provider.fetch, maxRetries: 1 });
  const { choices } = await client.chat.completions.create(QUESTION);
  assertEquals([choices[0]?.message.content, provider.requests.length], ["At last", 2]);
});
