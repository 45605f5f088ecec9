/** How much a model is to think, and thoughts that come back. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import {
  blocks,
  calling,
  DETAILS,
  HELLO,
  type Json,
  MODEL,
  result,
  sent,
  THOUGHTS,
  told,
} from "./helpers.ts";

test("effort becomes a budget on top of the limit, a level, or nothing", () => {
  const budget = sent({ reasoning_effort: "high", max_tokens: 1000, temperature: 0.2 });
  assertEquals(budget.body.thinking, { type: "enabled", budget_tokens: 16_384 });
  assertEquals(budget.body.max_tokens, 17_384);
  assertEquals(told(budget), ["dropped temperature"]);
  const level = sent({ reasoning_effort: "minimal" }, "claude-opus-4-8");
  assertEquals(level.body.thinking, { type: "adaptive", display: "summarized" });
  assertEquals(level.body.output_config, { effort: "low" });
  assertEquals(told(level), ["clamped reasoning_effort"]);
  assertEquals(sent({ reasoning_effort: "xhigh" }, "claude-opus-4-6").body.output_config, {
    effort: "max",
  });
  const none = sent({ reasoning_effort: "low" }, "claude-3-5-haiku-20241022");
  assertEquals([none.body.thinking, told(none)], [undefined, ["dropped reasoning_effort"]]);
});

test("a budget stays below the model's limit", () => {
  const { body } = sent({ reasoning_effort: "max" }, "claude-opus-4-1-20250805");
  assertEquals(body.max_tokens, 32_000);
  assert((body.thinking as { budget_tokens: number }).budget_tokens < 32_000);
});

test("no thinking is what each model calls so", () => {
  const off = (model: string) => sent({ reasoning_effort: "none" }, model);
  assertEquals(off(MODEL).body.thinking, undefined);
  assertEquals(off("claude-opus-5").body.thinking, { type: "disabled" });
  assertEquals(off("claude-sonnet-5-5").body.thinking, { type: "between_tools" });
  assertEquals(off("claude-opus-5-5").body.output_config, { effort: "low" });
  assertEquals(told(off("claude-opus-5-5")), ["clamped reasoning_effort"]);
  assertEquals(sent({}, "claude-opus-5-5").body.thinking, undefined);
});

test("thoughts come back unchanged and in order, also those that are a signature only", () => {
  const { body } = sent({
    messages: [HELLO, { ...calling("a"), reasoning_details: DETAILS }, result("a")],
    reasoning_effort: "low",
  });
  assertEquals(blocks(body.messages[1]!).slice(0, 3), THOUGHTS);
  assertEquals((body.thinking as Json).type, "enabled");
});

test("blocks that another gateway gave out are thoughts too", () => {
  const { body } = sent({
    messages: [HELLO, { role: "assistant", content: "Yes", thinking_blocks: THOUGHTS }, HELLO],
  });
  assertEquals(blocks(body.messages[1]!).slice(0, 3), THOUGHTS);
});

test("thoughts of another family of models are left out, never signed anew", () => {
  const asked = sent({
    messages: [
      HELLO,
      {
        role: "assistant",
        content: "Yes",
        reasoning_content: "Let me see",
        reasoning_details: [{ type: "reasoning.encrypted", data: "x", format: "google-gemini-v1" }],
      },
      HELLO,
    ],
  });
  assertEquals(blocks(asked.body.messages[1]!), [{ type: "text", text: "Yes" }]);
  assertEquals(told(asked), ["dropped messages.reasoning_content"]);
});

test("a tool turn whose thought was not kept is answered without thinking instead of a 400", () => {
  const messages = [HELLO, calling("a"), result("a")];
  const asked = sent({ messages, reasoning_effort: "low" });
  assertEquals(asked.body.thinking, undefined);
  assertEquals(told(asked), ["dropped reasoning_effort"]);
  const outright = sent({ messages, thinking: { type: "enabled", budget_tokens: 2048 } });
  assertEquals(outright.body.thinking, undefined);
  assertEquals(told(outright), ["dropped thinking"]);
  // Adaptive thinking does not ask for it, nor does a question after the tool turn.
  assert(sent({ messages, reasoning_effort: "low" }, "claude-opus-4-6").body.thinking);
  const later = [...messages, { role: "assistant", content: "Sunny" }, HELLO];
  assert(sent({ messages: later, reasoning_effort: "low" }).body.thinking);
});
