/** What a gateway remembers for clients that keep role, content and calls alone: how, for whom, and at what cost. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { type FetchInit, textBody } from "../../lib/fetch_like.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import type { Store } from "../../lib/store/store.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type Got, recorder, send } from "../support/recorder.ts";
import { pause } from "../support/waiting.ts";

type Json = Record<string, unknown>;

const CLAUDE = "claude-sonnet-4-5-20250929";
const ASK = { role: "user", content: "May we sail?" };
const TOOLS = [{ type: "function", function: { name: "tide", parameters: { type: "object" } } }];

const THOUGHT = { type: "thinking", thinking: "Tide first.", signature: "EqQBCgIYAg==" };
const CLAUDE_ANSWER = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: CLAUDE,
  content: [
    THOUGHT,
    { type: "tool_use", id: "toolu_1", name: "tide", input: { harbour: "Brest" } },
  ],
  stop_reason: "tool_use",
  usage: { input_tokens: 1, output_tokens: 1 },
};
const CLAUDE_EVENTS = [
  { type: "message_start", message: { ...CLAUDE_ANSWER, content: [], stop_reason: null } },
  { type: "content_block_start", index: 0, content_block: { ...THOUGHT, signature: "" } },
  {
    type: "content_block_delta",
    index: 0,
    delta: { type: "signature_delta", signature: THOUGHT.signature },
  },
  { type: "content_block_stop", index: 0 },
  { type: "content_block_start", index: 1, content_block: CLAUDE_ANSWER.content[1] },
  { type: "content_block_stop", index: 1 },
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 1 } },
  { type: "message_stop" },
];

const WORDS_ANSWER = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{
    index: 0,
    finish_reason: "tool_calls",
    message: {
      role: "assistant",
      content: null,
      reasoning_content: "Tide first.",
      tool_calls: [{
        id: "functions.tide:0",
        type: "function",
        function: { name: "tide", arguments: '{"harbour":"Brest"}' },
      }],
    },
  }],
};

/** A model that always thinks, and calls. */
function answer(init: FetchInit): Response {
  const body = JSON.parse(textBody(init)) as Json;
  const ofClaude = String(body.model).startsWith("claude");
  if (body.stream !== true) return Response.json(ofClaude ? CLAUDE_ANSWER : WORDS_ANSWER);
  const events = CLAUDE_EVENTS.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  return new Response(events, { headers: { "content-type": "text/event-stream" } });
}

function scene(options: GatewayOptions) {
  const { fetch, sent } = recorder(answer);
  return { gateway: createGateway({ ...options, fetch }), sent };
}

const CLAUDE_AT_HAND: GatewayOptions = { providers: { anthropic: { apiKey: "k" } } };

async function ask(gateway: Gateway, body: Json, headers: HeadersInit = {}): Promise<Got> {
  const asking = { messages: [ASK], tools: TOOLS, reasoning_effort: "low", ...body };
  const text = JSON.stringify(asking);
  const got = await send(gateway, "/v1/chat/completions", { method: "POST", headers, body: text });
  assertEquals(got.status, 200, got.text);
  return got;
}

/** The call as a client sends it back that keeps nothing else. */
const called = (id: string, more: Json = {}) => ({
  role: "assistant",
  content: null,
  tool_calls: [{
    id,
    type: "function",
    function: { name: "tide", arguments: '{"harbour":"Brest"}', ...more },
  }],
});
const historyWith = (turn: { tool_calls: { id: string }[] }, result = "6 m") => [
  ASK,
  turn,
  { role: "tool", tool_call_id: turn.tool_calls[0]!.id, content: result },
];

/** What Claude was told of the turn. */
const told = ({ body }: { body: Json }) => (body.messages as { content: Json[] }[])[1]!.content;

const model = `anthropic/${CLAUDE}`;

test("members that a client's own helper adds to a call are no signatures", async () => {
  const { gateway, sent } = scene(CLAUDE_AT_HAND);
  await ask(gateway, { model });
  const turn = called("toolu_1", { parsed_arguments: { harbour: "Brest" } });
  await ask(gateway, { model, messages: historyWith(turn) });
  assertEquals(told(sent[1]!)[0], THOUGHT);
});

