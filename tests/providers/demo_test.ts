/** The demo, asked as people ask it: through the gateway. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { chat, errorOf, type Got } from "../support/recorder.ts";

/** A gateway with nothing but the demo; its clock hurries. */
function demo(routes: Record<string, string[]> = {}) {
  const clock = { now: () => Date.now(), after: hurried };
  return createGateway({ demo: true, clock, gateways: { default: { routes } } });
}

/** The demo speaks a word every 20 ms; a test need not listen that long. */
function hurried(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms <= 20 ? 0 : ms);
  return () => clearTimeout(timer);
}

const say = (content: string, more: object = {}) => ({
  model: "demo/echo",
  messages: [{ role: "user", content }],
  ...more,
});

interface Answer {
  choices: {
    message: { content: string | null; tool_calls?: { function: unknown }[] };
    finish_reason: string;
  }[];
  usage: unknown;
}
const answerOf = ({ text }: Got) => (JSON.parse(text) as Answer);

interface Chunk {
  choices: { delta: { content?: string }; finish_reason: string | null }[];
}

/** What a stream says, and how it ends. */
function spoken({ text }: Got): { said: string; finish: string | undefined; done: boolean } {
  const events = text.split("\n\n").filter((block) => block.startsWith("data: "));
  const chunks = events.map((block) => block.slice(6)).filter((data) => data !== "[DONE]")
    .map((data) => JSON.parse(data) as Partial<Chunk>);
  const choices = chunks.flatMap((chunk) => chunk.choices ?? []);
  return {
    said: choices.map(({ delta }) => delta.content ?? "").join(""),
    finish: choices.map(({ finish_reason }) => finish_reason ?? undefined).find((x) =>
      x !== undefined
    ),
    done: events.at(-1) === "data: [DONE]",
  };
}

test("the demo echoes without a key, whole and streamed", async () => {
  const words = "Grüße an\n die  Welt 🌍 ";
  const whole = await chat(demo(), say(words));
  assertEquals(whole.status, 200, whole.text);
  const { choices: [choice], usage } = answerOf(whole);
  assertEquals([choice?.message.content, choice?.finish_reason], [words, "stop"]);
  assertEquals(usage, { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 });
  const stream = await chat(demo(), say(words, { stream: true }));
  assertEquals(spoken(stream), { said: words, finish: "stop", done: true });
});

test("a stream of the demo has usage only for those who ask", async () => {
  const bare = await chat(demo(), say("one two", { stream: true }));
  assertFalse(bare.text.includes("prompt_tokens"));
  const options = { stream: true, stream_options: { include_usage: true } };
  assertStringIncludes((await chat(demo(), say("one two", options))).text, '"prompt_tokens":2');
});

test("/fail answers with the status it is told, streamed too", async () => {
  const cases: [command: string, status: number][] = [
    ["/fail 503", 503],
    ["/fail 429", 429],
    ["/fail 401 please", 401],
    ["/fail", 500],
    ["/fail 200", 500],
    ["/fail 999", 500],
  ];
  for (const [command, status] of cases) {
    for (const stream of [false, true]) {
      const answer = await chat(demo(), say(command, { stream }));
      assertEquals(answer.status, status, command);
      assertEquals(answer.headers.get("dragoman-error-source"), "provider");
      assertEquals(answer.headers.get("retry-after"), status === 429 ? "1" : null);
    }
  }
});

test("/break and /cut stop a stream in the middle, with one error event", async () => {
  for (const [command, code] of [["/break a b c d", null], ["/cut a b c d", "2111"]] as const) {
    const answer = await chat(demo(), say(command, { stream: true }));
    assertEquals(answer.status, 200);
    const { said, finish, done } = spoken(answer);
    assertEquals([said, finish, done], ["a b", undefined, false], command);
    const last = answer.text.trim().split("\n\n").at(-1)!.slice(6);
    const { error } = JSON.parse(last) as { error: { code: string | null } };
    assertEquals(error.code, code);
    const whole = await chat(demo(), say(command));
    assert(whole.status >= 500, command);
  }
});

test("/call calls the tool it is told, with the arguments it is told", async () => {
  const cases: [command: string, name: string, args: string][] = [
    ['/call get_weather {"city":"Paris"}', "get_weather", '{"city":"Paris"}'],
    ["/call now", "now", "{}"],
  ];
  for (const [command, name, args] of cases) {
    const { choices: [choice] } = answerOf(await chat(demo(), say(command)));
    assertEquals(choice?.finish_reason, "tool_calls");
    assertEquals(choice?.message.tool_calls?.[0]?.function, { name, arguments: args });
    const stream = await chat(demo(), say(command, { stream: true }));
    assertEquals(spoken(stream).finish, "tool_calls");
    assertStringIncludes(stream.text, JSON.stringify(args).slice(1, -1));
  }
});

test("a forced tool is called once, and its result is echoed", async () => {
  const tools = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];
  const forced = [{ type: "function", function: { name: "f" } }, "required"];
  for (const tool_choice of forced) {
    const first = await chat(demo(), say("Hello", { tools, tool_choice }));
    assertEquals(answerOf(first).choices[0]?.finish_reason, "tool_calls");
    const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
    const messages = [
      { role: "user", content: "Hello" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: "42" },
    ];
    const second = await chat(demo(), { model: "demo/echo", messages, tools, tool_choice });
    assertEquals(answerOf(second).choices[0]?.message.content, "42");
  }
});

test("the model backup obeys no command, so a list can fall back to it", async () => {
  const gateway = demo({ safe: ["demo/echo", "demo/backup"] });
  for (const stream of [false, true]) {
    const answer = await chat(gateway, { ...say("/fail 503", { stream }), model: "dynamic/safe" });
    assertEquals([answer.status, answer.headers.get("cf-aig-model")], [200, "backup"], answer.text);
    assertStringIncludes(answer.text, "/fail");
  }
});

test("/stall says nothing for as long as it is told", async () => {
  const clock = new FakeClock();
  const gateway = createGateway({ demo: true, clock });
  let answer: Got | undefined;
  void chat(gateway, say("/stall 7 Good morning")).then((got) => answer = got);
  await clock.advance(6999);
  assertEquals(answer, undefined);
  await clock.advance(1);
  assertEquals(answerOf(answer!).choices[0]?.message.content, "Good morning");
});

test("a stall longer than the gateway waits is a timeout that names the option", async () => {
  const clock = new FakeClock();
  const timeouts = { whole: 1000, firstByte: 1000, commit: 0 };
  const gateway = createGateway({ demo: true, clock, gateways: { default: { timeouts } } });
  for (
    const [stream, option] of [[false, "timeouts.whole"], [true, "timeouts.firstByte"]] as const
  ) {
    let answer: Got | undefined;
    void chat(gateway, say("/stall 60", { stream })).then((got) => answer = got);
    await clock.advance(1000);
    assertEquals(answer?.status, 504);
    assertStringIncludes(errorOf(answer!).message, option);
    assertEquals(clock.waiting, 0);
  }
});

test("without the option there is no demo", async () => {
  const answer = await chat(createGateway(), say("Hello"));
  assertEquals([answer.status, errorOf(answer).code], [400, "2008"]);
});
