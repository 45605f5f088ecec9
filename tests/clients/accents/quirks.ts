/** Oddities of single answers: arguments, counts, prefixes, and errors in unusual places. */
import { assertEquals, assertMatch } from "@std/assert";
import { InternalServerError } from "openai";
import type { Json } from "../../support/accents/accent.ts";
import { grok } from "../../support/accents/grok.ts";
import { groq } from "../../support/accents/groq.ts";
import { mistral } from "../../support/accents/mistral.ts";
import { openrouter } from "../../support/accents/openrouter.ts";
import { messagesOf } from "../../support/accents/rules.ts";
import { together } from "../../support/accents/together.ts";
import { ASK, thrownBy } from "../doors.ts";
import { type AccentScene, memberOf, onAccent, onAccents } from "./scene.ts";
import { calledBy, CALLING, callsBy, TOOLS } from "./tools.ts";

/** The arguments of the calls in a whole answer and in a stream, after `turn` was played twice. */
async function argumentsOf({ client, there, model }: AccentScene, turn: Json): Promise<unknown[]> {
  there.turns.push(turn, turn);
  const question = { model, messages: ASK, tools: TOOLS };
  const whole = await client.chat.completions.create(question);
  const final = await client.chat.completions.stream(question).finalChatCompletion();
  return [whole, final].flatMap(({ choices: [choice] }) =>
    calledBy(choice).calls?.map((call) => call.type === "function" && call.function.arguments)
  );
}

onAccents("a call without arguments has empty ones", async (scene) => {
  const [first] = callsBy(scene.accent);
  for (const nothing of ["", "null"]) {
    const calls = [{ ...first, arguments: nothing }];
    assertEquals(await argumentsOf(scene, { calls }), ["{}", "{}"]);
  }
}, CALLING);

onAccent(mistral, "arguments that are an object become text", async (scene) => {
  const [call] = callsBy(scene.accent);
  const odd = { ...call, arguments: { port: "Calais" } };
  const read = (await argumentsOf(scene, { calls: [odd] })).map((text) => JSON.parse(String(text)));
  assertEquals(read, [odd.arguments, odd.arguments]);
});

onAccent(mistral, "a call without a type is a function's", async ({ client, there, ...scene }) => {
  const [call] = callsBy(scene.accent);
  const bare = { id: call?.id, function: { name: "tide", arguments: "{}" } };
  there.turns.push({ finish: "tool_calls", message: { content: "", tool_calls: [bare] } });
  const question = { model: scene.model, messages: ASK, tools: TOOLS };
  const answer = await client.chat.completions.create(question);
  assertEquals(calledBy(answer.choices[0]).calls, [{ ...bare, type: "function" }] as never);
});

/** Counts as a provider gives them, and what they are: prompt, cached, completion, thinking, total. */
const COUNTED: [typeof grok, string, Json, (number | undefined)[]][] = [
  [grok, "thinking left out of the completion", {
    prompt_tokens: 12,
    completion_tokens: 1,
    total_tokens: 399,
    completion_tokens_details: { reasoning_tokens: 386 },
  }, [12, undefined, 387, 386, 399]],
  [grok, "thinking already part of the completion", {
    prompt_tokens: 12,
    completion_tokens: 387,
    total_tokens: 399,
    completion_tokens_details: { reasoning_tokens: 386 },
  }, [12, undefined, 387, 386, 399]],
  [grok, "a cache that is not part of the prompt", {
    prompt_tokens: 10,
    completion_tokens: 3,
    total_tokens: 43,
    prompt_tokens_details: { cached_tokens: 30 },
  }, [40, 30, 3, undefined, 43]],
  [mistral, "a cache under another name", {
    prompt_tokens: 40,
    completion_tokens: 3,
    total_tokens: 43,
    num_cached_tokens: 30,
  }, [40, 30, 3, undefined, 43]],
  [together, "thinking beside the other counts", {
    prompt_tokens: 40,
    completion_tokens: 8,
    total_tokens: 48,
    reasoning_tokens: 5,
  }, [40, undefined, 8, 5, 48]],
];

for (const [accent, what, usage, counts] of COUNTED) {
  onAccent(accent, `${what} is counted right`, async ({ client, there, model }) => {
    there.turns.push({ whole: { usage } });
    const { usage: told } = await client.chat.completions.create({ model, messages: ASK });
    assertEquals([
      told?.prompt_tokens,
      told?.prompt_tokens_details?.cached_tokens || undefined,
      told?.completion_tokens,
      told?.completion_tokens_details?.reasoning_tokens || undefined,
      told?.total_tokens,
    ], counts);
  });
}

onAccent(groq, "its tier comes back under OpenAI's name", async ({ client, model }) => {
  const answer = await client.chat.completions.create({ model, messages: ASK });
  assertEquals(answer.service_tier, "default");
});

onAccent(groq, "thoughts are asked for apart where the model would mix them", async (scene) => {
  const { client, there, reasoner, schemaModel } = scene;
  const formats: unknown[] = [];
  for (const model of [reasoner, schemaModel]) {
    await client.chat.completions.create({ model, messages: ASK });
    formats.push(there.last.body.reasoning_format);
  }
  assertEquals(formats, ["parsed", undefined]);
});

onAccent(grok, "its sources stay where its clients look for them", async (scene) => {
  const citations = ["https://harbour.example/tides"];
  scene.there.turns.push({ whole: { citations } });
  const { client, model } = scene;
  const answer = await client.chat.completions.create({ model, messages: ASK });
  assertEquals(memberOf(answer, "citations"), citations);
});

onAccent(mistral, "a prefix of the answer arrives as one", async ({ client, there, model }) => {
  const prefix = { role: "assistant" as const, content: "Ahoy,", prefix: true };
  await client.chat.completions.create({ model, messages: [...ASK, prefix] });
  assertEquals(messagesOf(there.last.body).at(-1), prefix);
});

onAccent(openrouter, "an error inside a choice is one", async ({ client, there, model }) => {
  const error = { code: 502, message: "The ferry sank." };
  const message = { role: "assistant", content: "" };
  there.turns.push({ whole: { choices: [{ index: 0, message, error, finish_reason: "error" }] } });
  const call = client.chat.completions.create({ model, messages: ASK });
  const thrown = await thrownBy(call, InternalServerError);
  assertEquals(thrown.status, 502);
  assertMatch(thrown.message, /The ferry sank\./);
});