test("callers without a name find their thoughts whichever of the stored keys pays", async () => {
  const { gateway, sent } = scene({
    providers: { anthropic: { keys: { default: ["k1", "k2", "k3", "k4"] } } },
  });
  await ask(gateway, { model });
  const paid = new Set<unknown>();
  for (let at = 1; at < 24; at++) {
    await ask(gateway, { model, messages: historyWith(called("toolu_1")) });
    assertEquals(told(sent[at]!)[0], THOUGHT);
    paid.add(sent[at]!.headers["x-api-key"]);
  }
  assert(paid.size > 1);
});

test("callers who bring keys of their own find each only their own thoughts", async () => {
  const { gateway, sent } = scene({});
  const as = (key: string) => ({ authorization: `Bearer ${key}` });
  await ask(gateway, { model }, as("ada's"));
  const next = { model, messages: historyWith(called("toolu_1")) };
  const refused = await ask(gateway, next, as("bob's"));
  assertEquals(told(sent[1]!)[0]!.type, "tool_use");
  assertStringIncludes(
    refused.headers.get("dragoman-warnings")!,
    'dropped;param="reasoning_effort"',
  );
  await ask(gateway, next, as("ada's"));
  assertEquals(told(sent[2]!)[0], THOUGHT);
});

test("Kimi behind an address of one's own gets its words back, if a rule says that it wants them", async () => {
  const { gateway, sent } = scene({
    providers: { "custom-moonshot": { apiKey: "k", baseUrl: "https://api.moonshot.example/v1" } },
    modelRules: { "custom-moonshot": [{ match: "^kimi", reasoningRequired: true }] },
  });
  const messages = historyWith(called("functions.tide:0"));
  await ask(gateway, { model: "custom-moonshot/kimi-k2.5" });
  await ask(gateway, { model: "custom-moonshot/kimi-k2.6", messages });
  assertEquals((sent[1]!.body.messages as Json[])[1], {
    ...called("functions.tide:0"),
    reasoning_content: "Tide first.",
  });
  const other = historyWith(called("functions.tide:1"));
  const filled = await ask(gateway, { model: "custom-moonshot/kimi-k2.6", messages: other });
  assertEquals((sent[2]!.body.messages as Json[])[1]!.reasoning_content, "");
  assertEquals(
    filled.headers.get("dragoman-warnings"),
    'filled;param="messages.reasoning_content"',
  );
  // Nothing of what was asked for is lost, so strict callers are served too.
  await ask(gateway, { model: "custom-moonshot/kimi-k2.6", messages: other }, {
    "dragoman-strict": "true",
  });
});

const DEEPSEEK: GatewayOptions = { providers: { deepseek: { apiKey: "k" } } };

/** A body in somebody's own hand. */
function spaced(body: Json): string {
  return JSON.stringify({ model: "deepseek/deepseek-v4-flash", ...body }, null, 3);
}

const relayed = async (gateway: Gateway, body: Json) =>
  await send(gateway, "/v1/chat/completions", { method: "POST", body: spaced(body) });

test("a request that lacks nothing is relayed in the caller's own text", async () => {
  const { gateway, sent } = scene(DEEPSEEK);
  await relayed(gateway, { tools: TOOLS, messages: [ASK] });
  const turn = { ...called("functions.tide:0"), reasoning_content: "Tide first." };
  await relayed(gateway, { tools: TOOLS, messages: historyWith(turn), temperature: 0.5 });
  assertStringIncludes(sent[1]!.text, '\n   "temperature": 0.5');
  // One that lost the beginning of what it thought gets it back.
  const torn = { ...turn, reasoning_content: "first." };
  await relayed(gateway, { tools: TOOLS, messages: historyWith(torn) });
  assertEquals((sent[2]!.body.messages as Json[])[1], turn);
});

test("what can only be relayed is still relayed", async () => {
  const { gateway, sent } = scene(DEEPSEEK);
  const got = await relayed(gateway, { tools: TOOLS, messages: [ASK], temperature: "0.5" });
  assertEquals([got.status, sent[0]!.body.temperature], [200, "0.5"]);
});

/** What stores outside the process get sealed with. */
const SECRET = "what nobody guesses, of thirty-two characters";

