/** Case 29: whatever a provider does to the grammar of event streams, the gateway reads it in linear time. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { MAX_EVENT_LENGTH, sseDecoder, type SseEvent } from "../../lib/stream/sse.ts";
import { runStep } from "../../lib/stream/step.ts";
import { chat, errorOf, recorded } from "../support/recorder.ts";
import { openaiTongue, SAID } from "../support/tongues.ts";

const utf8 = new TextEncoder();

/** The same bytes, cut in several ways: whole, one by one, and at every place in two. */
function cuttings(bytes: Uint8Array): Uint8Array[][] {
  const ones = Array.from(bytes, (byte) => Uint8Array.of(byte));
  const twos = ones.slice(1).map((_, at) => [bytes.slice(0, at + 1), bytes.slice(at + 1)]);
  return [[bytes], ones, ...twos];
}

const TEXTS: readonly (readonly [name: string, text: string, events: SseEvent[]])[] = [
  ["LF", "data: a\n\ndata: b\n\n", [{ data: "a" }, { data: "b" }]],
  ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", [{ data: "a" }, { data: "b" }]],
  ["CR only", "data: a\r\rdata: b\r\r", [{ data: "a" }, { data: "b" }]],
  ["mixed line ends", "data: a\r\n\ndata: b\n\r\n", [{ data: "a" }, { data: "b" }]],
  ["a byte order mark", "\ufeffdata: a\n\n", [{ data: "a" }]],
  ["comments", ": hi\n\n:\n\ndata: a\n: in between\n\n", [{ data: "a" }]],
  ["several data lines", "data: a\ndata: b\ndata\ndata:\n\n", [{ data: "a\nb\n\n" }]],
  ["no space after the colon", "data:a\n\ndata:  b\n\n", [{ data: "a" }, { data: " b" }]],
  ["no last blank line", "data: a\n\ndata: b", [{ data: "a" }, { data: "b" }]],
  ["no last line end", "data: a\n\ndata: b\n", [{ data: "a" }, { data: "b" }]],
  ["many blank lines", "\n\n\n\ndata: a\n\n\n\n\ndata: b\n\n", [{ data: "a" }, { data: "b" }]],
  ["names", "event: x\ndata: a\n\nevent:\ndata: b\n\n", [{ event: "x", data: "a" }, { data: "b" }]],
  ["unknown fields", "id: 1\nretry: 5\nfoo: bar\nbaz\ndata: a\n\nid: 2\n\n", [{ data: "a" }]],
  ["long characters", "data: ß世🌍\n\ndata: \u2028\u0085\n\n", [
    { data: "ß世🌍" },
    { data: "\u2028\u0085" },
  ]],
  ["nothing", "", []],
];

for (const [name, text, events] of TEXTS) {
  test(`case 29: ${name}, cut anywhere`, () => {
    for (const pieces of cuttings(utf8.encode(text))) {
      assertEquals(runStep(sseDecoder(), pieces), events);
    }
  });
}

/** A stream's events as bytes, the way the provider may have chosen to write them. */
const STYLES: readonly (readonly [name: string, write: (text: string) => string])[] = [
  ["CRLF", (text) => text.replaceAll("\n", "\r\n")],
  ["CR only", (text) => text.replaceAll("\n", "\r")],
  ["a byte order mark", (text) => `\ufeff${text}`],
  ["comments between", (text) => text.replaceAll("\n\n", "\n\n: ping\n\n")],
  ["no space after the colon", (text) => text.replaceAll("data: ", "data:")],
  ["no last blank line", (text) => text.trimEnd()],
  ["names and ids", (text) => text.replaceAll("data: ", "id: 1\nevent: message\ndata: ")],
];

