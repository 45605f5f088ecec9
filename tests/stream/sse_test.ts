import { test } from "node:test";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { GatewayError } from "../../lib/errors.ts";
import {
  encodeComment,
  encodeEvent,
  EventBlocks,
  MAX_EVENT_LENGTH,
  parseEvents,
  sseDecoder,
  type SseEvent,
} from "../../lib/stream/sse.ts";
import { runStep } from "../../lib/stream/step.ts";

const utf8 = new TextEncoder();

function decode(text: string, size = Infinity): SseEvent[] {
  const bytes = utf8.encode(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return runStep(sseDecoder(), pieces);
}

/** Every way a stream must be readable: whole, byte by byte, and in threes. */
function eachWay(text: string, expected: SseEvent[]): void {
  for (const size of [Infinity, 1, 2, 3]) {
    assertEquals(decode(text, size), expected, `cut by ${size}`);
  }
}

test("an event is its data, and its name where it has one", () => {
  eachWay("data: a\n\nevent: ping\ndata: b\n\n", [{ data: "a" }, { event: "ping", data: "b" }]);
});

test("line ends may be LF, CRLF or CR, also mixed", () => {
  eachWay("data: a\r\n\r\ndata: b\r\rdata: c\n\ndata: d\r\n\n", [
    { data: "a" },
    { data: "b" },
    { data: "c" },
    { data: "d" },
  ]);
});

test("several data lines are joined by LF", () => {
  eachWay("data: a\ndata\ndata: b\n\n", [{ data: "a\n\nb" }]);
});

test("comments, unknown fields and empty events give nothing", () => {
  eachWay(
    ": OPENROUTER PROCESSING\n\nid: 7\nretry: 10\nfoo: bar\n\nevent: x\n\n\n\n\n\ndata: a\n\n",
    [{ data: "a" }],
  );
});

test("only one space after the colon is taken away", () => {
  eachWay("data:a\n\ndata:  b\n\ndata: \n\n", [{ data: "a" }, { data: " b" }, { data: "" }]);
});

test("a byte order mark counts only at the start", () => {
  eachWay("\ufeffdata: a\n\ndata: \ufeffb\n\n", [{ data: "a" }, { data: "\ufeffb" }]);
});

test("characters of several bytes survive every cut", () => {
  eachWay("data: é€😀\r\n\r\n", [{ data: "é€😀" }]);
});

test("an event without its last blank line is given at the end", () => {
  eachWay("data: a\n\ndata: b", [{ data: "a" }, { data: "b" }]);
  eachWay("data: a\n\ndata: b\n", [{ data: "a" }, { data: "b" }]);
  eachWay("data: a\r\n\r\ndata: b\r\n\r", [{ data: "a" }, { data: "b" }]);
});

test("a block that ends anywhere is read to its end", () => {
  const text = "data: a\n\nevent: ping\ndata: b\n\n";
  const whole = [{ data: "a" }, { event: "ping", data: "b" }];
  for (let length = 0; length <= text.length; length++) {
    const events = parseEvents(text.slice(0, length));
    assert(events.length <= 2);
    if (length >= text.length - 2) assertEquals(events, whole);
    else if (length >= 8) assertEquals(events[0], whole[0]);
  }
});

test("nothing and blank lines alone are no events", () => {
  eachWay("", []);
  eachWay("\r\n\n\r", []);
});

test("blocks are aligned only when nothing is held back", () => {
  const blocks = new EventBlocks();
  assert(blocks.aligned);
  assertEquals(blocks.push("data: a\n\n"), "data: a\n\n");
  assert(blocks.aligned);
  assertEquals(blocks.push("data: b\n\ndata"), "data: b\n\n");
  assert(!blocks.aligned);
  assertEquals(blocks.push(": c\n"), "");
  assertEquals(blocks.push("\n"), "data: c\n\n");
  assert(blocks.aligned);
  assertEquals(blocks.push("data: d\r\n\r"), "data: d\n\n");
  assert(!blocks.aligned);
  assertEquals(blocks.push("\n"), "");
  assert(blocks.aligned);
});

test("an event that never ends is refused before it fills the memory", () => {
  const blocks = new EventBlocks();
  const piece = "x".repeat(1024 * 1024);
  const error = assertThrows(() => {
    for (let sum = 0; sum <= MAX_EVENT_LENGTH; sum += piece.length) blocks.push(piece);
  });
  assertInstanceOf(error, GatewayError);
  assertEquals(error.code, 2002);
});

test("a stream that arrives byte by byte costs linear time", () => {
  const events = decode(`data: ${"x".repeat(200_000)}\n\n`, 1);
  assertEquals(events[0]?.data.length, 200_000);
});

test("writing keeps line ends inside data readable", () => {
  assertEquals(encodeEvent({ data: "a" }), "data: a\n\n");
  assertEquals(
    encodeEvent({ event: "error", data: "a\r\nb\rc" }),
    "event: error\ndata: a\ndata: b\ndata: c\n\n",
  );
  assertEquals(parseEvents(encodeEvent({ data: "a\nb" })), [{ data: "a\nb" }]);
});

test("a comment can't break out of its line", () => {
  assertEquals(encodeComment("keep-alive\n\ndata: x"), ": keep-alive data: x\n\n");
});

test("what is written is read again, however it is cut and whichever line ends it has", () => {
  const field = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n\ufeff]/g, ""));
  const event = fc.tuple(fc.option(field.filter((name) => name !== "")), field).map((
    [event, data],
  ): SseEvent => event === null ? { data } : { event, data });
  const end = fc.constantFrom("\n", "\r\n", "\r");
  fc.assert(
    fc.property(fc.array(event), end, fc.integer({ min: 1, max: 40 }), (events, lineEnd, size) => {
      const text = events.map(encodeEvent).join("").replaceAll("\n", lineEnd);
      assertEquals(decode(text, size), events);
    }),
    { numRuns: 500 },
  );
});
