/** Which provider keys a gateway's callers may use: their own, stored ones, or none at all. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { chat, errorOf, recorded } from "../support/recorder.ts";

test("requestKeys: require uses a request's own key and never a stored one", async () => {
  const { gateway, sent } = recorded({
    providers: { groq: { apiKey: "sk-groq" } },
    gateways: {
      default: { open: true, requestKeys: "require", routes: { both: ["groq/a", "openai/b"] } },
    },
  });
  const mine = { authorization: "Bearer sk-mine" };
  assertEquals((await chat(gateway, {}, mine)).status, 200);
  assertEquals(sent.pop()?.headers.authorization, "Bearer sk-mine");
  // Which of two providers a key is meant for, nobody knows.
  for (const [model, headers] of [["openai/b", {}], ["both", mine], ["ollama/c", {}]] as const) {
    const answer = await chat(gateway, { model }, headers);
    assertEquals([answer.status, errorOf(answer).code], [400, "2040"], model);
    assertStringIncludes(
      errorOf(answer).message,
      "this gateway uses no stored keys, so send yours",
    );
  }
  const aliased = await chat(gateway, {}, { "cf-aig-byok-alias": "default" });
  assertEquals(aliased.status, 400);
  assertEquals(sent.length, 0);
});

test("byokOnly calls nothing without a key, the request's or a stored one", async () => {
  const { gateway, sent } = recorded({
    demo: true,
    providers: { ollama: {}, "custom-lab": { baseUrl: "http://lab.example/v1", apiKey: "sk-lab" } },
    gateways: { default: { open: true, byokOnly: true } },
  });
  for (const model of ["ollama/llama3", "demo/echo", "anthropic/claude"]) {
    for (const headers of [{}, { "cf-aig-no-wholesale": "false" }]) {
      const answer = await chat(gateway, { model }, headers as HeadersInit);
      assertEquals([answer.status, errorOf(answer).code], [400, "2040"], model);
    }
  }
  assertEquals(sent.length, 0);
  for (const model of ["openai/gpt-5", "custom-lab/x"]) {
    assertEquals((await chat(gateway, { model })).status, 200, model);
  }
  assertEquals(
    (await chat(gateway, { model: "ollama/llama3" }, { authorization: "Bearer k" })).status,
    200,
  );
  assertEquals(sent.map(({ headers }) => headers.authorization), [
    "Bearer sk-stored-openai",
    "Bearer sk-lab",
    "Bearer k",
  ]);
});

test("an alias that is not stored is told with those that are; without stored keys it means nothing", async () => {
  const { gateway } = recorded({
    providers: { openai: { keys: { team: ["sk-a", { key: "sk-b", weight: 2 }], ops: "sk-c" } } },
  });
  const unknown = await chat(gateway, {}, { "cf-aig-byok-alias": "nope" });
  assertEquals([unknown.status, errorOf(unknown).code, errorOf(unknown).param], [
    400,
    "2040",
    "cf-aig-byok-alias",
  ]);
  assertStringIncludes(errorOf(unknown).message, "Configured aliases: 'team', 'ops'");
  const mine = { "cf-aig-byok-alias": "nope", authorization: "Bearer sk-mine" };
  assertEquals((await chat(gateway, { model: "groq/x" }, mine)).status, 200);
});
