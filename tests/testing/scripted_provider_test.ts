/** The scripted provider, by itself and behind a gateway. */
import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import {
  answer,
  chopped,
  delayed,
  disconnected,
  failure,
  interrupted,
  paced,
  rateLimited,
  scriptedProvider,
  type ScriptStep,
  silent,
  stalled,
  text,
  toolCall,
  truncated,
  unreachable,
} from "../../lib/exports/testing.ts";
import { FakeClock, settled } from "../support/fake_clock.ts";
import { goodAnswer } from "../support/recorder.ts";

const ADDRESS = "https://api.openai.com/v1/chat/completions";

const question = (more: object = {}) => ({
  method: "POST",
  body: JSON.stringify({ model: "m-1", messages: [{ role: "user", content: "Hello" }], ...more }),
});

/** Asks a script once, and reads the answer. */
async function ask(step: ScriptStep, more: object = {}) {
  const provider = scriptedProvider([step]);
  const response = await provider.fetch(ADDRESS, question(more));
  return { provider, response, text: await response.text() };
}

const stream = (step: ScriptStep) => ask(step, { stream: true });

interface Chunk {
  choices?: { delta: { content?: string } }[];
  usage?: { total_tokens: number };
}

const chunksOf = (stream: string): Chunk[] =>
  [...stream.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!));

const piecesOf = (stream: string) =>
  chunksOf(stream).flatMap(({ choices = [] }) => choices.map(({ delta }) => delta.content))
    .filter((content) => content);

test("the same turn is whole or streamed, as it is asked for", async () => {
  const whole = await ask(text("Once upon a time"));
  assertEquals(whole.response.headers.get("content-type"), "application/json");
  const { choices, model, usage } = JSON.parse(whole.text);
  assertEquals([choices[0].message.content, model], ["Once upon a time", "m-1"]);
  assertEquals([choices[0].finish_reason, usage.total_tokens], ["stop", 15]);
  const streamed = await stream(text("Once upon a time"));
  assertEquals(piecesOf(streamed.text), ["Once", " upon", " a", " time"]);
  assert(streamed.text.endsWith("data: [DONE]\n\n"));
  assertFalse(streamed.text.includes("total_tokens"));
});

test("counts come with a stream that asks for them, unless the provider doesn't count", async () => {
  const asking = { stream: true, stream_options: { include_usage: true } };
  const usage = { inputTokens: 7, outputTokens: 3, reasoningTokens: 2 };
  const counted = await ask(text("Hi", { usage }), asking);
  assertEquals(chunksOf(counted.text).at(-1)?.usage?.total_tokens, 10);
  for (const more of [{}, asking]) {
    assertFalse((await ask(text("Hi", { usage: null }), more)).text.includes("total_tokens"));
  }
});

test("reasoning, calls, an own model and headers", async () => {
  const turn = answer({
    reasoning: "Where is it?",
    text: ["Let me", " see."],
    toolCalls: [{ name: "find", arguments: { q: "key" } }, { name: "look", arguments: "{no" }],
    model: "m-1-2026",
    headers: { "x-request-id": "req_1" },
  });
  const { response, text } = await ask(turn);
  const { model, choices: [{ message, finish_reason }] } = JSON.parse(text);
  assertEquals([model, response.headers.get("x-request-id")], ["m-1-2026", "req_1"]);
  assertEquals([message.reasoning_content, message.content], ["Where is it?", "Let me see."]);
  const calls = message.tool_calls.map((call: { id: string; function: object }) => call);
  assertEquals(calls.map(({ id }: { id: string }) => id), ["call_1", "call_2"]);
  assertEquals(calls[0].function, { name: "find", arguments: '{"q":"key"}' });
  assertEquals([calls[1].function.arguments, finish_reason], ["{no", "tool_calls"]);
  const named = await ask(toolCall("f", undefined, { id: "c-9" }));
  assert(named.text.includes('"id":"c-9"') && named.text.includes('"arguments":"{}"'));
});

test("failures have a provider's shape and headers", async () => {
  const { response, text } = await ask(rateLimited({ retryAfter: 2 }));
  assertEquals([response.status, response.headers.get("retry-after")], [429, "2"]);
  const { error, ...rest } = JSON.parse(text);
  assertEquals([error.type, error.code, rest], ["rate_limit_error", "rate_limit_exceeded", {}]);
  const own = await stream(failure(400, { message: "Too long", param: "messages" }));
  assertEquals(JSON.parse(own.text).error, {
    message: "Too long",
    type: "invalid_request_error",
    param: "messages",
    code: null,
  });
  await assertRejects(() => ask(unreachable()), TypeError, "ECONNREFUSED");
});

test("what is no chat request is refused as a provider would", async () => {
  const provider = scriptedProvider([text("Hi"), text("Hi")]);
  for (const body of ["{no", '{"messages":[]}']) {
    const response = await provider.fetch(ADDRESS, { method: "POST", body });
    assertEquals(response.status, 400);
    assert((await response.json()).error.message.length > 0);
  }
});

test("a truncated answer ends without its end, streamed and whole", async () => {
  const { text: streamed } = await stream(truncated(text("Once upon a time"), 2));
  assertEquals(piecesOf(streamed), ["Once", " upon"]);
  assertFalse(streamed.includes("[DONE]"));
  assertFalse(streamed.includes('"finish_reason":"stop"'));
  const whole = await ask(truncated(text("Once upon a time")));
  assertThrows(() => JSON.parse(whole.text), SyntaxError);
});

test("breaking off after more than there is leaves out the finish", async () => {
  const { text: streamed } = await stream(truncated(text("Once"), 9));
  assertEquals(piecesOf(streamed), ["Once"]);
  assertFalse(streamed.includes('"finish_reason":"stop"'));
});

