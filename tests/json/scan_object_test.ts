import { test } from "node:test";
import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { GatewayError } from "../../lib/errors.ts";
import { readMember, scanObject } from "../../lib/json/scan_object.ts";

function refusal(text: string): GatewayError {
  const error = assertThrows(() => scanObject(text));
  assertInstanceOf(error, GatewayError);
  assertEquals(error.code, 2100);
  return error;
}

function read(text: string): Record<string, unknown> {
  const object = scanObject(text);
  return Object.fromEntries(
    [...object.members.keys()].map((key) => [key, readMember(object, key)]),
  );
}

test("members are found where they stand, in the order of the text", () => {
  const text = ' { "a" : 1 , "b":[ {"c":"}"} , 2 ],"d":"x\\"y"}\n';
  const { members } = scanObject(text);
  assertEquals([...members.keys()], ["a", "b", "d"]);
  const { keyStart, keyEnd, start, end } = members.get("b")!;
  assertEquals(text.slice(keyStart, keyEnd), '"b"');
  assertEquals(text.slice(start, end), '[ {"c":"}"} , 2 ]');
  assertEquals(read(text), { a: 1, b: [{ c: "}" }, 2], d: 'x"y' });
});

test("an absent member reads as undefined, null as null", () => {
  const object = scanObject('{"a":null}');
  assertEquals(readMember(object, "a"), null);
  assertEquals(readMember(object, "b"), undefined);
});

test("an empty object has no members", () => {
  assertEquals(scanObject(" {} ").members.size, 0);
  assertEquals(scanObject("{ \t\r\n }").members.size, 0);
});

test("a key that stands twice is refused, also when both values are equal", () => {
  assertStringIncludes(refusal('{"model":"a","x":1,"model":"a"}').message, '"model" appears twice');
});

test("a top-level key written with escapes is refused", () => {
  assertStringIncludes(refusal('{"m\\u006fdel":"a"}').message, "escapes");
  assertEquals(read('{"a":{"m\\u006fdel":1}}'), { a: { model: 1 } });
});

test("keys of prototypes are ordinary keys", () => {
  assertEquals([...scanObject('{"__proto__":1,"constructor":2}').members.keys()], [
    "__proto__",
    "constructor",
  ]);
});

for (
  const text of [
    "",
    "null",
    "[]",
    "{",
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    "{,}",
    '{"a":1 "b":2}',
    "{a:1}",
    "{'a':1}",
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":NaN}',
    '{"a":undefined}',
    '{"a":tru}',
    '{"a":trueish}',
    '{"a":[1,]}',
    '{"a":[,1]}',
    '{"a":[1 2]}',
    '{"a":{"b"}}',
    '{"a":{"b":1,}}',
    '{"a":[}',
    '{"a":{]}',
    '{"a":"x}',
    '{"a":"\\"}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"line\nbreak"}',
    '{"a":"tab\t"}',
    '{"a":1}}',
    '{"a":1} {"b":2}',
    '{"a":1}//',
    "\ufeff{}",
    "{\u00a0}",
  ]
) {
  test(`${JSON.stringify(text)} is no JSON object`, () => {
    refusal(text);
    assertThrows(() => {
      const value = JSON.parse(text);
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new SyntaxError();
      }
    });
  });
}

test("an escaped backslash does not hide the end of a string", () => {
  assertEquals(read('{"a":"\\\\","b":"\\\\\\"x"}'), { a: "\\", b: '\\"x' });
});

test("an escaped backslash before any letter is no bad escape", () => {
  assertEquals(read('{"path":"C:\\\\xml\\\\users"}'), { path: "C:\\xml\\users" });
});

test("a bad escape after an escaped backslash is found", () => {
  refusal('{"path":"C:\\\\xml\\q"}');
});

test("a long string with an escaped backslash costs no stack", () => {
  const long = "a".repeat(12_000_000);
  assertEquals(read(`{"a":"\\\\x${long}"}`), { a: `\\x${long}` });
});

test("nesting is refused beyond 256 levels, without using up the stack", () => {
  const nested = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  assertEquals(scanObject(nested(256)).members.size, 1);
  assertStringIncludes(refusal(nested(257)).message, "nested deeper");
  assertStringIncludes(refusal(`{"a":${'{"a":'.repeat(100_000)}`).message, "nested deeper");
});

test("a refusal says where, and quotes a long key only shortly", () => {
  assertStringIncludes(refusal('{"a":1;}').message, 'expected "," or "}" at character 6');
  assertStringIncludes(
    refusal('{"a":{"b":[1,\n tru]}}').message,
    "expected a JSON value at character 15",
  );
  assertStringIncludes(refusal('{"a":1').message, "at the end");
  const key = "k".repeat(100);
  assertEquals(refusal(`{"${key}":1,"${key}":2}`).message.includes(key), false);
});

const json = fc.json({ maxDepth: 4 });

test("what it reads is what JSON.parse reads", () => {
  const key = fc.string().filter((text) => !JSON.stringify(text).includes("\\"));
  const space = fc.constantFrom("", " ", "\n\t", "\r\n");
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(key, json), { selector: ([name]) => name }),
      space,
      (members, gap) => {
        const inside = members.map(([name, value]) =>
          `${gap}${JSON.stringify(name)}${gap}:${gap}${value}${gap}`
        );
        const text = `${gap}{${inside.join(",")}}${gap}`;
        const wanted: unknown = JSON.parse(text);
        assertEquals(JSON.stringify(read(text)), JSON.stringify({ ...(wanted as object) }));
      },
    ),
    { numRuns: 500 },
  );
});

test("it refuses whatever JSON.parse refuses", () => {
  const broken = fc.tuple(
    json,
    fc.nat(200),
    fc.constantFrom("", '"', "\\", ",", "}", "]", "1", "e", "\n", "u"),
  );
  fc.assert(
    fc.property(broken, fc.nat(3), ([value, at, put], cut) => {
      const right = `{"a":${value}}`;
      const place = at % right.length;
      const text = right.slice(0, place) + put + right.slice(place + cut);
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        refusal(text);
        return;
      }
      if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) refusal(text);
    }),
    { numRuns: 2000 },
  );
});
