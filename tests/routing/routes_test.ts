/** Routes: names for models, and lists to try in order. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { chat, errorOf, goodAnswer, recorded, type Sent } from "../support/recorder.ts";

const routes = {
  fast: "ollama/llama3",
  both: ["openai/a", "ollama/b"],
  nested: ["fast", "openai/c"],
  "gpt-5": "openai/gpt-5-mini",
  "openai/gpt-5": "ollama/qwen",
  "dynamic/odd": "ollama/odd",
};
const OPTIONS = { gateways: { default: { open: true, routes }, second: { open: true } } };

const models = (sent: Sent[]) => sent.splice(0).map(({ body }) => body.model);

const FOUND: readonly (readonly [name: string, model: string])[] = [
  ["fast", "llama3"],
  ["dynamic/fast", "llama3"],
  ["gpt-5", "gpt-5-mini"],
  ["dynamic/gpt-5", "gpt-5-mini"],
  ["openai/gpt-5", "qwen"],
  ["dynamic/odd", "odd"],
  ["both", "a"],
  ["nested", "llama3"],
  ["openai/gpt-5-mini", "gpt-5-mini"],
];

test("routes are looked up first, under any name, with and without dynamic/", async () => {
  const { gateway, sent } = recorded(OPTIONS);
  for (const [name, model] of FOUND) {
    const answer = await chat(gateway, { model: name });
    assertEquals(answer.status, 200, answer.text);
    assertEquals(models(sent), [model], name);
  }
});

test("a list is walked until somebody answers, and the step is told", async () => {
  for (const failing of [0, 1]) {
    let calls = 0;
    const { gateway, sent } = recorded(
      OPTIONS,
      (init) => calls++ < failing ? new Response("no", { status: 401 }) : goodAnswer(init),
    );
    const answer = await chat(gateway, { model: "both" });
    assertEquals([answer.status, answer.headers.get("cf-aig-step")], [200, String(failing)]);
    assertEquals(answer.headers.get("cf-aig-model"), failing === 0 ? "a" : "b");
    assertEquals(models(sent), ["a", "b"].slice(0, failing + 1));
  }
});

test("an unknown route is 404 and lists the routes there are", async () => {
  const { gateway } = recorded(OPTIONS);
  const answer = await chat(gateway, { model: "dynamic/nope" });
  assertEquals([answer.status, errorOf(answer).code], [404, "2005"]);
  assertStringIncludes(errorOf(answer).message, "fast, both, nested");
  const path = "/v1/account/second/compat/chat/completions";
  const other = await chat(gateway, { model: "dynamic/fast" }, {}, path);
  assertStringIncludes(errorOf(other).message, "configured routes: none");
});

test("strict mode judges each target of a list on its own", async () => {
  const { gateway, sent } = recorded({
    gateways: { default: { open: true, routes: { both: ["ollama/b", "openai/a"] } } },
  });
  const headers = { "dragoman-strict": "true" };
  // Ollama ignores `user`, OpenAI does not.
  const answer = await chat(gateway, { model: "both", user: "u" }, headers);
  assertEquals([answer.status, answer.headers.get("cf-aig-provider")], [200, "openai"]);
  assertEquals(models(sent), ["a"]);
});
