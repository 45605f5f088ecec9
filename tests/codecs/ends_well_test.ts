/** What an answer's text tells at a glance is what reading it tells. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { ProviderCodec } from "../../lib/chat/codec.ts";
import { anthropicMessages } from "../../lib/codecs/anthropic_messages/mod.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { decoded, isComplete } from "../../lib/routing/cached_chat.ts";
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

const isStream = ({ response }: Recorded) => response.sse !== undefined;

for (const [name, { codec, files }] of Object.entries(CODECS)) {
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
      assertEquals(glance, isComplete(decoded(copy, codec)), recording.id);
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
  const bad = ["max_tokens", "refusal", "pause_turn"];
  assertEquals(bad.map((reason) => claude(reason)), [false, false, false]);
  assertEquals(claude("tool_use", "tool_use"), undefined);
  assertEquals(claude("end_turn", "tool_use"), undefined);
});
