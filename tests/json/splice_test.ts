import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { scanObject } from "../../lib/json/scan_object.ts";
import { removeMembers, renameMember, setMember, splice } from "../../lib/json/splice.ts";

test("a member is set in place and everything around it stays", () => {
  const object = scanObject('{ "a" : 1 ,\n "b":2}');
  assertEquals(splice(object.text, [setMember(object, "a", '"x"')]), '{ "a" : "x" ,\n "b":2}');
});

test("a missing member becomes the first one", () => {
  const object = scanObject(' { "a":1}');
  assertEquals(splice(object.text, [setMember(object, "b", "2")]), ' {"b":2, "a":1}');
  const empty = scanObject("{ }");
  assertEquals(splice(empty.text, [setMember(empty, "b", "2")]), '{"b":2 }');
});

test("a member is renamed, its value is not touched", () => {
  const object = scanObject('{"a" : [1, 2]}');
  assertEquals(splice(object.text, renameMember(object, "a", "b")), '{"b" : [1, 2]}');
  assertEquals(renameMember(object, "c", "d"), []);
});

test("edits may come in any order, an insertion beside an edit included", () => {
  const object = scanObject('{"a":1,"b":2}');
  const edits = [
    setMember(object, "b", "3"),
    ...renameMember(object, "a", "z"),
    setMember(object, "n", "0"),
  ];
  assertEquals(splice(object.text, edits), '{"n":0,"z":1,"b":3}');
});

test("members are removed with their commas, wherever they stand", () => {
  const object = scanObject('{"a":1, "b":2, "c":3, "d":4}');
  const without = (...keys: string[]) => splice(object.text, removeMembers(object, new Set(keys)));
  assertEquals(without("a"), '{"b":2, "c":3, "d":4}');
  assertEquals(without("b", "c"), '{"a":1, "d":4}');
  assertEquals(without("d"), '{"a":1, "b":2, "c":3}');
  assertEquals(without("a", "c", "d"), '{"b":2}');
  assertEquals(without("a", "b", "c", "d"), "{}");
  assertEquals(without("x"), object.text);
});

test("removing any members leaves JSON with exactly the others", () => {
  const keys = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      keys,
      fc.func(fc.boolean()),
      fc.constantFrom("", " ", "\n"),
      (names, chosen, gap) => {
        const object = scanObject(`{${names.map((name) => `${gap}"${name}":1${gap}`).join(",")}}`);
        const removed = new Set(names.filter((name) => chosen(name)));
        const left = Object.keys(JSON.parse(splice(object.text, removeMembers(object, removed))));
        assertEquals(left, names.filter((name) => !removed.has(name)));
      },
    ),
    { numRuns: 300 },
  );
});
