/** Tools through OpenAI's own client: called, streamed, answered, replayed. */
import { assertEquals } from "@std/assert";
import type OpenAI from "openai";
import { ASK, collect, onEachDoor } from "../doors.ts";

const MODEL = "openai/gpt-5-mini";

const PARAMETERS = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const TOOLS: OpenAI.ChatCompletionFunctionTool[] = [{
  type: "function",
  function: {
    name: "get_weather",
    description: "Weather now",
    parameters: PARAMETERS,
    strict: true,
  },
}];

const paris = { id: "call_1", name: "get_weather", arguments: '{"city":"Paris"}' };
const zurich = { id: "call_2", name: "get_weather", arguments: '{"city":"Zürich \\"HB\\""}' };

const wire = ({ id, name, arguments: args }: typeof paris) => ({
  id,
  type: "function" as const,
  function: { name, arguments: args },
});

onEachDoor("a tool is called", async ({ client, openai }) => {
  openai.turns.push({ calls: [paris] });
  const answer = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    tools: TOOLS,
    tool_choice: { type: "function", function: { name: "get_weather" } },
    parallel_tool_calls: false,
  });
  const [choice] = answer.choices;
  assertEquals(choice?.finish_reason, "tool_calls");
  assertEquals(choice?.message.tool_calls, [wire(paris)]);
  assertEquals(choice?.message.content, null);
  assertEquals(openai.last.body.tools, TOOLS);
});

onEachDoor("tools are called side by side", async ({ client, openai }) => {
  openai.turns.push({ calls: [paris, zurich] });
  const answer = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    tools: TOOLS,
    parallel_tool_calls: true,
  });
  assertEquals(answer.choices[0]?.message.tool_calls, [wire(paris), wire(zurich)]);
});

onEachDoor("streamed calls keep their numbers and pieces", async ({ client, openai }) => {
  openai.turns.push({ calls: [paris, zurich], pieces: 100 });
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    tools: TOOLS,
    stream: true,
  });
  const chunks = await collect(stream);
  const calls: { id?: string; name?: string; text: string }[] = [];
  for (const delta of chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])) {
    const call = calls[delta.index] ??= { text: "" };
    if (delta.id !== undefined) call.id = delta.id;
    if (delta.function?.name !== undefined) call.name = delta.function.name;
    call.text += delta.function?.arguments ?? "";
  }
  assertEquals(calls, [paris, zurich].map(({ id, name, arguments: text }) => ({ text, id, name })));
  assertEquals(chunks.at(-1)?.choices[0]?.finish_reason, "tool_calls");
});

onEachDoor("the stream helper puts calls together", async ({ client, openai }) => {
  openai.turns.push({ calls: [paris, zurich] });
  const helper = client.chat.completions.stream({ model: MODEL, messages: ASK, tools: TOOLS });
  const done: unknown[] = [];
  helper.on("tool_calls.function.arguments.done", ({ index, name, arguments: args }) => {
    done.push([index, name, args]);
  });
  const final = await helper.finalChatCompletion();
  assertEquals(done, [
    [0, "get_weather", paris.arguments],
    [1, "get_weather", zurich.arguments],
  ]);
  assertEquals(
    final.choices[0]?.message.tool_calls?.map(({ id }) => id),
    ["call_1", "call_2"],
  );
});

onEachDoor("a history with calls and their results is replayed", async ({ client, openai }) => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: "system", content: "You know the weather." },
    ...ASK,
    { role: "assistant", content: null, tool_calls: [wire(paris), wire(zurich)] },
    { role: "tool", tool_call_id: "call_1", content: "18 °C" },
    { role: "tool", tool_call_id: "call_2", content: [{ type: "text", text: "-3 °C" }] },
    { role: "assistant", content: "18 and -3." },
    { role: "user", content: "Thanks." },
  ];
  await client.chat.completions.create({ model: MODEL, messages, tools: TOOLS });
  assertEquals(openai.last.body.messages, messages);
});

const weatherTool = (asked: string[]) => ({
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "Weather now",
    parameters: PARAMETERS,
    parse: JSON.parse,
    function({ city }: { city: string }) {
      asked.push(city);
      return `${city}: 18 °C`;
    },
  },
});

onEachDoor("the tool runner goes around until there is an answer", async ({ client, openai }) => {
  openai.turns.push({ calls: [paris, zurich] }, { texts: ["Mild in both."] });
  const asked: string[] = [];
  const runner = client.chat.completions.runTools({
    model: MODEL,
    messages: ASK,
    tools: [weatherTool(asked)],
  });
  assertEquals(await runner.finalContent(), "Mild in both.");
  assertEquals(asked.sort(), ["Paris", 'Zürich "HB"']);
  const messages = openai.last.body.messages as OpenAI.ChatCompletionMessageParam[];
  assertEquals(messages.map(({ role }) => role), ["user", "assistant", "tool", "tool"]);
});

onEachDoor("the tool runner goes around in streams too", async ({ client, openai }) => {
  openai.turns.push({ calls: [paris] }, { texts: ["Mild."] });
  const asked: string[] = [];
  const runner = client.chat.completions.runTools({
    model: MODEL,
    messages: ASK,
    tools: [weatherTool(asked)],
    stream: true,
  });
  assertEquals(await runner.finalContent(), "Mild.");
  assertEquals(asked, ["Paris"]);
  assertEquals(openai.requests.map(({ body }) => body.stream), [true, true]);
});

onEachDoor("the tool runner works with the demo", async ({ client }) => {
  const asked: string[] = [];
  const runner = client.chat.completions.runTools({
    model: "demo/echo",
    messages: [{ role: "user", content: '/call get_weather {"city":"Lyon"}' }],
    tools: [weatherTool(asked)],
  });
  assertEquals(await runner.finalContent(), "Lyon: 18 °C");
  assertEquals(asked, ["Lyon"]);
});
