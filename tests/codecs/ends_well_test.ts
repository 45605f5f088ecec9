/** What an answer's text tells at a glance is what reading it tells. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { ProviderCodec, RelayedResponse } from "../../lib/chat/codec.ts";
import { anthropicMessages } from "../../lib/codecs/anthropic_messages/mod.ts";
import { bedrockConverse } from "../../lib/codecs/bedrock_converse/mod.ts";
import { cohereChat } from "../../lib/codecs/cohere_chat/mod.ts";
import { geminiGenerate } from "../../lib/codecs/gemini_generate/mod.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { isGatewayError } from "../../lib/errors.ts";
import { isGood } from "../../lib/routing/cached_chat.ts";
import { keptBody } from "../../lib/upstream/kept_answer.ts";
import { needs, type Recorded, recordedAs, streamBytes } from "./recorded.ts";

const CODECS = {
  openai_chat: { codec: openaiChat(), files: /(?<!cohere\.v\d|ollama)\.chat--/ },
  anthropic_messages: { codec: anthropicMessages(), files: /anthropic\.messages--/ },
};

/** Whether a stream says at all that it is complete: no other is looked at. */
function isFinished(codec: ProviderCodec, bytes: Uint8Array): boolean {
  const relay = codec.relay!.relayStream({ usage: true }, { id: "", model: "", created: 0 });
  relay.push(bytes);
  relay.end();
  return relay.progress.finished && relay.progress.fault === undefined;
}

/** As it is passed on; `undefined` for what is no answer. */
function relayed({ relay }: ProviderCodec, body: string): RelayedResponse | undefined {
  try {
    return relay!.relayResponse(body, { id: "", model: "", created: 0 });
  } catch (error) {
    if (isGatewayError(error)) return undefined;
    throw error;
  }
}

const isStream = ({ response }: Recorded) => response.sse !== undefined;

for (const [name, { codec, files }] of Object.entries(CODECS)) {
  const { endsWell: _, ...read } = codec;

  test(`${name}: every recorded answer that tells at a glance how it ends, tells the truth`, (t) => {
    const answers = recordedAs(files).filter(({ response: { status, body, sse } }) =>
      status === 200 && (body ?? sse ?? "") !== ""
    );
    if (!needs(t, answers)) return;
    let told = 0;
    for (const recording of answers) {
      if (isStream(recording) && !isFinished(codec, streamBytes(recording))) continue;
      const copy = isStream(recording)
        ? { form: "stream" as const, type: "", ...keptBody(streamBytes(recording)) }
        : { form: "whole" as const, type: "", body: JSON.stringify(recording.response.body) };
      const glance = codec.endsWell!(copy.body);
      if (glance === undefined) continue;
      told++;
      assertEquals(glance, isGood(copy, read) === true, recording.id);
    }
    assert(told > answers.length / 3, `${told} of ${answers.length}`);
  });

  test(`${name}: words about an end are no end`, () => {
    const words = [
      '"finish_reason":"stop"',
      '"stop_reason":"end_turn"',
      '{"finish_reason": "stop"}',
    ];
    const text = JSON.stringify({ content: words, deeper: JSON.stringify(words) });
    // What a model says stands in a string, where quotes are escaped.
    assertEquals(codec.endsWell!(JSON.stringify({ content: text })), undefined);
    assertEquals(codec.endsWell!(""), undefined);
  });
}

const openai = (...reasons: string[]) =>
  openaiChat().endsWell!(
    JSON.stringify({ choices: reasons.map((finish_reason) => ({ finish_reason })) }),
  );
const claude = (stop_reason: string, ...types: string[]) =>
  anthropicMessages().endsWell!(
    JSON.stringify({ content: types.map((type) => ({ type })), stop_reason }),
  );

