/** Messages in forms that one provider or another refuses. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type OpenAI from "openai";
import { BadRequestError } from "openai";
import type { Accent, Json } from "../../support/accents/accent.ts";
import { cerebras } from "../../support/accents/cerebras.ts";
import { deepseek } from "../../support/accents/deepseek.ts";
import { fireworks } from "../../support/accents/fireworks.ts";
import { grok } from "../../support/accents/grok.ts";
import { groq } from "../../support/accents/groq.ts";
import { huggingface } from "../../support/accents/huggingface.ts";
import { mistral } from "../../support/accents/mistral.ts";
import { openrouter } from "../../support/accents/openrouter.ts";
import { parallel } from "../../support/accents/parallel.ts";
import { perplexity } from "../../support/accents/perplexity.ts";
import { callsOf, messagesOf } from "../../support/accents/rules.ts";
import { together } from "../../support/accents/together.ts";
import { workersAi } from "../../support/accents/workers_ai.ts";
import { ASK, collect, thrownBy } from "../doors.ts";
import { memberOf, onAccent, onAccents } from "./scene.ts";

const PARTS: OpenAI.ChatCompletionMessageParam[] = [
  { role: "system", content: [{ type: "text", text: "Be " }, { type: "text", text: "brief." }] },
  { role: "user", content: [{ type: "text", text: "Hello." }] },
];

onAccents("text in parts arrives as text", async ({ client, there, model }) => {
  await client.chat.completions.create({ model, messages: PARTS });
  const [system, user] = messagesOf(there.last.body);
  const flat = (message?: Json) =>
    typeof message?.content === "string"
      ? message.content
      : (message?.content as Json[]).map(({ text }) => text).join("");
  assertEquals([flat(system).replace(/\s+/g, " "), flat(user)], ["Be brief.", "Hello."]);
}, [groq, deepseek, cerebras, parallel, together, mistral]);

/** An answer as another provider gave it and the client kept it, with all its empty members. */
const KEPT: OpenAI.ChatCompletionMessageParam[] = [
  ...ASK,
  {
    role: "assistant",
    content: "Ahoy.",
    refusal: null,
    audio: null,
    function_call: null,
    tool_calls: [],
    ...{ annotations: [], reasoning_content: null, reasoning_details: [] },
  },
  ...ASK,
];

onAccents("an answer of another provider is accepted back", async ({ client, there, model }) => {
  await client.chat.completions.create({ model, messages: KEPT });
  const [, answer] = messagesOf(there.last.body);
  assertEquals([answer?.role, answer?.content], ["assistant", "Ahoy."]);
  assertEquals(callsOf(answer ?? {}), []);
});

/** Speakers who repeat themselves, a late instruction, and an assistant who has the first word and the last. */
const JUMBLED: OpenAI.ChatCompletionMessageParam[] = [
  { role: "assistant", content: "Ahoy." },
  { role: "user", content: "One." },
  { role: "user", content: [{ type: "text", text: "Two." }] },
  { role: "assistant", content: "Three." },
  { role: "assistant", content: "Four." },
  { role: "system", content: "Late." },
  { role: "user", content: "Five." },
];

onAccent(perplexity, "speakers take turns, whatever the history", async (scene) => {
  const { client, there, model } = scene;
  await client.chat.completions.create({ model, messages: JUMBLED });
  const messages = messagesOf(there.last.body);
  assertEquals(messages.map(({ role }) => role), ["system", "user", "assistant", "user"]);
  const sent = JSON.stringify(messages);
  for (const word of ["One", "Two", "Three", "Four", "Late", "Five"]) assert(sent.includes(word));
});

onAccent(perplexity, "sources come as annotations and under their own names", async (scene) => {
  const { client, model } = scene;
  const answer = await client.chat.completions.create({ model, messages: ASK });
  const annotations = answer.choices[0]?.message.annotations ?? [];
  const urls = ["https://harbour.example/tides", "https://charts.example/dover"];
  assertEquals(annotations.map(({ url_citation }) => url_citation.url), urls);
  assertEquals(memberOf(answer, "citations"), urls);
  const stream = await client.chat.completions.create({ model, messages: ASK, stream: true });
  let cited: unknown;
  for await (const chunk of stream) cited = memberOf(chunk, "citations") ?? cited;
  assertEquals(cited, urls);
});

onAccent(perplexity, "a place is told the way it asks for it", async ({ client, there, model }) => {
  await client.chat.completions.create({
    model,
    messages: ASK,
    web_search_options: {
      search_context_size: "low",
      user_location: { type: "approximate", approximate: { country: "BE", city: "Ostend" } },
    },
  });
  assertEquals(there.last.body.web_search_options, {
    search_context_size: "low",
    user_location: { country: "BE", city: "Ostend" },
  });
});

const IMAGE = [{
  role: "user" as const,
  content: [
    { type: "text" as const, text: "Which port is this?" },
    { type: "image_url" as const, image_url: { url: "https://harbour.example/port.png" } },
  ],
}];

