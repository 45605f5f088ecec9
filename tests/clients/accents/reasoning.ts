/** Thoughts: read from wherever a provider puts them, sent back only where they are wanted. */
import { assertEquals } from "@std/assert";
import type OpenAI from "openai";
import { cerebras } from "../../support/accents/cerebras.ts";
import { deepseek } from "../../support/accents/deepseek.ts";
import { fireworks } from "../../support/accents/fireworks.ts";
import { grok } from "../../support/accents/grok.ts";
import { groq } from "../../support/accents/groq.ts";
import { mistral } from "../../support/accents/mistral.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { openrouter } from "../../support/accents/openrouter.ts";
import { perplexity } from "../../support/accents/perplexity.ts";
import { messagesOf } from "../../support/accents/rules.ts";
import { GREETING } from "../../support/accents/speech.ts";
import { ASK, collect } from "../doors.ts";
import { type AccentScene, memberOf, onAccent, onAccents } from "./scene.ts";

const THOUGHT = "Evening, so a greeting; keep it short.";

/** Perplexity marks thoughts inside the text; Parallel shows none. */
const THINKING = ACCENTS.filter(({ slug }) => !["perplexity-ai", "parallel"].includes(slug));

interface Said {
  thought: string;
  text: string;
}

async function whole({ client, there, reasoner: model }: AccentScene): Promise<Said> {
  there.turns.push({ reasoning: THOUGHT });
  const answer = await client.chat.completions.create({ model, messages: ASK });
  const message = answer.choices[0]?.message;
  const thought = memberOf(message, "reasoning_content") ?? "";
  return { thought: String(thought), text: message?.content ?? "" };
}

async function streamed({ client, there, reasoner: model }: AccentScene): Promise<Said> {
  there.turns.push({ reasoning: THOUGHT });
  const stream = await client.chat.completions.create({ model, messages: ASK, stream: true });
  const deltas = (await collect(stream)).map(({ choices }) => choices[0]?.delta);
  return {
    thought: deltas.map((delta) => memberOf(delta, "reasoning_content") ?? "").join(""),
    text: deltas.map((delta) => delta?.content ?? "").join(""),
  };
}

onAccents("thoughts arrive apart from the answer", async (scene) => {
  assertEquals(await whole(scene), { thought: THOUGHT, text: GREETING });
}, THINKING);

onAccents("thoughts are streamed apart from the answer", async (scene) => {
  assertEquals(await streamed(scene), { thought: THOUGHT, text: GREETING });
}, THINKING);

onAccent(perplexity, "thoughts in the text are the same whole and streamed", async (scene) => {
  const flat = ({ thought, text }: Said) => (thought + text).replace(/<\/?think>|\s+/g, "");
  const [a, b] = [await whole(scene), await streamed(scene)];
  assertEquals(flat(a), (THOUGHT + GREETING).replace(/\s+/g, ""));
  assertEquals([flat(b), b.thought === ""], [flat(a), a.thought === ""]);
});

type Effort = OpenAI.ChatCompletionReasoningEffort;

/** Provider, model, what is asked, what must arrive; `undefined`: nothing. */
const EFFORTS: [typeof groq, string, Effort, Record<string, unknown>][] = [
  [groq, "qwen/qwen3-32b", "none", { reasoning_effort: "none" }],
  [groq, "qwen/qwen3-32b", "high", { reasoning_effort: "default" }],
  [groq, "openai/gpt-oss-120b", "minimal", { reasoning_effort: "low" }],
  [groq, "openai/gpt-oss-120b", "xhigh", { reasoning_effort: "high" }],
  [mistral, "mistral-small-2603", "low", { reasoning_effort: "high" }],
  [mistral, "mistral-small-2603", "none", { reasoning_effort: "none" }],
  [mistral, "mistral-large-2512", "high", { reasoning_effort: undefined }],
  [mistral, "magistral-medium-2509", "high", {
    reasoning_effort: undefined,
    prompt_mode: "reasoning",
  }],
  [grok, "grok-4", "high", { reasoning_effort: undefined }],
  [grok, "grok-3-mini", "medium", {}],
  [grok, "grok-3-mini", "low", { reasoning_effort: "low" }],
  [deepseek, "deepseek-v4-flash", "none", { thinking: { type: "disabled" } }],
  [deepseek, "deepseek-v4-flash", "high", { reasoning_effort: "high" }],
  [cerebras, "gpt-oss-120b", "xhigh", { reasoning_effort: "high" }],
  [cerebras, "gpt-oss-120b", "minimal", { reasoning_effort: "low" }],
  [fireworks, fireworks.models[0]!, "minimal", { reasoning_effort: "low" }],
  [fireworks, fireworks.models[0]!, "xhigh", { reasoning_effort: "high" }],
  [perplexity, "sonar-reasoning-pro", "xhigh", { reasoning_effort: "high" }],
];

for (const [accent, name, effort, arrives] of EFFORTS) {
  onAccent(accent, `effort ${effort} for ${name} becomes what it takes`, async (scene) => {
    const { client, there } = scene;
    const model = `${accent.slug}/${name}`;
    await client.chat.completions.create({ model, messages: ASK, reasoning_effort: effort });
    const { body } = there.last;
    assertEquals(
      Object.keys(arrives).map((key) => [key, body[key]]),
      Object.entries(arrives),
    );
  });
}

const tool_calls = [{
  id: "abcDEF123",
  type: "function" as const,
  function: { name: "tide", arguments: "{}" },
}];

/** A turn that thought and called, as clients keep it. */
const history = (more: object): OpenAI.ChatCompletionMessageParam[] => [
  ...ASK,
  { role: "assistant", content: null, tool_calls, ...more },
  { role: "tool", tool_call_id: "abcDEF123", content: "6 m" },
];

onAccents("thoughts in the history are never in the way", async ({ client, model }) => {
  const messages = history({ reasoning_content: THOUGHT, refusal: null, annotations: [] });
  await client.chat.completions.create({ model, messages });
});

const assistantSent = ({ there }: AccentScene) =>
  messagesOf(there.last.body).find(({ role }) => role === "assistant");

for (
  const [accent, field] of [[groq, "reasoning"], [cerebras, "reasoning"], [
    deepseek,
    "reasoning_content",
  ]] as const
) {
  onAccent(accent, `thoughts go back as ${field}`, async (scene) => {
    const messages = history({ reasoning_content: THOUGHT });
    await scene.client.chat.completions.create({ model: scene.reasoner, messages });
    assertEquals(assistantSent(scene)?.[field], THOUGHT);
  });
}

onAccent(deepseek, "thoughts nobody kept are made up for with nothing", async (scene) => {
  await scene.client.chat.completions.create({ model: scene.reasoner, messages: history({}) });
  assertEquals(String(assistantSent(scene)?.reasoning_content).trim(), "");
});

onAccent(openrouter, "details of thoughts go back unchanged", async (scene) => {
  const reasoning_details = [
    {
      type: "reasoning.text",
      text: THOUGHT,
      signature: "c2ln",
      format: "anthropic-claude-v1",
      index: 0,
    },
    { type: "reasoning.encrypted", data: "ZW5j", id: "r1", format: "google-gemini-v1", index: 1 },
  ];
  const messages = history({ reasoning_details });
  await scene.client.chat.completions.create({ model: scene.model, messages });
  assertEquals(assistantSent(scene)?.reasoning_details, reasoning_details);
});
