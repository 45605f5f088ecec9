import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findFault } from "../../lib/json/find_fault.ts";

test("the first fault is named with its place", () => {
  const cases: [string, string, number][] = [
    ['{"a":1;}', 'expected "," or "}"', 6],
    ['{"a" 1}', 'expected ":"', 5],
    ["{a:1}", "expected a string", 1],
    ['{"a":tru}', "expected a JSON value", 5],
    ['{"a":"x', "a string without an end", 5],
    ['{"a":"\\x"}', "a control character or a bad escape in a string", 6],
    ['{"a":[1,2}', 'expected "," or "]"', 9],
    ['{"a":1}}', "text after the end", 7],
  ];
  for (const [text, what, at] of cases) assertEquals(findFault(text), { what, at }, text);
});

test("it finds a fault exactly where JSON.parse does", () => {
  const pieces = fc.array(
    fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "a",
      "1",
      "-",
      ".",
      "e",
      " ",
      "null",
      '"k"',
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(fc.oneof(pieces.map((list) => list.join("")), fc.json()), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      assertEquals(findFault(text) === undefined, valid, text);
    }),
    { numRuns: 5000 },
  );
});
