/** The quick reading of ordinary events agrees with the parser, and leaves everything else to it. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { readTextDelta } from "../../../lib/codecs/anthropic_messages/text_delta.ts";

const event = (text: string, index = 0) =>
  JSON.stringify({
    type: "content_block_delta",
    index,
    delta: { type: "text_delta", text },
  });

test("words are read as the parser reads them, whatever is in them", () => {
  for (
    const text of ["Hello", " ", 'say "}}', "\\", '\\"', "\n\t", "é→😀", "\ud800", '"}}]}', "{}"]
  ) {
    const quoted = JSON.stringify(text);
    assertEquals(readTextDelta(event(text, 3)), { index: 3, text, quoted }, text);
  }
});

test("padding after the words is passed over", () => {
  const padded = event("Hi").replace(/\}$/, "          }");
  assertEquals(readTextDelta(padded), { index: 0, text: "Hi", quoted: '"Hi"' });
});

test("everything else is left to the parser", () => {
  const others = [
    event(""),
    event("Hi").slice(0, -1),
    event("Hi") + "}",
    event("Hi").replace("}}", ',"x":"y"}}'),
    event("Hi").replace('"text":"Hi"', '"text":"Hi","text":"Ho"'),
    event("Hi").replace("text_delta", "thinking_delta"),
    event("Hi").replace(":0,", ':"a",'),
    event("Hi").replace('"Hi"', '"a\tb"'),
    event("Hi").replace('"Hi"', '"a\tb" '),
    event("Hi").replace("Hi", "\\q"),
    '{"type":"ping"}',
    "",
  ];
  for (const data of others) assertEquals(readTextDelta(data), undefined, data);
});
