import { test } from "node:test";
import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { decodeToolName, encodeToolName } from "../../lib/chat/tool_name.ts";

/** What names that could be misread are made of. */
const pieces = fc.constantFrom("_", "__", "u", "0", "5f", "é", "a", "-", ".", "__u0__", "_u", "😀");

test("a tool's name comes back, also one that looks like a marked one", () => {
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 12 }), (parts) => {
      const name = parts.join("");
      const plain = encodeToolName(name, 1000);
      assertMatch(plain, /^[a-zA-Z0-9_-]+$/);
      assertEquals(decodeToolName(plain), name);
    }),
    { numRuns: 5000 },
  );
});

test("a plain name is left alone", () => {
  for (const name of ["get_weather", "get__user", "my__ubuntu", "a-1"]) {
    assertEquals(encodeToolName(name, 64), name);
  }
});
