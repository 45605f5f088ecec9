/** What OpenAI's own client sees of a provider that is only like OpenAI. */
import { assertEquals, assertMatch } from "@std/assert";
import { NotFoundError } from "openai";
import { LOCAL_GREETING } from "../../support/loose_ollama.ts";
import { ASK, collect, onEachDoor, thrownBy } from "../doors.ts";

const MODEL = "ollama/qwen3:0.6b";

onEachDoor("a local model answers without a key", async ({ client, ollama }) => {
  const { data, response } = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    max_completion_tokens: 20,
    user: "u-1",
  }).withResponse();
  assertEquals(data.choices[0]?.message.content, LOCAL_GREETING);
  assertEquals(data.usage?.total_tokens, 16);
  assertEquals(ollama.last.body, { model: "qwen3:0.6b", messages: ASK, max_tokens: 20 });
  assertEquals(ollama.last.headers.authorization, undefined);
  assertMatch(response.headers.get("dragoman-warnings") ?? "", /dropped;param="user"/);
});

onEachDoor("thoughts arrive apart from the answer", async ({ client, ollama }) => {
  const reasoning = "First the greeting, then the rest.";
  ollama.turns.push({ reasoning }, { reasoning });
  const answer = await client.chat.completions.create({ model: MODEL, messages: ASK });
  const message: object | undefined = answer.choices[0]?.message;
  assertEquals(Reflect.get(message ?? {}, "reasoning_content"), reasoning);
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    stream: true,
  });
  const deltas = (await collect(stream)).map(({ choices }) => choices[0]?.delta ?? {});
  const thoughts = deltas.map((delta) => Reflect.get(delta, "reasoning_content") ?? "");
  assertEquals(thoughts.join(""), reasoning);
  assertEquals(deltas.map(({ content }) => content ?? "").join(""), LOCAL_GREETING);
});

onEachDoor("usage is there when it is asked for, and not otherwise", async ({ client, ollama }) => {
  const question = { model: MODEL, messages: ASK, stream: true } as const;
  const silent = await collect(await client.chat.completions.create(question));
  assertEquals(silent.filter(({ usage }) => usage), []);
  assertEquals(ollama.last.body.stream_options, { include_usage: true });
  const counted = await collect(
    await client.chat.completions.create({
      ...question,
      stream_options: { include_usage: true },
    }),
  );
  assertEquals(counted.filter(({ usage }) => usage).length, 1);
  assertEquals(counted.at(-1)?.usage?.total_tokens, 16);
});

const calls = [
  { id: "call_a1", name: "tide", arguments: '{"port":"Calais"}' },
  { id: "call_b2", name: "tide", arguments: '{"port":"Dover"}' },
];

onEachDoor("calls get their numbers and the right reason, whole and streamed", async (scene) => {
  const { client, ollama } = scene;
  ollama.turns.push({ calls }, { calls });
  const tools = [{ type: "function" as const, function: { name: "tide" } }];
  const question = { model: MODEL, messages: ASK, tools };
  const whole = await client.chat.completions.create(question);
  const final = await client.chat.completions.stream(question).finalChatCompletion();
  for (const { choices: [choice] } of [whole, final]) {
    assertEquals(choice?.finish_reason, "tool_calls");
    const made = choice?.message.tool_calls?.map((call) =>
      call.type === "function" ? [call.id, call.function.name, call.function.arguments] : []
    );
    assertEquals(made, calls.map(({ id, name, arguments: args }) => [id, name, args]));
  }
});

onEachDoor("a stream has the role once, at its beginning", async ({ client }) => {
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: ASK,
    stream: true,
  });
  const roles = (await collect(stream)).map(({ choices }) => choices[0]?.delta.role);
  assertEquals(roles.filter((role) => role !== undefined), ["assistant"]);
  assertEquals(roles[0], "assistant");
});

onEachDoor("a model nobody pulled is a NotFoundError", async ({ client }) => {
  const call = client.chat.completions.create({ model: "ollama/llama9", messages: ASK });
  assertMatch((await thrownBy(call, NotFoundError)).message, /try pulling it first/);
});