/** Counts what is asked of a store. */
function counted(store: Store) {
  const uses: string[] = [];
  const noted =
    <Args extends unknown[], T>(name: string, run: (...args: Args) => T) => (...args: Args): T => {
      uses.push(name);
      return run(...args);
    };
  const { get, set, ...rest } = store;
  return { uses, store: { ...rest, get: noted("get", get), set: noted("set", set) } };
}

const memory = () => createMemoryStore({ clock: new FakeClock() });

test("without tools, or without thoughts, nothing is digested and no store is asked", async () => {
  const { uses, store } = counted(memory());
  let digests = 0;
  const { sha256Hex: real } = await import("../../lib/digest.ts");
  const hash = (text: string) => (digests++, real(text));
  const { gateway } = scene({ ...CLAUDE_AT_HAND, ...DEEPSEEK, store, secret: SECRET, hash });
  digests = 0;
  await ask(gateway, { model: "deepseek/deepseek-v4-flash", tools: [] });
  const dialogue = [ASK, { role: "assistant", content: "No." }, ASK];
  await ask(gateway, { model: "deepseek/deepseek-v4-flash", tools: [], messages: dialogue });
  await ask(gateway, { model: "deepseek/some-r1" });
  assertEquals([uses, digests], [[], 0]);
});

for (const stream of [false, true]) {
  const how = stream ? "a stream" : "a whole answer";
  test(`the end of ${how} waits until its thoughts are kept, however slow the store`, async () => {
    let kept = () => {};
    const keeping = new Promise<void>((resolve) => kept = resolve);
    const slow = { ...memory(), set: () => keeping };
    const { gateway } = scene({ ...CLAUDE_AT_HAND, store: slow, secret: SECRET });
    let over = false;
    const asking = ask(gateway, { model, stream }).then(() => over = true);
    await pause(30);
    assertEquals(over, false);
    kept();
    await asking;
  });
}

test("a store that fails costs the thoughts, not the conversation", async () => {
  const gone = () => Promise.reject(new Error("gone"));
  const { gateway, sent } = scene({
    ...CLAUDE_AT_HAND,
    store: { ...memory(), get: gone, set: gone },
    secret: SECRET,
  });
  const silenced = console.error;
  const reports: unknown[] = [];
  console.error = (text: unknown) => reports.push(text);
  try {
    await ask(gateway, { model });
    const got = await ask(gateway, { model, messages: historyWith(called("toolu_1")) });
    assertEquals(told(sent[1]!)[0]!.type, "tool_use");
    assertStringIncludes(
      got.headers.get("dragoman-warnings")!,
      "the store in which they were kept",
    );
  } finally {
    console.error = silenced;
  }
  // However often it fails, it is one line a minute.
  assertEquals(reports.length, 1);
  assertStringIncludes(String(reports[0]), "The store (handed in) failed: Error");
});

/** What is kept, as those read it who look into the store themselves. */
function written(store: Store) {
  const values: string[] = [];
  const set: Store["set"] = (key, value, ttl) => (values.push(value), store.set(key, value, ttl));
  return { values, store: { ...store, set } };
}

test("two gateways on one store and with one secret share thoughts, which lie there sealed", async () => {
  const { values, store } = written(memory());
  const [one, two] = [0, 1].map(() => scene({ ...CLAUDE_AT_HAND, store, secret: SECRET }));
  await ask(one!.gateway, { model });
  assertEquals(values.length > 0 && values.every((value) => value.startsWith("s1.")), true);
  await ask(two!.gateway, { model, messages: historyWith(called("toolu_1")) });
  assertEquals(told(two!.sent[0]!)[0], THOUGHT);
  const other = scene({ ...CLAUDE_AT_HAND, store, secret: SECRET.toUpperCase() });
  await ask(other.gateway, { model, messages: historyWith(called("toolu_1")) });
  assertEquals(told(other.sent[0]!)[0]!.type, "tool_use");
});

test("without a secret thoughts stay in the process: others' stores get nobody's words", async () => {
  const { uses, store } = counted(memory());
  const { gateway, sent } = scene({ ...CLAUDE_AT_HAND, store });
  await ask(gateway, { model });
  await ask(gateway, { model, messages: historyWith(called("toolu_1")) });
  assertEquals(told(sent[1]!)[0], THOUGHT);
  assertEquals(uses, []);
});
