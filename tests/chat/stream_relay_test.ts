import { test } from "node:test";
import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../lib/chat/event.ts";
import { translateStream } from "../../lib/chat/stream_relay.ts";
import type { Step } from "../../lib/stream/step.ts";

/** Reads each byte as the number of an event. */
function decoderOf(events: ChatEvent[]): Step<Uint8Array, ChatEvent> {
  return { push: (bytes) => [...bytes].map((at) => events[at]!), end: () => [] };
}

const encoder = (): Step<ChatEvent, string> => ({
  push: (event) => [`${event.type};`],
  end: () => ["done;"],
});

const EVENTS: ChatEvent[] = [
  { type: "start", id: "a", model: "m", created: 1 },
  { type: "part-start", choice: 0, index: 0, part: { type: "text", content: "" } },
  { type: "part-delta", choice: 0, index: 0, delta: "x" },
  { type: "finish", choice: 0, reason: "stop" },
  { type: "usage", usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } },
  { type: "error", fault: { status: 500, message: "no", retryable: true } },
];

function run(reads: number[][]) {
  const relay = translateStream(decoderOf(EVENTS), encoder());
  const utf8 = new TextDecoder();
  const texts = reads.map((read) => utf8.decode(relay.push(Uint8Array.from(read))));
  return { texts, last: utf8.decode(relay.end()), progress: relay.progress };
}

test("a complete stream ends with the dialect's end mark", () => {
  const { texts, last, progress } = run([[0, 1], [2, 3, 4]]);
  assertEquals(texts, ["start;part-start;", "part-delta;finish;usage;"]);
  assertEquals(last, "done;");
  assertEquals(progress, {
    content: true,
    finished: true,
    model: "m",
    usage: EVENTS[4]!.type === "usage" ? EVENTS[4]!.usage : undefined,
  });
});

test("an empty part is no content, text is", () => {
  assertEquals(run([[0, 1]]).progress.content, false);
  assertEquals(run([[0, 1, 2]]).progress.content, true);
});

test("a stream that was cut off gets no end mark", () => {
  const { last, progress } = run([[0, 1, 2]]);
  assertEquals([last, progress.finished], ["", false]);
});

test("a fault is kept, and nothing after it is written", () => {
  const { texts, last, progress } = run([[0, 1], [5, 2, 3]]);
  assertEquals(texts, ["start;part-start;", ""]);
  assertEquals([last, progress.finished, progress.fault?.status], ["", false, 500]);
});
