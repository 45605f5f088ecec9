import { test } from "node:test";
import { assertEquals } from "@std/assert";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { chat, recorded } from "../support/recorder.ts";

const ANSWER = {
  id: "c1",
  finish_reason: "COMPLETE",
  message: { role: "assistant", content: [{ type: "text", text: "Hello" }] },
  usage: { tokens: { input_tokens: 1, output_tokens: 2 } },
};

test("Cohere is called in its own protocol, wherever its address begins", async () => {
  for (const baseUrl of [undefined, "https://api.cohere.com", "https://api.cohere.com/v2/"]) {
    const settings = { apiKey: "k", ...(baseUrl !== undefined && { baseUrl }) };
    const options = { providers: { cohere: settings } } as GatewayOptions;
    const { gateway, sent } = recorded(options, () => Response.json(ANSWER));
    const { text } = await chat(gateway, { model: "cohere/command-a-03-2025" });
    assertEquals(sent[0]?.url, "https://api.cohere.com/v2/chat");
    assertEquals(sent[0]?.headers.authorization, "Bearer k");
    assertEquals(sent[0]?.body.model, "command-a-03-2025");
    const { choices, usage, model } = JSON.parse(text);
    assertEquals(choices[0].message.content, "Hello");
    // Cohere doesn't say what served it.
    assertEquals([usage.total_tokens, model], [3, "cohere/command-a-03-2025"]);
  }
});
