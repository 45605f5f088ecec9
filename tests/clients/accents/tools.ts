/** Tools with every provider: called, streamed, answered, and a history from elsewhere replayed. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type OpenAI from "openai";
import type { Accent, Call, Json } from "../../support/accents/accent.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { callsOf, messagesOf } from "../../support/accents/rules.ts";
import { ASK } from "../doors.ts";
import { onAccents } from "./scene.ts";

const UNABLE = ["perplexity-ai", "parallel"];

export const CALLING = ACCENTS.filter(({ slug }) => !UNABLE.includes(slug));

export const TOOLS: OpenAI.ChatCompletionFunctionTool[] = [{
  type: "function",
  function: {
    name: "tide",
    description: "The tide at a port",
    parameters: {
      type: "object",
      properties: { port: { type: "string" } },
      required: ["port"],
      additionalProperties: false,
    },
  },
}];

/** Two calls side by side, with ids as this provider gives them. */
export const callsBy = ({ callIds: [first, second] }: Accent): Call[] => [
  { id: first, name: "tide", arguments: '{"port":"Calais"}' },
  { id: second, name: "tide", arguments: '{"port":"Zürich \\"HB\\""}' },
];

const wire = ({ id, name, arguments: args }: Call) => ({
  id,
  type: "function" as const,
  function: { name, arguments: args },
});

/** What of a choice concerns its calls. */
export const calledBy = (choice: OpenAI.ChatCompletion.Choice | undefined) => ({
  finish: choice?.finish_reason,
  calls: choice?.message.tool_calls?.map((call) =>
    call.type === "function" ? wire({ ...call.function, id: call.id }) : call
  ),
});

onAccents("tools are called side by side", async ({ client, there, accent, model }) => {
  const calls = callsBy(accent);
  there.turns.push({ calls });
  const answer = await client.chat.completions.create({ model, messages: ASK, tools: TOOLS });
  assertEquals(calledBy(answer.choices[0]), { finish: "tool_calls", calls: calls.map(wire) });
  assertEquals(answer.choices[0]?.message.content ?? null, null);
  const [tool] = there.last.body.tools as Json[];
  assertEquals(tool?.function, TOOLS[0]?.function);
}, CALLING);

onAccents("streamed calls are put together", async ({ client, there, accent, model }) => {
  const calls = callsBy(accent);
  there.turns.push({ calls });
  const helper = client.chat.completions.stream({ model, messages: ASK, tools: TOOLS });
  const done: unknown[] = [];
  helper.on("tool_calls.function.arguments.done", ({ index, name, arguments: args }) => {
    done.push([index, name, args]);
  });
  const final = await helper.finalChatCompletion();
  assertEquals(done, calls.map(({ name, arguments: args }, index) => [index, name, args]));
  assertEquals(calledBy(final.choices[0]), { finish: "tool_calls", calls: calls.map(wire) });
}, CALLING);

for (const stream of [false, true]) {
  const how = stream ? "in streams" : "in whole answers";
  onAccents(`the tool runner goes around ${how}`, async ({ client, there, accent, model }) => {
    there.turns.push({ calls: callsBy(accent) }, { text: "High at six in both." });
    const asked: string[] = [];
    const tool = {
      type: "function" as const,
      function: {
        name: "tide",
        description: "The tide at a port",
        parameters: TOOLS[0]?.function.parameters ?? {},
        parse: JSON.parse,
        function: ({ port }: { port: string }) => {
          asked.push(port);
          return `${port}: high at six`;
        },
      },
    };
    const question = { model, messages: ASK, tools: [tool] };
    const { completions } = client.chat;
    const runner = stream
      ? completions.runTools({ ...question, stream })
      : completions.runTools({ ...question, stream });
    assertEquals(await runner.finalContent(), "High at six in both.");
    assertEquals(asked.sort(), ["Calais", 'Zürich "HB"']);
    const results = messagesOf(there.last.body).filter(({ role }) => role === "tool");
    assertEquals(results.map(({ content }) => content), [
      "Calais: high at six",
      'Zürich "HB": high at six',
    ]);
  }, CALLING);
}

/** Ids of OpenAI, of Anthropic, and one too long for either. */
const FOREIGN = [
  "call_aB3dE6gH9jK2mN5pQ8sT1vW4",
  "toolu_01HarbourHarbourHarbour",
  "functions.tide:0-0b7c1d52-9f1e-4c3a-8d27-5e6f7a8b9c0d",
];

