import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { utf8Bytes } from "../../lib/stream/utf8.ts";

test("texts of every length and script become what TextEncoder makes of them", () => {
  for (const letter of ["a", "é", "→", "😀", "\ud800", "a\udc00→"]) {
    for (const length of [0, 1, 1023, 1024, 5000, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1]) {
      const text = letter.repeat(length);
      assertEquals(utf8Bytes(text), new TextEncoder().encode(text), `${length} × ${letter}`);
    }
  }
});

test("every text has an array of its own, no longer than it needs", () => {
  const first = utf8Bytes("a".repeat(2000));
  const second = utf8Bytes("b".repeat(2000));
  assertEquals(first[0], "a".charCodeAt(0));
  assertEquals([first.buffer.byteLength, second.buffer.byteLength], [2000, 2000]);
});
