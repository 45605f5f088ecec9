/** Whole and streamed answers of every provider, as OpenAI's own client sees them. */
import { assert, assertEquals } from "@std/assert";
import type OpenAI from "openai";
import { GREETING } from "../../support/accents/speech.ts";
import { ASK, collect } from "../doors.ts";
import { onAccents } from "./scene.ts";

onAccents("a chat is answered", async ({ client, there, accent, model }) => {
  const { data, response } = await client.chat.completions
    .create({ model, messages: ASK }).withResponse();
  const [choice] = data.choices;
  assertEquals(choice?.message.content, GREETING);
  assertEquals([choice?.finish_reason, choice?.message.role], ["stop", "assistant"]);
  assertEquals(data.object, "chat.completion");
  assertEquals(data.id, accent.voice.id);
  assertEquals(data.model, accent.models[0]);
  assertEquals(choice?.message.tool_calls, undefined);
  assertEquals(there.requests.length, 1);
  assertEquals(there.last.body.messages, ASK);
  assertEquals(there.last.body.model, accent.models[0]);
  assertEquals(response.headers.get("cf-aig-provider"), accent.slug);
});

/** What OpenAI's chunks, choices and deltas may hold, and the extensions a client can count on. */
const KNOWN = {
  chunk:
    "id object created model choices service_tier native_service_tier system_fingerprint usage citations " +
    "search_results basis provider interaction_id x_groq time_info",
  choice: "index delta logprobs finish_reason native_finish_reason",
  message: "role content refusal tool_calls annotations audio reasoning_content reasoning_details",
};

const strangers = (value: object, known: string) =>
  Object.keys(value).filter((name) => !known.split(" ").includes(name));

onAccents("an answer's message is OpenAI's", async ({ client, there, reasoner: model }) => {
  there.turns.push({ reasoning: "Short." });
  const answer = await client.chat.completions.create({ model, messages: ASK });
  const [choice] = answer.choices;
  assertEquals(strangers(choice!, KNOWN.choice.replace("delta", "message")), []);
  assertEquals(strangers(choice!.message, KNOWN.message), []);
});

const textOf = (chunks: OpenAI.ChatCompletionChunk[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");

onAccents("a stream is OpenAI's", async ({ client, accent, model }) => {
  const stream = await client.chat.completions.create({ model, messages: ASK, stream: true });
  const chunks = await collect(stream);
  assertEquals(textOf(chunks), GREETING);
  const choices = chunks.flatMap(({ choices }) => choices);
  const roles = choices.map(({ delta }) => delta.role).filter((role) => role !== undefined);
  assertEquals([roles, choices[0]?.delta.role], [["assistant"], "assistant"]);
  const finishes = choices.map((choice) => choice.finish_reason).filter((reason) => reason);
  assertEquals([finishes, choices.at(-1)?.finish_reason], [["stop"], "stop"]);
  const heads = chunks.map(({ id, object, model }) => [id, object, model].join());
  const head = [accent.voice.id, "chat.completion.chunk", accent.models[0]].join();
  assertEquals([...new Set(heads)], [head]);
  assertEquals(chunks.flatMap((chunk) => strangers(chunk, KNOWN.chunk)), []);
  assertEquals(choices.flatMap((choice) => strangers(choice, KNOWN.choice)), []);
  assertEquals(choices.flatMap(({ delta }) => strangers(delta, KNOWN.message)), []);
  assert(choices.every(({ delta }) => delta.tool_calls !== null));
  assert(choices.every(({ delta }) => typeof (delta.content ?? "") === "string"));
});

onAccents("the stream helper builds the same as a whole answer", async ({ client, model }) => {
  const question = { model, messages: ASK };
  const whole = await client.chat.completions.create(question);
  const final = await client.chat.completions.stream(question).finalChatCompletion();
  const [a, b] = [whole.choices[0], final.choices[0]];
  assertEquals(b?.message.content, a?.message.content);
  assertEquals([b?.finish_reason, final.model], [a?.finish_reason, whole.model]);
});
