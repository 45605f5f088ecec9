import { test, type TestContext } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { StreamRelay } from "../../../lib/chat/stream_relay.ts";
import { translateStream } from "../../../lib/chat/stream_relay.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { isGatewayError } from "../../../lib/errors.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { bytesOf, cutBytes, DEFAULTS, payloadsOf, relayText } from "./helpers.ts";
import { openaiSchemas } from "./openai_schema.ts";
import { chatRecordings, NONE, type Recording } from "./recordings.ts";

const codec = openaiChat();
const recordings = chatRecordings();
const streams = recordings.filter(({ response }) =>
  response.status === 200 && response.sse !== undefined
);
const answers = recordings.filter(({ response }) =>
  response.status === 200 && response.body !== undefined
);

type Json = Record<string, unknown>;

function needs(t: TestContext, list: readonly Recording[]): boolean {
  if (list.length === 0) t.skip(NONE);
  return list.length > 0;
}

/** The ways a stream can come out: relayed as it is, and through the neutral language. */
function relaysOf(usage: boolean): Record<string, () => StreamRelay> {
  return {
    relayed: () => codec.relay!.relayStream({ usage }, DEFAULTS),
    translated: () =>
      translateStream(codec.streamDecoder(DEFAULTS), codec.streamEncoder({ usage })),
  };
}

/** Deterministic cuts: every 1 to 97 bytes, another rhythm for each recording. */
function cutsOf(length: number, seed: number): number[] {
  const cuts: number[] = [];
  for (let at = 0, step = seed; at < length; step = (step * 31 + 7) % 97) cuts.push(at += 1 + step);
  return cuts;
}

test("recorded streams give the same events and the same text however they are cut", (t) => {
  if (!needs(t, streams)) return;
  for (const [seed, { id, response }] of streams.entries()) {
    const bytes = bytesOf(response.sse!);
    const pieces = cutBytes(bytes, cutsOf(bytes.length, seed));
    const decode = (input: Uint8Array[]) => runStep(codec.streamDecoder(DEFAULTS), input);
    assertEquals(decode(pieces), decode([bytes]), id);
    for (const make of Object.values(relaysOf(true))) {
      assertEquals(
        relayText(make(), bytes, cutsOf(bytes.length, seed)),
        relayText(make(), bytes),
        id,
      );
    }
  }
});

test("recorded streams become valid chunks of OpenAI's, in its order", (t) => {
  if (!needs(t, streams)) return;
  const schemas = openaiSchemas();
  if (schemas === undefined) return t.skip("skipped: no OpenAI schema");
  for (const { id, response } of streams) {
    for (const [how, make] of Object.entries(relaysOf(true))) {
      const relay = make();
      const text = relayText(relay, bytesOf(response.sse!));
      const chunks = payloadsOf(text);
      for (const chunk of chunks) assertEquals(schemas.chunk(chunk), undefined, `${id} ${how}`);
      if (!relay.progress.finished) continue;
      assert(text.endsWith("data: [DONE]\n\n"), `${id} ${how}`);
      for (const member of ["id", "created", "model"]) {
        assertEquals(
          new Set(chunks.map((chunk) => chunk[member])).size,
          1,
          `${id} ${how} ${member}`,
        );
      }
    }
  }
});

test("recorded streams keep their text, calls and counts in both ways", (t) => {
  if (!needs(t, streams)) return;
  for (const { id, response } of streams) {
    const [relayed, translated] = Object.values(relaysOf(true)).map((make) => {
      const relay = make();
      return {
        said: gather(payloadsOf(relayText(relay, bytesOf(response.sse!)))),
        progress: relay.progress,
      };
    });
    assertEquals(translated!.said, relayed!.said, id);
    assertEquals(
      relayed!.said.text,
      gather(payloadsOf(response.sse!.replaceAll("\r\n", "\n"))).text,
      id,
    );
    assertEquals(translated!.progress.usage, relayed!.progress.usage, id);
  }
});

/** What a careful client would read from a stream of chunks. */
function gather(chunks: Json[]): { text: string; reasoning: string; calls: Json[] } {
  const out = { text: "", reasoning: "", calls: [] as Json[] };
  for (const chunk of chunks) {
    for (const choice of (chunk.choices ?? []) as Json[]) {
      const delta = (choice.delta ?? {}) as Json;
      out.text += contentText(delta.content);
      if (typeof delta.reasoning_content === "string") out.reasoning += delta.reasoning_content;
      for (const call of (delta.tool_calls ?? []) as Json[]) {
        addCall(out.calls, call, Number(choice.index));
      }
    }
  }
  return out;
}

function contentText(content: unknown): string {
  if (Array.isArray(content)) {
    return content.map((part: Json) => part.type === "text" ? part.text : "").join("");
  }
  if (typeof content === "object") return content === null ? "" : JSON.stringify(content);
  return content === undefined ? "" : String(content);
}

function addCall(calls: Json[], call: Json, choice: number): void {
  const { name, arguments: args } = (call.function ?? call.custom ?? {}) as Json;
  const known = calls.find((each) => each.choice === choice && each.index === call.index);
  if (known === undefined) calls.push({ choice, index: call.index, name, args });
  else known.args = `${known.args ?? ""}${args ?? ""}`;
}

test("recorded answers become valid answers of OpenAI's, with their text and calls", (t) => {
  if (!needs(t, answers)) return;
  const schemas = openaiSchemas();
  if (schemas === undefined) return t.skip("skipped: no OpenAI schema");
  for (const { id, response } of answers) {
    const given = response.body as Json;
    const relayed = attempt(() => codec.relay!.relayResponse(JSON.stringify(given), DEFAULTS).text);
    const translated = attempt(() =>
      codec.encodeResponse(codec.decodeResponse(JSON.stringify(given), DEFAULTS))
    );
    if (relayed === undefined || translated === undefined) {
      assertEquals(translated, relayed, id);
      continue;
    }
    for (const answer of [relayed, translated]) {
      assertEquals(schemas.whole(answer), undefined, id);
      const wanted = messagesOf(given);
      messagesOf(answer).forEach((message, at) => {
        assertEquals(String(message.content ?? ""), contentText(wanted[at]!.content), id);
        const names = (from: Json) =>
          ((from.tool_calls ?? []) as Json[]).map((call) =>
            ((call.function ?? call.custom) as Json).name
          );
        assertEquals(names(message), names(wanted[at]!), id);
      });
    }
    assertEquals(translated.usage, relayed.usage, id);
  }
});

function messagesOf(answer: Json): Json[] {
  return ((answer.choices ?? []) as Json[]).map((choice) => (choice.message ?? {}) as Json);
}

/** The parsed answer; nothing where the provider answered 200 with an error or with no chat answer. */
function attempt(make: () => string): Json | undefined {
  try {
    return JSON.parse(make()) as Json;
  } catch (error) {
    if (isGatewayError(error)) return undefined;
    throw error;
  }
}

test("recorded errors keep their status and message", (t) => {
  const errors = recordings.filter(({ response }) => response.status >= 400);
  if (!needs(t, errors)) return;
  for (const { id, response } of errors) {
    const text = response.sse ??
      (typeof response.body === "string" ? response.body : JSON.stringify(response.body));
    const fault = codec.decodeError(response.status, text ?? "", new Headers());
    assert(fault.message !== "", id);
    assert(fault.status === response.status || fault.status === 401, id);
  }
});
