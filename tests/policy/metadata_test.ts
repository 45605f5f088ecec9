/** `cf-aig-metadata`: what of it counts, and what is said about the rest. */
import { assertEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { isGatewayError } from "../../lib/errors.ts";
import { readMetadata } from "../../lib/policy/metadata.ts";

test("texts, numbers and booleans keep their type, however long", () => {
  const value = { user: "ada", tries: 3, free: false, empty: "", long: "x".repeat(600) };
  assertEquals(readMetadata(JSON.stringify(value)), { metadata: value, warnings: [] });
  assertEquals(readMetadata("{}"), { metadata: {}, warnings: [] });
});

test("only the first five entries count, and every other one is named", () => {
  const { metadata, warnings } = readMetadata('{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}');
  assertEquals(metadata, { a: 1, b: 2, c: 3, d: 4, e: 5 });
  const reason = "only 5 entries are kept";
  assertEquals(warnings, [
    { kind: "dropped", param: "cf-aig-metadata.f", reason },
    { kind: "dropped", param: "cf-aig-metadata.g", reason },
  ]);
});

test("names that begin with cf. are left out, and are none of the five", () => {
  const { metadata, warnings } = readMetadata('{"cf.user_id":"x","a":1,"b":2,"c":3,"d":4,"cf":5}');
  assertEquals(metadata, { a: 1, b: 2, c: 3, d: 4, cf: 5 });
  assertEquals(warnings.map(({ param }) => param), ["cf-aig-metadata.cf.user_id"]);
});

test("one value that is null, a list or an object loses all of it, aloud", () => {
  const faults = [["null", "null"], ["[1]", "a list"], ["{}", "an object"], [
    "1e999",
    "too large a number",
  ]];
  for (const [value, kind] of faults) {
    const { metadata, warnings } = readMetadata(`{"a":"kept?","team":${value}}`);
    assertEquals(metadata, {});
    assertEquals(warnings, [
      {
        kind: "dropped",
        param: "cf-aig-metadata",
        reason: `team is ${kind}, which loses all of it`,
      },
    ]);
  }
});

test("what is no JSON object is an error that names the header", () => {
  for (const text of ["", "ada", "[]", "null", "1", '"a"', '{"a":1', "{a:1}", "{'a':1}"]) {
    const error = assertThrows(() => readMetadata(text));
    assertEquals(isGatewayError(error) && [error.code, error.param], [2107, "cf-aig-metadata"]);
  }
});

test("no name reaches a prototype", () => {
  const { metadata } = readMetadata('{"__proto__":"x","constructor":"y"}');
  assertEquals(Object.entries(metadata), [["__proto__", "x"], ["constructor", "y"]]);
  assertEquals(Object.getPrototypeOf(metadata), Object.prototype);
});

test("UTF-8 that was read as Latin-1 is read again, Latin-1 stays", () => {
  const asLatin1 = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
  assertEquals(readMetadata(asLatin1('{"city":"Zürich 東"}')).metadata, { city: "Zürich 東" });
  assertEquals(readMetadata('{"city":"Z\xfcrich"}').metadata, { city: "Zürich" });
  assertEquals(readMetadata('{"city":"Z\\u00fcrich"}').metadata, { city: "Zürich" });
});