test("a glance is enough for plain ends, and for bad ones", () => {
  assertEquals(openai("stop"), true);
  assertEquals(["length", "content_filter"].map((reason) => openai(reason)), [false, false]);
  assertEquals(openai("stop", "length"), false);
  assertEquals(["tool_calls", "function_call", "eos"].map((reason) => openai(reason)), [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(openai("stop", "stop"), undefined);
  assertEquals([claude("end_turn", "text"), claude("stop_sequence")], [true, true]);
  assertEquals(["max_tokens", "refusal"].map((reason) => claude(reason)), [false, false]);
  assertEquals(claude("pause_turn"), undefined);
  assertEquals(claude("end_turn", "mcp_tool_use"), undefined);
  assertEquals(claude("end_turn", "server_tool_use"), undefined);
  assertEquals(claude("tool_use", "tool_use"), undefined);
  assertEquals(claude("end_turn", "tool_use"), undefined);
});

/** A whole answer in each protocol that ends for a reason, or without one. */
const ENDING: Readonly<Record<string, { codec: ProviderCodec; say(reason?: string): unknown }>> = {
  openai_chat: {
    codec: openaiChat(),
    say: (finish_reason) => ({
      choices: [{ index: 0, message: { role: "assistant", content: "Half" }, finish_reason }],
    }),
  },
  anthropic_messages: {
    codec: anthropicMessages(),
    say: (stop_reason) => ({
      type: "message",
      content: [{ type: "text", text: "Half" }],
      stop_reason,
    }),
  },
  gemini_generate: {
    codec: geminiGenerate(),
    say: (finishReason) => ({
      candidates: [{ index: 0, content: { parts: [{ text: "Half" }] }, finishReason }],
    }),
  },
  bedrock_converse: {
    codec: bedrockConverse(),
    say: (stopReason) => ({ output: { message: { content: [{ text: "Half" }] } }, stopReason }),
  },
  cohere_chat: {
    codec: cohereChat(),
    say: (finish_reason) => ({
      message: { content: [{ type: "text", text: "Half" }] },
      finish_reason,
    }),
  },
};

const GOOD: Readonly<Record<string, string[]>> = {
  openai_chat: ["stop", "eos", "tool_calls"],
  anthropic_messages: ["end_turn", "stop_sequence"],
  gemini_generate: ["STOP"],
  bedrock_converse: ["end_turn", "stop_sequence"],
  cohere_chat: ["COMPLETE", "STOP_SEQUENCE"],
};

const NO_END = [
  undefined,
  "abort",
  "error",
  "cancelled",
  "OTHER",
  "NO_IMAGE",
  "PROHIBITED_CONTENT",
  "FINISH_REASON_UNSPECIFIED",
  "pause_turn",
  "compaction",
];

for (const [name, { codec, say }] of Object.entries(ENDING)) {
  test(`${name}: an answer is good if its provider says so in a word that is known, and no other`, () => {
    const judge = (reason?: string) =>
      isGood({ form: "whole", type: "", body: JSON.stringify(say(reason)) }, codec);
    for (const reason of GOOD[name]!) assertEquals(judge(reason), true, reason);
    for (const reason of NO_END) assert(judge(reason) !== true, reason);
  });
}

const chunk = (delta: unknown, finish_reason: string | null = null, index = 0) =>
  `data: ${JSON.stringify({ id: "c", choices: [{ index, delta, finish_reason }] })}\n\n`;

test("a stream is good if each of its choices says why it ended", () => {
  const half = chunk({ content: "Half" });
  const done = "data: [DONE]\n\n";
  const judge = (body: string) => isGood({ form: "stream", type: "", body }, openaiChat());
  assertEquals(judge(half + chunk({}, "stop") + done), true);
  assertEquals(judge(half + chunk({}, "eos") + done), true);
  assertEquals(judge(half + done), false);
  assertEquals(judge(half + chunk({}, "abort") + done), false);
  assertEquals(judge(half + chunk({}, "stop") + chunk({ content: "Half" }, null, 1) + done), false);
  const failed = 'data: {"error":{"message":"overloaded","code":503}}\n\n';
  assertEquals(judge(half + chunk({}, "stop") + failed + done) === true, false);
});

test("a stream of Anthropic's that becomes an error after its reason to end is not good", () => {
  const event = (value: { type: string; [more: string]: unknown }) =>
    `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
  const begun = event({ type: "message_start", message: { id: "m", content: [] } }) +
    event({ type: "message_delta", delta: { stop_reason: "end_turn" } });
  const judge = (body: string) =>
    isGood({ form: "stream", type: "", body }, anthropicMessages()) === true;
  assertEquals(judge(begun + event({ type: "message_stop" })), true);
  const error = { type: "overloaded_error", message: "Overloaded" };
  assertEquals(judge(begun + event({ type: "error", error })), false);
});

test("a refusal is not good, whatever is said to have ended it", () => {
  const message = { role: "assistant", content: null, refusal: "No." };
  const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] });
  assertEquals(isGood({ form: "whole", type: "", body }, openaiChat()), false);
  const streamed = chunk({ refusal: "No." }) + chunk({}, "stop");
  assertEquals(isGood({ form: "stream", type: "", body: streamed }, openaiChat()), false);
});

test("a reason inside the input of a tool is none of the answer", () => {
  for (const type of ["tool_use", "mcp_tool_use", "server_tool_use"]) {
    const input = { stop_reason: "end_turn" };
    const content = [{ type, id: "1", name: "x", input }, { type: "text", text: "Half" }];
    const body = JSON.stringify({ type: "message", content, stop_reason: "max_tokens" });
    assertEquals(isGood({ form: "whole", type: "", body }, anthropicMessages()), false, type);
  }
});

test("a recorded answer that is passed on tells nothing else than when it is read", (t) => {
  const { codec, files } = CODECS.openai_chat;
  const { endsWell: _, ...read } = codec;
  const answers = recordedAs(files).filter(({ response: { status, body } }) =>
    status === 200 && typeof body === "object" && body !== null
  );
  if (!needs(t, answers)) return;
  let told = 0;
  for (const { id, response } of answers) {
    const body = JSON.stringify(response.body);
    const glance = relayed(codec, body)?.endsWell?.();
    if (glance === undefined) continue;
    told++;
    assertEquals(glance, isGood({ form: "whole", type: "", body }, read) === true, id);
  }
  assert(told > answers.length / 3, `${told} of ${answers.length}`);
});

test("an answer that was read for its caller tells the same as its text", () => {
  const message = { role: "assistant", content: "Hello" };
  const stop = { index: 0, finish_reason: "stop", message };
  const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
  const told: [unknown[], boolean | undefined][] = [
    [[stop], true],
    [[{ ...stop, finish_reason: "length" }], false],
    [[stop, { ...stop, index: 1, finish_reason: "content_filter" }], false],
    // These must be read: each may be good or not.
    [[stop, { ...stop, index: 1 }], undefined],
    [[{ ...stop, message: { ...message, refusal: "No" } }], undefined],
    [
      [{ ...stop, finish_reason: "tool_calls", message: { ...message, tool_calls: [call] } }],
      undefined,
    ],
    [[{ ...stop, finish_reason: "odd" }], undefined],
  ];
  for (const [choices, expected] of told) {
    const text = JSON.stringify({ id: "1", object: "chat.completion", choices });
    const faithful = openaiChat({ faithful: true });
    assertEquals(relayed(faithful, text)?.endsWell?.(), expected, text);
    assertEquals(faithful.endsWell!(text), expected, text);
  }
});
