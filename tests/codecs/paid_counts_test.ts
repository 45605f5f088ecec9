/** Counts that are paid for at prices of their own, as the protocols that tell of them write them. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { fold } from "../../lib/chat/fold.ts";
import { anthropicMessages } from "../../lib/codecs/anthropic_messages/mod.ts";
import { bedrockConverse } from "../../lib/codecs/bedrock_converse/mod.ts";
import { cohereChat } from "../../lib/codecs/cohere_chat/mod.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { runStep } from "../../lib/stream/step.ts";
import { bytesOf, DEFAULTS } from "./openai_chat/helpers.ts";

const anthropic = anthropicMessages();
const bedrock = bedrockConverse();
const cohere = cohereChat();
const openai = openaiChat();

const BEDROCK = JSON.stringify({
  output: { message: { role: "assistant", content: [{ text: "Hi" }] } },
  stopReason: "end_turn",
  usage: {
    inputTokens: 10,
    outputTokens: 5,
    totalTokens: 115,
    cacheWriteInputTokens: 100,
    cacheDetails: [{ ttl: "5m", inputTokens: 70 }, { ttl: "1h", inputTokens: 30 }],
  },
});

test("Bedrock tells how much is kept in a cache for an hour, and Anthropic's callers learn it", () => {
  const answer = bedrock.decodeResponse(BEDROCK, DEFAULTS);
  assertEquals([answer.usage?.cacheWriteTokens, answer.usage?.cacheWrite1hTokens], [100, 30]);
  const { usage } = JSON.parse(anthropic.encodeResponse(answer));
  assertEquals(usage.cache_creation, {
    ephemeral_1h_input_tokens: 30,
    ephemeral_5m_input_tokens: 70,
  });
});

test("what Anthropic tells of an hour at the beginning of a stream still holds at its end", () => {
  const events = [
    {
      type: "message_start",
      message: {
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 100,
          cache_creation: { ephemeral_5m_input_tokens: 70, ephemeral_1h_input_tokens: 30 },
          output_tokens: 1,
        },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "Hi" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } },
    { type: "message_stop" },
  ];
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const { usage } = fold(runStep(anthropic.streamDecoder(DEFAULTS), [bytesOf(text)]));
  assertEquals(
    [usage?.inputTokens, usage?.cacheWriteTokens, usage?.cacheWrite1hTokens, usage?.outputTokens],
    [110, 100, 30, 9],
  );
});

test("what Cohere bills stands beside what it has read, and comes out again", () => {
  const usage = {
    billed_units: { input_tokens: 26, output_tokens: 147, search_units: 1 },
    tokens: { input_tokens: 1431, output_tokens: 152 },
  };
  const message = { role: "assistant", content: [{ type: "text", text: "Hi" }] };
  const text = JSON.stringify({ id: "1", finish_reason: "COMPLETE", message, usage });
  const answer = cohere.decodeResponse(text, DEFAULTS);
  assertEquals(answer.usage?.billed, { inputTokens: 26, outputTokens: 147 });
  assertEquals(JSON.parse(cohere.encodeResponse(answer)).usage, usage);
});

test("what a provider says an answer cost is read in dollars, and told in its own words again", () => {
  const cases: [said: object, dollars: number | undefined][] = [
    [{ cost: 0.5 }, 0.5],
    [{ cost: { total_cost: 0.25, request_cost: 0.005 } }, 0.25],
    [{ cost_in_usd_ticks: 37_756_000 }, 0.0037756],
    [{ cost: 0.25, is_byok: true, cost_details: { upstream_inference_cost: 0.5 } }, 0.75],
    [{ cost: 0.01, is_byok: false, cost_details: { upstream_inference_cost: 0.2 } }, 0.01],
    [{ cost: -1 }, undefined],
    [{ cost: "0.5" }, undefined],
    [{ cost: { currency: "USD" } }, undefined],
    [{}, undefined],
  ];
  for (const [said, dollars] of cases) {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, ...said };
    const message = { role: "assistant", content: "Hi" };
    const text = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }], usage });
    const answer = openai.decodeResponse(text, DEFAULTS);
    assertEquals(answer.usage?.statedCost, dollars, JSON.stringify(said));
    assertEquals(JSON.parse(openai.encodeResponse(answer)).usage, usage);
  }
});