const HISTORY: OpenAI.ChatCompletionMessageParam[] = [
  { role: "system", content: "You know the tides." },
  { role: "user", content: [{ type: "text", text: "And today?" }] },
  {
    role: "assistant",
    content: null,
    tool_calls: FOREIGN.map((id) => wire({ id, name: "tide", arguments: '{"port":"Ostend"}' })),
  },
  { role: "tool", tool_call_id: FOREIGN[0]!, content: "6 m" },
  { role: "tool", tool_call_id: FOREIGN[1]!, content: [{ type: "text", text: "7 m" }] },
  { role: "tool", tool_call_id: FOREIGN[2]!, content: "8 m" },
  { role: "assistant", content: "Six to eight metres." },
  { role: "user", content: "Thanks. And tomorrow?" },
];

onAccents("a history from elsewhere is accepted", async ({ client, there, model }) => {
  await client.chat.completions.create({ model, messages: HISTORY, tools: TOOLS });
  const messages = messagesOf(there.last.body);
  const calls = messages.flatMap((message) => callsOf(message));
  const results = messages.filter(({ role }) => role === "tool");
  assertEquals(calls.length, 3);
  assertEquals(results.map((result) => result.tool_call_id), calls.map(({ id }) => id));
  assertEquals(new Set(calls.map(({ id }) => id)).size, 3);
  const texts = results.map(({ content }) => JSON.stringify(content));
  for (const [at, text] of ["6 m", "7 m", "8 m"].entries()) {
    assertMatch(texts[at] ?? "", RegExp(text));
  }
}, CALLING);

onAccents("a question right after results is accepted", async ({ client, there, model }) => {
  const interrupted: OpenAI.ChatCompletionMessageParam[] = [
    ...HISTORY.slice(0, 6),
    { role: "user", content: "Never mind: is it raining?" },
  ];
  await client.chat.completions.create({ model, messages: interrupted, tools: TOOLS });
  assertMatch(JSON.stringify(messagesOf(there.last.body).at(-1)), /is it raining/);
}, CALLING);

onAccents("the same id always becomes the same id", async ({ client, there, model }) => {
  const idsSent = async () => {
    await client.chat.completions.create({ model, messages: HISTORY, tools: TOOLS });
    return messagesOf(there.last.body).flatMap(callsOf).map(({ id }) => id);
  };
  assertEquals(await idsSent(), await idsSent());
}, CALLING);

const CHOICES: [OpenAI.ChatCompletionToolChoiceOption, (slug: string) => unknown][] = [
  ["auto", () => "auto"],
  ["none", () => "none"],
  ["required", (slug) => slug === "mistral" ? "any" : "required"],
  [{ type: "function", function: { name: "tide" } }, () => ({
    type: "function",
    function: { name: "tide" },
  })],
];

onAccents("every choice of tools arrives", async ({ client, there, accent, model }) => {
  for (const [tool_choice, arrives] of CHOICES) {
    await client.chat.completions.create({ model, messages: ASK, tools: TOOLS, tool_choice });
    assertEquals(there.last.body.tool_choice, arrives(accent.slug));
  }
}, CALLING);

onAccents("an empty list of tools is not sent", async ({ client, there, model }) => {
  await client.chat.completions.create({ model, messages: ASK, tools: [] });
  assertEquals("tools" in there.last.body, false);
});

onAccents(
  "tools are left out, and that is said",
  async ({ client, there, model }) => {
    const question = { model, messages: ASK, tools: TOOLS, tool_choice: "auto" as const };
    const { response } = await client.chat.completions.create(question).withResponse();
    assertEquals(["tools", "tool_choice"].filter((name) => name in there.last.body), []);
    assertMatch(response.headers.get("dragoman-warnings") ?? "", /dropped;param="tools"/);
  },
  ACCENTS.filter(({ slug }) => UNABLE.includes(slug)),
);

onAccents(
  "results of tools are told in words",
  async ({ client, there, model }) => {
    await client.chat.completions.create({ model, messages: HISTORY });
    const sent = JSON.stringify(there.last.body.messages);
    for (const text of ["6 m", "7 m", "8 m", "tomorrow"]) assert(sent.includes(text), sent);
  },
  ACCENTS.filter(({ slug }) => UNABLE.includes(slug)),
);
