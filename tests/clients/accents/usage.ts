/** Token counts: there for those who ask, and for nobody else. */
import { assert, assertEquals } from "@std/assert";
import type OpenAI from "openai";
import type { Accent } from "../../support/accents/accent.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { parallel } from "../../support/accents/parallel.ts";
import { perplexity } from "../../support/accents/perplexity.ts";
import { COUNTS } from "../../support/accents/speech.ts";
import { together } from "../../support/accents/together.ts";
import { ASK, collect } from "../doors.ts";
import { type AccentScene, onAccent, onAccents } from "./scene.ts";

/** Parallel counts nothing, and nothing is invented for it. */
export const COUNTING = ACCENTS.filter((accent) => accent !== parallel);

const numbersOf = (usage: OpenAI.CompletionUsage | null | undefined) => [
  usage?.prompt_tokens,
  usage?.completion_tokens,
  usage?.total_tokens,
  usage?.prompt_tokens_details?.cached_tokens ?? 0,
  usage?.completion_tokens_details?.reasoning_tokens ?? 0,
];

/** Those who tell nothing of a cache. */
const CACHELESS = [perplexity, together];

/** The same numbers as they must be. */
function countsOf(accent: Accent, thinking = 0): number[] {
  const { prompt, completion, cached } = COUNTS;
  const said = completion + thinking;
  return [prompt, said, prompt + said, CACHELESS.includes(accent) ? 0 : cached, thinking];
}

const streamed = async ({ client, model }: AccentScene, asked: boolean) =>
  await collect(
    await client.chat.completions.create({
      model,
      messages: ASK,
      stream: true,
      ...(asked && { stream_options: { include_usage: true } }),
    }),
  );

onAccents("nobody gets usage in a stream who did not ask", async (scene) => {
  const chunks = await streamed(scene, false);
  assert(chunks.length > 1);
  assertEquals(chunks.filter((chunk) => chunk.usage || chunk.choices.length === 0), []);
});

onAccents("usage asked for comes once, apart, at the end", async (scene) => {
  const chunks = await streamed(scene, true);
  const last = chunks.pop();
  assertEquals([last?.choices, numbersOf(last?.usage)], [[], countsOf(scene.accent)]);
  assert(chunks.every(({ usage, choices }) => usage === null && choices.length === 1));
}, COUNTING);

onAccents("whole answers count the same", async ({ client, accent, model }) => {
  const { usage } = await client.chat.completions.create({ model, messages: ASK });
  assertEquals(numbersOf(usage), countsOf(accent));
}, COUNTING);

onAccents("thinking is part of the completion", async (scene) => {
  const { client, there, accent, reasoner: model } = scene;
  there.turns.push({ reasoning: "First the tide." }, { reasoning: "First the tide." });
  const { usage } = await client.chat.completions.create({ model, messages: ASK });
  const chunks = await streamed({ ...scene, model }, true);
  const counts = countsOf(accent, COUNTS.thinking);
  assertEquals([numbersOf(usage), numbersOf(chunks.at(-1)?.usage)], [counts, counts]);
}, COUNTING);

onAccent(parallel, "where nothing is counted, nothing is invented", async (scene) => {
  const { client, model } = scene;
  const { usage } = await client.chat.completions.create({ model, messages: ASK });
  assert(usage === undefined || usage === null);
  assertEquals((await streamed(scene, true)).filter((chunk) => chunk.usage), []);
});
