import { test } from "node:test";
import { assertEquals, assertRejects } from "@std/assert";
import { type ByteSource, fromStream, toStream } from "../lib/byte_source.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A source of the given texts that counts how often it was asked and told to stop. */
function counted(texts: string[]): ByteSource & { asked: number; cancelled: number } {
  return {
    asked: 0,
    cancelled: 0,
    next() {
      this.asked++;
      const text = texts.shift();
      return Promise.resolve(text === undefined ? undefined : bytes(text));
    },
    cancel() {
      this.cancelled++;
    },
  };
}

test("a source read through a web stream gives the same bytes", async () => {
  assertEquals(await new Response(toStream(counted(["one ", "two"]))).text(), "one two");
});

test("a web stream asks its source only when it is read", async () => {
  const source = counted(["a", "b", "c"]);
  const reader = toStream(source).getReader();
  assertEquals(source.asked, 0);
  await reader.read();
  assertEquals(source.asked, 1);
});

test("cancelling the stream cancels the source, also while it is being asked", async () => {
  let answer = (_: Uint8Array | undefined) => {};
  let cancelled = 0;
  const reader = toStream({
    next: () => new Promise((resolve) => answer = resolve),
    cancel: () => cancelled++,
  }).getReader();
  const read = reader.read();
  await reader.cancel();
  answer(bytes("late"));
  assertEquals((await read).done, true);
  assertEquals(cancelled, 1);
});

test("a broken source breaks the stream", async () => {
  const broken = { next: () => Promise.reject(new Error("broken")), cancel() {} };
  await assertRejects(() => new Response(toStream(broken)).text(), Error, "broken");
});

test("a stream read as a source ends with undefined, and is cancelled by it", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(bytes("x")),
    cancel: () => {
      cancelled = true;
    },
  });
  const source = fromStream(stream);
  assertEquals(await source.next(), bytes("x"));
  source.cancel();
  assertEquals(await source.next(), undefined);
  assertEquals(cancelled, true);
});
