/** Reported bugs of other gateways and clients: streamed tool calls. */
import { assertEquals } from "@std/assert";
import type { Accent, Call, Json } from "../../support/accents/accent.ts";
import { baseten } from "../../support/accents/baseten.ts";
import { grok } from "../../support/accents/grok.ts";
import { huggingface } from "../../support/accents/huggingface.ts";
import { mistral } from "../../support/accents/mistral.ts";
import { together } from "../../support/accents/together.ts";
import { workersAi } from "../../support/accents/workers_ai.ts";
import { wholeCall } from "../../support/accents/speech.ts";
import { ASK } from "../doors.ts";
import { type AccentScene, onCase } from "./scene.ts";
import { calledBy, callsBy, TOOLS } from "./tools.ts";

/** A stream of these deltas of calls, one a chunk, and its end. */
function streamOf(accent: Accent, deltas: Json[], finish = "tool_calls"): Json[] {
  const frame = {
    id: accent.voice.id,
    object: "chat.completion.chunk",
    created: 1_770_000_000,
    model: accent.models[0],
  };
  const chunk = (delta: Json, finish_reason: string | null = null) => ({
    ...frame,
    choices: [{ index: 0, delta, finish_reason }],
  });
  return [
    chunk({ role: "assistant", content: "" }),
    ...deltas.map((delta) => chunk({ tool_calls: [delta] })),
    chunk({}, finish),
  ];
}

const halves = ({ arguments: args }: Call) => [args.slice(0, 5), args.slice(5)] as const;

async function expectCalls(scene: AccentScene, deltas: Json[], finish?: string): Promise<void> {
  const { client, there, accent, model } = scene;
  there.turns.push({ chunks: streamOf(accent, deltas, finish) });
  const helper = client.chat.completions.stream({ model, messages: ASK, tools: TOOLS });
  const final = await helper.finalChatCompletion();
  assertEquals(calledBy(final.choices[0]), {
    finish: "tool_calls",
    calls: callsBy(accent).map((call) => wholeCall(call)) as never,
  });
}

onCase(
  "4.2.25 vercel/ai#7238: calls without a number are told apart by their ids",
  grok,
  (scene) => {
    const deltas = callsBy(scene.accent).flatMap((call) => {
      const [head, tail] = halves(call);
      return [wholeCall({ ...call, arguments: head }), {
        id: call.id,
        function: { arguments: tail },
      }];
    });
    return expectCalls(scene, deltas);
  },
);

onCase("4.2.26 vercel/ai#14760: a name may come after its arguments", together, (scene) => {
  const deltas = callsBy(scene.accent).flatMap((call, index) => {
    const [head, tail] = halves(call);
    return [
      { index, id: call.id, type: "function", function: { arguments: head } },
      { index, function: { name: call.name, arguments: tail } },
    ];
  });
  return expectCalls(scene, deltas);
});

onCase("4.2.27 vercel/ai#5885: neither a number nor a name at first", baseten, (scene) => {
  const deltas = callsBy(scene.accent).flatMap((call) => [
    { id: call.id, type: "function", function: { name: null, arguments: "" } },
    { function: { name: call.name, arguments: "" } },
    { function: { arguments: call.arguments } },
  ]);
  return expectCalls(scene, deltas);
});

onCase("4.2.28 anomalyco/opencode#47954: pieces without an id continue", mistral, (scene) => {
  const deltas = callsBy(scene.accent).flatMap((call, index) => [
    { index, id: call.id, type: "function", function: { name: call.name, arguments: "" } },
    { index, id: "", function: { name: "", arguments: call.arguments } },
  ]);
  return expectCalls(scene, deltas);
});

onCase(
  "4.2.28 anomalyco/opencode#47954: a long id of a hosted model comes back acceptable",
  mistral,
  async ({ client, there, accent }) => {
    const model = `${accent.slug}/zai-glm-5-2`;
    const id = "chatcmpl-tool-9f1e4c3a8d275e6f";
    const call = { id, name: "tide", arguments: "{}" };
    there.turns.push({ calls: [call] });
    const answer = await client.chat.completions.create({ model, messages: ASK, tools: TOOLS });
    const { message } = answer.choices[0]!;
    assertEquals(message.tool_calls?.map((made) => made.id), [id]);
    const result = { role: "tool" as const, tool_call_id: id, content: "6 m" };
    await client.chat.completions.create({
      model,
      messages: [...ASK, message, result],
      tools: TOOLS,
    });
    assertEquals(there.requests.length, 2);
  },
);

onCase(
  "4.2.29 ollama/ollama#7881: whole calls without numbers",
  huggingface,
  (scene) => expectCalls(scene, callsBy(scene.accent).map((call) => wholeCall(call)), "stop"),
);

onCase(
  "4.2.29 ollama/ollama#7881: a closing piece of nothing opens no call",
  workersAi,
  (scene) => {
    const deltas = callsBy(scene.accent).flatMap((call, index) => [
      wholeCall(call, { index }),
      { index, id: null, function: { name: null, arguments: null } },
    ]);
    return expectCalls(scene, deltas, "stop");
  },
);
