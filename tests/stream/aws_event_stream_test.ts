import { test } from "node:test";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { GatewayError } from "../../lib/errors.ts";
import {
  awsEventStreamDecoder,
  type AwsMessage,
  crc32,
  encodeAwsMessage,
  MAX_FRAME_LENGTH,
} from "../../lib/stream/aws_event_stream.ts";
import { concatBytes } from "../../lib/stream/bytes.ts";
import { runStep } from "../../lib/stream/step.ts";

const utf8 = new TextEncoder();
const text = new TextDecoder();
const decode = (...pieces: Uint8Array[]) => decodeAll(pieces);
const decodeAll = (pieces: Uint8Array[]) => runStep(awsEventStreamDecoder(), pieces).map(plain);

function plain(
  { headers, payload }: AwsMessage,
): { headers: Record<string, string>; payload: string } {
  return { headers: Object.fromEntries(headers), payload: text.decode(payload) };
}

/** A frame with these header bytes, whatever they are. */
function frameOf(headers: number[], payload = ""): Uint8Array {
  const body = utf8.encode(payload);
  const frame = new Uint8Array(16 + headers.length + body.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, frame.length);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(frame, 0, 8));
  frame.set(headers, 12);
  frame.set(body, 12 + headers.length);
  view.setUint32(frame.length - 4, crc32(frame, 0, frame.length - 4));
  return frame;
}

function refused(bytes: Uint8Array): string {
  const error = assertThrows(() => decode(bytes));
  assertInstanceOf(error, GatewayError);
  assertEquals(error.code, 2002);
  return error.message;
}

test("the checksum is zlib's", () => {
  // The check value every table of CRC-32 variants names.
  assertEquals(crc32(utf8.encode("123456789"), 0, 9), 0xcbf43926);
});

test("an empty frame is the sixteen bytes that Amazon's own examples show", () => {
  const frame = encodeAwsMessage({}, "");
  assertEquals([...frame], [0, 0, 0, 16, 0, 0, 0, 0, 5, 194, 72, 235, 125, 152, 200, 255]);
  assertEquals(decode(frame), [{ headers: {}, payload: "" }]);
});

const message = fc.record({
  headers: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.string({ unit: "grapheme", maxLength: 50 }),
    { maxKeys: 4, noNullPrototype: true },
  ),
  payload: fc.string({ unit: "grapheme", maxLength: 200 }),
}, { noNullPrototype: true });

test("frames are read as they were written, however the bytes are cut", () => {
  const cuts = fc.array(fc.nat(600), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), cuts, (messages, places) => {
      const frames = messages.map(({ headers, payload }) => encodeAwsMessage(headers, payload));
      const bytes = concatBytes([...frames, new Uint8Array(0)]);
      assertEquals(decode(bytes), messages);
      const ends = [0, ...places.sort((a, b) => a - b), bytes.length];
      const pieces = ends.slice(1).map((to, at) => bytes.slice(ends[at], to));
      assertEquals(decodeAll(pieces), messages);
    }),
    { numRuns: 2000 },
  );
});

test("a stream that comes one byte at a time gives the same, in linear time", () => {
  const frame = encodeAwsMessage({ ":event-type": "contentBlockDelta" }, "x".repeat(200_000));
  const bytes = concatBytes([frame, frame]);
  const began = performance.now();
  const messages = decodeAll(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
  assertEquals(messages.length, 2);
  assert(performance.now() - began < 5000);
});

test("headers of every type are read over, text alone is kept", () => {
  const short = [1, 97];
  const frame = frameOf([
    ...[...short, 0],
    ...[...short, 1],
    ...[...short, 2, 7],
    ...[...short, 3, 0, 7],
    ...[...short, 4, 0, 0, 0, 7],
    ...[...short, 5, 0, 0, 0, 0, 0, 0, 0, 7],
    ...[...short, 6, 0, 2, 1, 2],
    ...[...short, 8, 0, 0, 0, 0, 0, 0, 0, 7],
    ...[...short, 9, ...Array.from({ length: 16 }, () => 7)],
    ...[1, 98, 7, 0, 2, 104, 105],
  ], "{}");
  assertEquals(decode(frame), [{ headers: { b: "hi" }, payload: "{}" }]);
});

test("a damaged frame is refused, wherever the damage is", () => {
  const frame = encodeAwsMessage({ ":message-type": "event" }, '{"a":1}');
  for (let at = 0; at < frame.length; at++) {
    const damaged = frame.slice();
    damaged[at]! ^= 0x40;
    assert(refused(damaged).startsWith("Cannot read the provider's stream"), String(at));
  }
});

test("what is no event stream is refused at once, and no length is believed", () => {
  refused(utf8.encode("data: {}\n\ndata: [DONE]\n\n"));
  const claim = (length: number, headers: number) => {
    const prelude = new Uint8Array(12);
    const view = new DataView(prelude.buffer);
    view.setUint32(0, length);
    view.setUint32(4, headers);
    view.setUint32(8, crc32(prelude, 0, 8));
    return prelude;
  };
  assert(refused(claim(MAX_FRAME_LENGTH + 1, 0)).includes("claims"));
  assert(refused(claim(15, 0)).includes("claims"));
  assert(refused(claim(16, 1)).includes("claims"));
});

test("headers that reach over their end, and types nobody knows, are refused", () => {
  assert(refused(frameOf([1, 97, 10])).includes("type"));
  assert(refused(frameOf([1, 97, 7, 0, 9, 104])).includes("longer"));
  assert(refused(frameOf([1, 97, 7, 0])).includes("cut off"));
  assert(refused(frameOf([9, 97])).includes("longer"));
});

test("a frame that is cut off gives nothing", () => {
  assertEquals(decode(encodeAwsMessage({}, "{}").slice(0, -1)), []);
});