test("a disconnected answer fails when it is read", async () => {
  for (const more of [{ stream: true }, {}]) {
    await assertRejects(() => ask(disconnected(text("Once upon")), more), TypeError);
  }
});

test("an interrupted stream ends in an error; a whole answer is one", async () => {
  const turn = interrupted(text("Once upon"), { status: 503, message: "Overloaded" });
  const { text: streamed } = await stream(turn);
  assertEquals(piecesOf(streamed), ["Once"]);
  assert(/data: \{"error":\{"message":"Overloaded".*\}\n\n$/.test(streamed));
  assertEquals((await ask(turn)).response.status, 503);
});

test("chopped streams hold the same bytes, so many at a time", async () => {
  const [plain, cut] = [
    await stream(text("Grüße 🌍")),
    scriptedProvider([
      chopped(3, text("Grüße 🌍")),
    ]),
  ];
  const response = await cut.fetch(ADDRESS, question({ stream: true }));
  const sizes: number[] = [];
  const utf8 = new TextDecoder();
  let whole = "";
  for await (const chunk of response.body!) {
    sizes.push(chunk.length);
    whole += utf8.decode(chunk, { stream: true });
  }
  assert(sizes.slice(0, -1).every((size) => size === 3));
  const withoutTime = (stream: string) => stream.replace(/"created":\d+/g, "");
  assertEquals(withoutTime(whole), withoutTime(plain.text));
});

test("delays pass by the clock, and end with the signal's reason", async () => {
  const clock = new FakeClock();
  const turn = delayed(1000, paced(50, text("a b")));
  const provider = scriptedProvider([turn, turn, silent()], { clock });
  let text1 = "";
  const first = provider.fetch(ADDRESS, question({ stream: true })).then(async (response) => {
    text1 = await response.text();
  });
  await clock.advance(999);
  assertEquals([text1, clock.pauses], ["", [1]]);
  await clock.advance(500);
  await first;
  assert(text1.endsWith("[DONE]\n\n"));
  for (const _ of [1, 2]) {
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = provider.fetch(ADDRESS, { ...question(), signal });
    await settled();
    controller.abort(new Error("enough"));
    await assertRejects(() => waiting, Error, "enough");
    assertEquals([provider.last.cancelled, clock.waiting], [true, 0]);
  }
});

test("a stalled stream is silent until it is aborted or cancelled", async () => {
  for (const more of [{ stream: true }, {}]) {
    const provider = scriptedProvider([stalled(text("Once upon")), stalled(text("Once upon"))]);
    const controller = new AbortController();
    const { signal } = controller;
    const reading = (await provider.fetch(ADDRESS, { ...question(more), signal })).text();
    await settled();
    assertFalse(provider.last.cancelled);
    controller.abort(new Error("enough"));
    await assertRejects(() => reading, Error, "enough");
    assert(provider.last.cancelled);
    const { body } = await provider.fetch(ADDRESS, question(more));
    const reader = body!.getReader();
    await reader.read();
    await reader.cancel();
    assert(provider.last.cancelled);
  }
});

test("requests are remembered in order; one that was answered can't be cancelled any more", async () => {
  const provider = scriptedProvider([text("One")]);
  assertThrows(() => provider.last, Error, "was not asked");
  provider.push(text("Two"), (request) => text(`Number ${request.number}`), () => goodAnswer({}));
  const controller = new AbortController();
  const headers = { authorization: "Bearer test" };
  const init = { ...question({ user: "u" }), headers, signal: controller.signal };
  const answers = await Promise.all(
    [ADDRESS, new URL(ADDRESS), new Request(ADDRESS, question())].map((input, at) =>
      provider.fetch(input, at === 2 ? undefined : init)
    ),
  );
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  controller.abort();
  assert(texts[2]!.includes("Number 3"));
  assertEquals(provider.requests.map(({ number }) => number), [1, 2, 3]);
  const [first] = provider.requests;
  assertEquals([first!.url, first!.method, first!.body.user], [ADDRESS, "POST", "u"]);
  assertEquals([first!.headers.get("authorization"), first!.cancelled], ["Bearer test", false]);
  assertEquals(provider.remaining, 1);
  await provider.fetch(ADDRESS, question());
});

test("a script that is over says so, or goes on as it is told", async () => {
  const provider = scriptedProvider([]);
  const response = await provider.fetch(ADDRESS, question());
  assertEquals(response.status, 500);
  assert((await response.json()).error.message.includes("no step for request 1"));
  const patient = scriptedProvider([], { otherwise: text("Again") });
  for (const _ of [1, 2]) assertEquals((await patient.fetch(ADDRESS, question())).status, 200);
});

test("a gateway retries, translates errors and reports a broken stream", async () => {
  const provider = scriptedProvider([
    rateLimited({ retryAfter: 0 }),
    text("At last"),
    truncated(text("Once upon a time"), 2),
  ]);
  const gateway = createGateway({
    providers: { openai: { apiKey: "test" } },
    gateways: { default: { retry: { attempts: 2, delay: 0 } } },
    fetch: provider.fetch,
  });
  const send = async (more: object) => {
    const init = question({ model: "openai/m-1", ...more });
    return await (await gateway.fetch("http://test/v1/chat/completions", init)).text();
  };
  assertEquals(JSON.parse(await send({})).choices[0].message.content, "At last");
  const broken = await send({ stream: true });
  assertEquals(piecesOf(broken), ["Once", " upon"]);
  assert(broken.includes('"code":"2111"') && !broken.includes("[DONE]"));
  assertEquals(provider.requests.length, 3);
  assertEquals(provider.last.headers.get("authorization"), "Bearer test");
});
