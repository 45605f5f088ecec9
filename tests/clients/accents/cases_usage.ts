/** Reported bugs of other gateways: token counts. */
import { assertEquals } from "@std/assert";
import { ACCENTS } from "../../support/accents/mod.ts";
import { ASK, collect } from "../doors.ts";
import { onCase } from "./scene.ts";
import { COUNTING } from "./usage.ts";

/** Those who refuse the question, or count without being asked. */
const UNASKED = ["mistral", "perplexity-ai", "parallel"];

onCase("4.4.45 BerriAI/litellm#23847: usage wherever it comes from", COUNTING, async (scene) => {
  const { client, there, accent, model } = scene;
  const stream = await client.chat.completions.create({
    model,
    messages: ASK,
    stream: true,
    stream_options: { include_usage: true },
  });
  assertEquals((await collect(stream)).filter(({ usage }) => usage).length, 1);
  assertEquals(UNASKED.includes(accent.slug) && "stream_options" in there.last.body, false);
});

onCase(
  "4.4.50 QuantumNous/new-api#4370: no chunk without choices for those who did not ask",
  ACCENTS,
  async ({ client, model }) => {
    const stream = await client.chat.completions.create({ model, messages: ASK, stream: true });
    const lengths = (await collect(stream)).map(({ choices }) => choices.length);
    assertEquals([...new Set(lengths)], [1]);
  },
);

onCase(
  "4.4.51 QuantumNous/new-api#6149: the provider is asked to count in any case",
  COUNTING.filter(({ slug }) => !UNASKED.includes(slug)),
  async ({ client, there, model }) => {
    await collect(await client.chat.completions.create({ model, messages: ASK, stream: true }));
    assertEquals(there.last.body.stream_options, { include_usage: true });
  },
);
