/** The list of everybody's prices, which the command brings along on every runtime that loads packages. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { httpUpstream } from "../serve/support.ts";
import { missing, RUNTIMES, startCommand, stop } from "./servers.ts";

const ANSWER = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
};

for (const runtime of RUNTIMES.filter((name) => name !== "workerd")) {
  test(`${runtime}: the command knows everybody's prices where they are switched on`, {
    skip: missing(runtime),
  }, async () => {
    const upstream = await httpUpstream((_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(ANSWER));
    });
    const providers = { openai: { apiKey: "sk-of-somebody", baseUrl: upstream.url } };
    const server = await startCommand(runtime, { priceTable: "genai-prices", providers });
    const cost = async (model: string) => {
      const messages = [{ role: "user", content: "Hello" }];
      const answer = await fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify({ model, messages, usage: { include: true } }),
      });
      return (await answer.json()).usage.cost;
    };
    // $2.50 and $10 for a million tokens.
    assertEquals(await cost("openai/gpt-4o"), 0.0035);
    assertEquals(await cost("openai/my-own"), null);
    await stop(server);
    await upstream.close();
  });
}

test("workerd: the command says that it has no list", async () => {
  const config = { priceTable: "genai-prices" };
  const error = await startCommand("workerd", config).catch((error: Error) => error);
  assert(error instanceof Error);
  const said = 'priceTable can be "genai-prices" only where the command serves';
  assertStringIncludes(error.message, said);
});
