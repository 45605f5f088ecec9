import { test } from "node:test";
import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "@std/assert";

const fails = (assertion: () => void) => assertThrows(assertion, AssertionError);

test("assertions pass on what they assert", async () => {
  assert(1);
  assertFalse(0);
  assertEquals({ a: [1, new Map([["b", new Set([2])]])] }, {
    a: [1, new Map([["b", new Set([2])]])],
  });
  assertNotEquals<unknown>({ a: undefined }, {});
  assertStrictEquals(NaN, NaN);
  assertExists("");
  assertInstanceOf(new TypeError("x"), Error);
  assertStringIncludes("abc", "b");
  assertMatch("abc", /^a/);
  assertNotMatch("abc", /^b/);
  assertArrayIncludes([{ a: 1 }, { b: 2 }], [{ b: 2 }]);
  assertObjectMatch({ a: { b: 1, c: [1, { d: 2, e: 3 }, 4] } }, { a: { c: [1, { d: 2 }] } });
  assertGreater(2, 1);
  assertGreaterOrEqual(2, 2);
  assertLess("a", "b");
  assertLessOrEqual(1, 1);
  assertStrictEquals(assertThrows(() => fail("no"), AssertionError, "no").name, "AssertionError");
  const error = await assertRejects(() => Promise.reject(new TypeError("bad")), TypeError, "ba");
  assertStrictEquals(error.message, "bad");
});

test("assertions fail on what they deny", async () => {
  fails(() => assert(""));
  fails(() => assertFalse("x"));
  fails(() => assertEquals<unknown>({ a: 1 }, { a: "1" }));
  fails(() => assertEquals(0, -0));
  fails(() => assertNotEquals([1], [1]));
  fails(() => assertStrictEquals({}, {}));
  fails(() => assertExists(undefined));
  fails(() => assertInstanceOf({}, Error));
  fails(() => assertStringIncludes("abc", "d"));
  fails(() => assertMatch("abc", /d/));
  fails(() => assertNotMatch("abc", /a/));
  fails(() => assertArrayIncludes([1], [2]));
  fails(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }));
  fails(() => assertObjectMatch({ a: [1] }, { a: [1, 2] }));
  fails(() => assertObjectMatch({ a: new Date(1) }, { a: new Date(2) }));
  fails(() => assertGreater(1, 1));
  fails(() => assertGreaterOrEqual(0, 1));
  fails(() => assertLess(1, 1));
  fails(() => assertLessOrEqual(2, 1));
  fails(() => unreachable());
  fails(() => assertThrows(() => {}));
  fails(() => assertThrows(() => fail(), TypeError));
  fails(() => assertThrows(() => fail("one"), AssertionError, "two"));
  await assertRejects(() => assertRejects(() => Promise.resolve(1)), AssertionError);
  await assertRejects(() => assertRejects(() => fail()), AssertionError, "expected to reject");
});

test("a failed equality shows both values", () => {
  const error = assertThrows(
    () => assertEquals({ a: 1 }, { a: 2 }, "note"),
    AssertionError,
    "note",
  );
  assertMatch(error.message, /1/);
  assertMatch(error.message, /2/);
});
