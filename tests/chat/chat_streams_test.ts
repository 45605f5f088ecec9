/** A codec's two directions as TransformStreams. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { ChatDecoderStream, ChatEncoderStream, ChatTranslatorStream } from "../../lib/chat/mod.ts";
import type { ChatEvent } from "../../lib/chat/event.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { openaiTongue, SAID } from "../support/tongues.ts";

const codec = openaiChat({ faithful: true });
const { head, content, rest, errorEvent } = openaiTongue;

/** The wire's bytes in chunks of one size. */
function bytesOf(wire: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(wire);
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

const decoded = (wire: string, size = wire.length) =>
  bytesOf(wire, size).pipeThrough(new ChatDecoderStream(codec));

const textOf = (events: ReadableStream<ChatEvent>, wishes?: { usage: boolean }) =>
  new Response(events.pipeThrough(new ChatEncoderStream(codec, wishes))).text();

async function eventsOf(stream: ReadableStream<ChatEvent>): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

test("any way of cutting the bytes gives the same events, and these the same text again", async () => {
  const wire = head + content + rest;
  const whole = await eventsOf(decoded(wire));
  for (const size of [1, 2, 3, 7, 64]) {
    assertEquals(await eventsOf(decoded(wire, size)), whole);
    const text = await textOf(decoded(wire, size));
    assert(text.includes(JSON.stringify(SAID)) && text.endsWith("data: [DONE]\n\n"), text);
    assertEquals(await eventsOf(decoded(text)), whole);
  }
});

test("what the provider does not say is taken from the defaults", async () => {
  const wire = 'data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n';
  const named = new ChatDecoderStream(codec, { id: "c-1", model: "m", created: 7 });
  const [start] = await eventsOf(bytesOf(wire, 9).pipeThrough(named));
  assertEquals(start, { type: "start", id: "c-1", model: "m", created: 7 });
  const [plain] = await eventsOf(decoded(wire));
  assertEquals(plain, { type: "start", id: "", model: "", created: 0 });
});

test("an error of the provider becomes one error event, and nothing after it", async () => {
  const text = await textOf(decoded(head + content + errorEvent("sk-1") + rest));
  assertEquals(text.match(/"error":/g)?.length, 1);
  assert(/data: \{"error":\{"message":"Overloaded, sk-1".*\}\n\n$/.test(text), text);
});

test("a stream without its finish ends in an error, an empty one too", async () => {
  for (const wire of [head + content, head, ""]) {
    const text = await textOf(decoded(wire));
    assert(/data: \{"error":\{.*"code":"2111"\}\}\n\n$/.test(text), text);
  }
});

test("counts are written when they are wished for", async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const counted = `data: ${JSON.stringify({ choices: [], usage })}\n\n`;
  const wire = head + content + rest.replace("data: [DONE]", `${counted}data: [DONE]`);
  assert((await textOf(decoded(wire), { usage: true })).includes('"total_tokens":5'));
  assertEquals((await textOf(decoded(wire))).includes("total_tokens"), false);
});

test("one hop gives what two give, one output for one read", async () => {
  const defaults = { id: "c-1", model: "m", created: 7 };
  for (const wire of [head + content + rest, head + content, head + content + errorEvent("sk-1")]) {
    for (const wishes of [{ usage: true }, { usage: false }]) {
      const two = bytesOf(wire, 64).pipeThrough(new ChatDecoderStream(codec, defaults));
      const hop = new ChatTranslatorStream(codec, codec, { defaults, wishes });
      const one = bytesOf(wire, 64).pipeThrough(hop);
      assertEquals(await new Response(one).text(), await textOf(two, wishes));
    }
  }
  const whole = bytesOf(head + content + rest, 1e6);
  const outputs: Uint8Array[] = [];
  for await (const output of whole.pipeThrough(new ChatTranslatorStream(codec, codec))) {
    outputs.push(output);
  }
  // The end of the stream is a read of its own.
  assertEquals(outputs.length, 2);
});