onAccent(
  workersAi,
  "an image it cannot fetch is refused before anything is sent",
  async (scene) => {
    const { client, there, model } = scene;
    const call = client.chat.completions.create({ model, messages: IMAGE });
    assertMatch((await thrownBy(call, BadRequestError)).message, /image/i);
    assertEquals(there.requests.length, 0);
  },
);

onAccent(parallel, "an image it doesn't see is said to be lost", async (scene) => {
  const { client, there, model } = scene;
  const question = { model, messages: IMAGE };
  const { response } = await client.chat.completions.create(question).withResponse();
  assertEquals(messagesOf(there.last.body), [{ role: "user", content: "Which port is this?" }]);
  assertMatch(
    response.headers.get("dragoman-warnings") ?? "",
    /dropped;param="[^"]*(image|messages)/,
  );
  const headers = { "dragoman-strict": "true" };
  const strict = client.chat.completions.create(question, { headers });
  assertEquals((await thrownBy(strict, BadRequestError)).code, "2108");
  assertEquals(there.requests.length, 1);
});

onAccent(parallel, "what it bases its answer on comes as annotations", async (scene) => {
  const { client, model } = scene;
  const answer = await client.chat.completions.create({ model, messages: ASK });
  const [annotation] = answer.choices[0]?.message.annotations ?? [];
  assertEquals(annotation?.url_citation.url, "https://harbour.example/tides");
  assertEquals(annotation?.url_citation.title, "Tides");
});

/** Headers of the caller's that a vendor documents. */
const FORWARDED: [Accent, string][] = [
  [openrouter, "http-referer"],
  [openrouter, "x-title"],
  [grok, "x-grok-conv-id"],
  [workersAi, "x-session-affinity"],
  [fireworks, "x-session-affinity"],
  [huggingface, "x-hf-bill-to"],
  [cerebras, "x-cerebras-version-patch"],
];

for (const [accent, name] of FORWARDED) {
  onAccent(accent, `the header ${name} arrives`, async ({ client, there, model }) => {
    const headers = { [name]: "7", "x-stray": "7" };
    await client.chat.completions.create({ model, messages: ASK }, { headers });
    assertEquals([there.last.headers[name], there.last.headers["x-stray"]], ["7", undefined]);
  });
}

const PDF = "JVBERi0xLjQK";
const file = {
  type: "file" as const,
  file: { filename: "chart.pdf", file_data: `data:application/pdf;base64,${PDF}` },
};

for (
  const [accent, part] of [
    [mistral, { type: "document_url", document_url: file.file.file_data }],
    [perplexity, { type: "file_url", file_url: { url: PDF } }],
  ] as const
) {
  onAccent(accent, "a document arrives in its own form", async ({ client, there, model }) => {
    const messages = [{ role: "user" as const, content: [file] }];
    await client.chat.completions.create({ model, messages });
    const [sent] = messagesOf(there.last.body)[0]?.content as Json[];
    assertEquals({ ...part, ...sent, type: sent?.type }, { ...sent, ...part });
  });
}

onAccent(mistral, "sound arrives bare", async ({ client, there, model }) => {
  const input_audio = { data: "UklGRg==", format: "wav" as const };
  const content = [{ type: "input_audio" as const, input_audio }];
  await client.chat.completions.create({ model, messages: [{ role: "user", content }] });
  assertEquals(messagesOf(there.last.body)[0]?.content, [
    { type: "input_audio", input_audio: "UklGRg==" },
  ]);
});

const LOGGED = { messages: ASK, logprobs: true, top_logprobs: 2 };

type Logprobs = OpenAI.ChatCompletion.Choice.Logprobs | null | undefined;

const tokensOf = (logprobs: Logprobs) =>
  logprobs?.content?.map(({ token, logprob }) => [token, logprob]) ?? [];

onAccent(together, "log probabilities are asked by number and told by token", async (scene) => {
  const { client, there, model } = scene;
  const answer = await client.chat.completions.create({ ...LOGGED, model });
  assertEquals(tokensOf(answer.choices[0]?.logprobs ?? null), [["Ja", -0.25], [".", -0.5]]);
  assertEquals(there.last.body.logprobs, 2);
});

onAccent(together, "log probabilities are streamed by token", async (scene) => {
  const { client, there, accent, model } = scene;
  const frame = { id: accent.voice.id, object: "chat.completion.chunk", created: 1, model: "m" };
  const chunk = (
    content: string,
    logprobs: number | null,
    finish_reason: string | null = null,
  ) => ({
    ...frame,
    choices: [{ index: 0, delta: { role: "assistant", content }, logprobs, finish_reason }],
  });
  there.turns.push({ chunks: [chunk("Ja", -0.25), chunk(".", -0.5), chunk("", null, "eos")] });
  const stream = await client.chat.completions.create({ ...LOGGED, model, stream: true });
  const choices = (await collect(stream)).flatMap((chunk) => chunk.choices);
  const tokens = choices.flatMap(({ logprobs }) => tokensOf(logprobs));
  assertEquals(tokens, [["Ja", -0.25], [".", -0.5]]);
});