for (const slug of ["openai", "ollama"]) {
  for (const [name, write] of STYLES) {
    test(`case 29: ${slug}'s stream with ${name}, one byte at a time, becomes a good stream`, async () => {
      const { head, content, rest, streamType } = openaiTongue;
      const bytes = utf8.encode(write(head + content + rest));
      const { gateway } = recorded({}, () => new Response(streamOf(bytes, 1), typed(streamType)));
      const answer = await chat(gateway, { model: `${slug}/m`, stream: true });
      assertEquals(answer.status, 200, answer.text);
      assertStringIncludes(answer.text, SAID);
      assert(/data: ?\[DONE\]\s*$/.test(answer.text), answer.text);
    });
  }
}

const typed = (type: string) => ({ headers: { "content-type": type } });

function streamOf(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

/** Milliseconds that a task takes. */
function timed(task: () => void): number {
  const before = performance.now();
  task();
  return performance.now() - before;
}

test("case 29: a line of 30 MB is read in one go, and in small pieces, in linear time", () => {
  const line = utf8.encode(`data: ${"x".repeat(30_000_000)}\n\n`);
  for (const size of [line.length, 65_536, 1024]) {
    const decoder = sseDecoder();
    const events: SseEvent[] = [];
    const took = timed(() => {
      for (let at = 0; at < line.length; at += size) {
        events.push(...decoder.push(line.subarray(at, at + size)));
      }
      events.push(...decoder.end());
    });
    assertEquals(events.length, 1);
    assertEquals(events[0]!.data.length, 30_000_000);
    assert(took < 4000, `pieces of ${size}: ${took} ms`);
  }
});

test("case 29: bytes that come one at a time cost the same each, however long the line", () => {
  const perByte = (count: number) => {
    const decoder = sseDecoder();
    const byte = Uint8Array.of(0x78);
    return timed(() => {
      for (let i = 0; i < count; i++) decoder.push(byte);
    }) / count;
  };
  perByte(50_000); // until the compiler has seen it
  const short = perByte(50_000);
  const long = perByte(800_000);
  assert(long < short * 6 + 0.002, `${short} ms a byte became ${long}`);
});

for (const end of ["of 50 MB", "that never ends"]) {
  test(`case 29: a line ${end} is cut off with an error, and the provider is called off`, async () => {
    let cancelled = false;
    let given = 0;
    const piece = new Uint8Array(1_000_000).fill(0x78);
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          given++;
          if (end === "of 50 MB" && given > 50) return controller.close();
          controller.enqueue(given === 1 ? utf8.encode("data: ") : piece);
        },
        cancel: () => void (cancelled = true),
      }, { highWaterMark: 0 });
    const { gateway } = recorded({}, () => new Response(body(), typed("text/event-stream")));
    const answer = await chat(gateway, { stream: true });
    assertEquals([answer.status, errorOf(answer).code], [502, "2002"], answer.text.slice(0, 300));
    assert(cancelled);
    assert(given * 1_000_000 < MAX_EVENT_LENGTH + 5_000_000, `${given} MB were read`);
  });
}

test("case 29: comments without end and without content are cut off too", async () => {
  let given = 0;
  const piece = utf8.encode(": thinking\n\n".repeat(1000));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += piece.length;
      controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
  const { gateway } = recorded({}, () => new Response(body, typed("text/event-stream")));
  const answer = await chat(gateway, { stream: true });
  assertEquals([answer.status, errorOf(answer).code], [502, "2002"]);
  assert(given < 5_000_000, `${given} bytes were read`);
});

test("case 29: a huge number of tiny events costs linear time end to end", async () => {
  const { head, content, rest } = openaiTongue;
  const text = head + content.repeat(20_000) + rest;
  const body = () => streamOf(utf8.encode(text), 4096);
  const { gateway } = recorded({}, () => new Response(body(), typed("text/event-stream")));
  for (const slug of ["openai", "ollama"]) {
    const before = performance.now();
    const answer = await chat(gateway, { model: `${slug}/m`, stream: true });
    const took = performance.now() - before;
    assertEquals(answer.text.split(SAID).length - 1, 20_000);
    assert(took < 4000, `${slug}: ${took} ms`);
  }
});
