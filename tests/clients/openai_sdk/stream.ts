/** Streams through OpenAI's own client, by hand and with its helper. */
import { assert, assertEquals } from "@std/assert";
import type OpenAI from "openai";
import { GREETING } from "../../support/strict_openai.ts";
import { ASK, collect, onEachDoor } from "../doors.ts";

type Chunk = OpenAI.ChatCompletionChunk;

const MODEL = "openai/gpt-4o-mini";

const textOf = (chunks: Chunk[], choice = 0) =>
  chunks.flatMap(({ choices }) => choices)
    .filter(({ index }) => index === choice)
    .map(({ delta }) => delta.content ?? "").join("");

onEachDoor("a stream arrives in OpenAI's order", async ({ client, openai }) => {
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    stream: true,
  });
  const chunks = await collect(stream);
  assertEquals(textOf(chunks), GREETING);
  assertEquals(chunks[0]?.choices[0]?.delta.role, "assistant");
  assertEquals(chunks.at(-1)?.choices[0]?.finish_reason, "stop");
  assertEquals(new Set(chunks.map(({ id }) => id)).size, 1);
  assertEquals(openai.last.body.stream, true);
  assertEquals(openai.last.headers.accept, "text/event-stream");
});

onEachDoor("a stream's first words arrive before its last are said", async ({ client, openai }) => {
  openai.turns.push({ stops: "silent" });
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    stream: true,
  });
  let text = "";
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? "";
    if (text === "Good morning") break;
  }
  assertEquals(text, "Good morning");
});

onEachDoor("nobody gets a usage chunk who did not ask for it", async ({ client, openai }) => {
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    stream: true,
  });
  const chunks = await collect(stream);
  assertEquals(openai.last.body.stream_options, { include_usage: true });
  assert(chunks.every((chunk) => !("usage" in chunk) && chunk.choices.length === 1));
});

onEachDoor("usage comes once, last, when it is asked for", async ({ client, openai }) => {
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: false },
  });
  const chunks = await collect(stream);
  const last = chunks.pop();
  assertEquals([last?.choices, last?.usage?.total_tokens], [[], 20]);
  assert(chunks.every(({ usage }) => usage === null));
  assertEquals(openai.last.body.stream_options, {
    include_usage: true,
    include_obfuscation: false,
  });
});

onEachDoor("the stream helper builds the same answer as a whole one", async ({ client }) => {
  const question = { model: MODEL, messages: ASK };
  const whole = await client.chat.completions.create(question);
  const helper = client.chat.completions.stream({
    ...question,
    stream_options: { include_usage: true },
  });
  const deltas: string[] = [];
  const events: string[] = [];
  helper.on("connect", () => events.push("connect"));
  helper.on("content", (delta) => deltas.push(delta));
  helper.on("content.done", ({ content }) => events.push(`done: ${content}`));
  helper.on("finalMessage", () => events.push("message"));
  helper.on("end", () => events.push("end"));
  const final = await helper.finalChatCompletion();
  await helper.done();
  assertEquals(final.choices[0]?.message.content, whole.choices[0]?.message.content);
  assertEquals([final.id, final.model, final.created], [whole.id, whole.model, whole.created]);
  assertEquals(final.usage?.total_tokens, 20);
  assertEquals((await helper.totalUsage()).completion_tokens, 8);
  assertEquals(deltas.join(""), GREETING);
  assert(deltas.length > 3, `${deltas.length} deltas`);
  assertEquals(events, ["connect", `done: ${GREETING}`, "message", "end"]);
});

onEachDoor("structured output is parsed from a stream", async ({ client, openai }) => {
  openai.turns.push({ texts: ['{ "city": "Zürich", "celsius": -3.5 }'] });
  const helper = client.chat.completions.stream({
    model: MODEL,
    messages: ASK,
    response_format: { type: "json_object" },
  });
  assertEquals(JSON.parse(await helper.finalContent() ?? ""), { city: "Zürich", celsius: -3.5 });
});

const TONGUES = 'Grüße 你好 שלום नमस्ते 👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 \u2028 \\n "error" data: [DONE] '.repeat(20)
  .trim();

onEachDoor(
  "long text in many scripts stays intact wherever it is cut",
  async ({ client, openai }) => {
    for (const pieces of [1000, 333, 61]) {
      openai.turns.push({ texts: [TONGUES], pieces });
      const stream = await client.chat.completions.create({
        model: MODEL,
        messages: [{ role: "user", content: TONGUES }],
        stream: true,
      });
      assertEquals(textOf(await collect(stream)), TONGUES);
      assertEquals(openai.last.body.messages, [{ role: "user", content: TONGUES }]);
    }
  },
);

onEachDoor("several choices are streamed side by side", async ({ client, openai }) => {
  openai.turns.push({ texts: ["The first of two.", "The second."] });
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    n: 2,
    stream: true,
  });
  const chunks = await collect(stream);
  assertEquals([textOf(chunks, 0), textOf(chunks, 1)], ["The first of two.", "The second."]);
  const ends = chunks.flatMap(({ choices }) => choices).filter((choice) => choice.finish_reason);
  assertEquals(ends.map(({ index }) => index), [0, 1]);
});

onEachDoor("log probabilities are streamed too", async ({ client }) => {
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    logprobs: true,
    stream: true,
  });
  const tokens = (await collect(stream))
    .flatMap(({ choices }) => choices[0]?.logprobs?.content ?? [])
    .map(({ token }) => token);
  assertEquals(tokens.join(""), GREETING);
});

onEachDoor("twenty streams at once don't mix", async ({ client, openai }) => {
  const names = Array.from({ length: 20 }, (_, at) => `ship ${at}`);
  openai.turns.push(...names.map((name) => ({ texts: [`This is ${name} calling.`] })));
  const texts = await Promise.all(names.map(async () => {
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages: ASK,
      stream: true,
    });
    return textOf(await collect(stream));
  }));
  assertEquals(texts.sort(), names.map((name) => `This is ${name} calling.`).sort());
});

onEachDoor("the demo streams without any provider", async ({ client }) => {
  const stream = await client.chat.completions.create({
    model: "demo/echo",
    messages: [{ role: "user", content: "Hello, harbour!" }],
    stream: true,
  });
  assertEquals(textOf(await collect(stream)), "Hello, harbour!");
});
