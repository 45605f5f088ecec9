/** Reported bugs of other gateways: why an answer ended. */
import { assert, assertEquals } from "@std/assert";
import { APIError } from "openai";
import type { Accent, Json } from "../../support/accents/accent.ts";
import { cerebras } from "../../support/accents/cerebras.ts";
import { deepseek } from "../../support/accents/deepseek.ts";
import { grok } from "../../support/accents/grok.ts";
import { huggingface } from "../../support/accents/huggingface.ts";
import { mistral } from "../../support/accents/mistral.ts";
import { openrouter } from "../../support/accents/openrouter.ts";
import { together } from "../../support/accents/together.ts";
import { workersAi } from "../../support/accents/workers_ai.ts";
import { ASK, collect, thrownBy } from "../doors.ts";
import { type AccentScene, onAccent, onCase } from "./scene.ts";
import { CALLING, callsBy, TOOLS } from "./tools.ts";

/** What the client is told, whole and streamed, when the provider says `finish`. */
async function reasons(
  scene: AccentScene,
  finish: string,
  calling: boolean,
): Promise<unknown[]> {
  const { client, there, accent, model } = scene;
  const turn = { finish, ...(calling && { calls: callsBy(accent) }) };
  there.turns.push(turn, turn);
  const question = { model, messages: ASK, ...(calling && { tools: TOOLS }) };
  const whole = await client.chat.completions.create(question);
  const chunks = await collect(await client.chat.completions.create({ ...question, stream: true }));
  const said = chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason));
  return [whole.choices[0]?.finish_reason, ...said.filter((reason) => reason)];
}

const CALLED = ["tool_calls", "tool_calls"];

onCase(
  "4.3.35 BerriAI/litellm#12240: `stop` after calls is `tool_calls`, whole and streamed",
  CALLING,
  async (scene) => assertEquals(await reasons(scene, "stop", true), CALLED),
);

onCase(
  "4.3.36 BerriAI/litellm#34718: `end_turn` after calls is `tool_calls`, in streams too",
  openrouter,
  async (scene) => assertEquals(await reasons(scene, "end_turn", true), CALLED),
);

onCase(
  "4.3.37 vercel/ai#12218: an empty reason after calls is `tool_calls`",
  grok,
  async (scene) => {
    assertEquals(await reasons(scene, "", true), CALLED);
  },
);

for (const title of ["4.3.38 Portkey-AI/gateway#1534", "4.3.39 envoyproxy/ai-gateway#1486"]) {
  onCase(`${title}: Gemini's STOP with a call`, openrouter, async (scene) => {
    assertEquals(await reasons(scene, "STOP", true), CALLED);
  });
}

onCase("4.3.40 cloudflare/ai#192: streams always say stop", workersAi, async (scene) => {
  assertEquals(await reasons(scene, "stop", true), CALLED);
  assertEquals(await reasons(scene, "stop", false), ["stop", "stop"]);
});

onCase(
  "4.3.41 googleapis/python-genai#2868: only the stream says stop",
  openrouter,
  async (scene) => {
    const { client, there, accent } = scene;
    const model = `${accent.slug}/google/gemini-3-flash`;
    there.turns.push({ calls: callsBy(accent), finish: "stop" });
    const helper = client.chat.completions.stream({ model, messages: ASK, tools: TOOLS });
    assertEquals((await helper.finalChatCompletion()).choices[0]?.finish_reason, "tool_calls");
  },
);

onCase("4.3.42 QuantumNous/new-api#1761: the model's limit is `length`", mistral, async (scene) => {
  assertEquals(await reasons(scene, "model_length", false), ["length", "length"]);
  assertEquals(await reasons(scene, "length", false), ["length", "length"]);
});

onCase(
  "4.3.43 BerriAI/litellm#6104: a filter is told in streams too",
  [cerebras, deepseek],
  async (scene) => {
    const filtered = ["content_filter", "content_filter"];
    assertEquals(await reasons(scene, "content_filter", false), filtered);
    assertEquals(await reasons(scene, "content_filter", true), filtered);
  },
);

/** Chunks of Workers AI with these choices. */
const chunksOf = ({ voice, models }: Accent, choices: Json[]): Json[] =>
  choices.map((choice) => ({
    id: voice.id,
    object: "chat.completion.chunk",
    created: 1_770_000_000,
    model: models[0],
    choices: [{ index: 0, ...choice }],
    p: "abc",
  }));

onCase(
  "4.3.44 decolua/9router#1645: what follows the first finish is not lost",
  workersAi,
  async (scene) => {
    const { client, there, accent, model } = scene;
    there.turns.push({
      chunks: chunksOf(accent, [
        { delta: { role: "assistant", content: "" }, finish_reason: "stop" },
        { delta: { content: "From " } },
        { delta: { content: 1 } },
        { delta: { content: 0 } },
        { delta: { content: " to " } },
        { delta: { content: 12.5 } },
        { delta: {}, finish_reason: "stop" },
      ]),
    });
    const stream = await client.chat.completions.create({ model, messages: ASK, stream: true });
    const choices = (await collect(stream)).flatMap((chunk) => chunk.choices);
    assertEquals(choices.map(({ delta }) => delta.content ?? "").join(""), "From 10 to 12.5");
    const finishes = choices.map((choice) => choice.finish_reason).filter((reason) => reason);
    assertEquals([finishes, choices.at(-1)?.finish_reason], [["stop"], "stop"]);
  },
);

onCase("4.3.44 decolua/9router#1645: `[DONE]` is said once", workersAi, async (scene) => {
  const { client, model } = scene;
  const response = await client.chat.completions
    .create({ model, messages: ASK, stream: true }).asResponse();
  assertEquals((await response.text()).match(/data: ?\[DONE\]/g)?.length, 1);
});

const NATIVE: [Accent, string][] = [
  [together, "eos"],
  [huggingface, "eos_token"],
  [huggingface, "stop_sequence"],
];

for (const [accent, finish] of NATIVE) {
  onAccent(accent, `${finish} is stop`, async (scene) => {
    assertEquals(await reasons(scene, finish, false), ["stop", "stop"]);
  });
}

onAccent(deepseek, "an answer cut for want of room is not said to be complete", async (scene) => {
  const { client, there, model } = scene;
  const turn = { finish: "insufficient_system_resource" };
  there.turns.push(turn, turn);
  const whole = client.chat.completions.create({ model, messages: ASK });
  const helper = client.chat.completions.stream({ model, messages: ASK });
  for (const answer of [whole, helper.finalChatCompletion()]) {
    const reason = await Promise.resolve(answer).then(
      ({ choices }) => choices[0]?.finish_reason,
      (error: unknown) => error instanceof APIError ? "thrown" : "odd",
    );
    assert(reason === "length" || reason === "thrown", String(reason));
  }
});

onAccent(mistral, "an answer that ended in an error is one", async ({ client, there, model }) => {
  there.turns.push({ finish: "error" });
  const helper = client.chat.completions.stream({ model, messages: ASK });
  await thrownBy(helper.finalChatCompletion(), APIError);
});
