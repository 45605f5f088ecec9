/** Vectors as numbers and as base64 of float32: the very same, and fast enough for large lists. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  base64OfVector,
  numbersOfVector,
  vectorOf,
  vectorsOf,
} from "../../lib/embeddings/vector.ts";

test("base64 holds float32, least byte first", () => {
  assertEquals(base64OfVector([1, -2]), "AACAPwAAAMA=");
  assertEquals(numbersOfVector("AACAPwAAAMA="), [1, -2]);
});

test("any float32 comes back to the last bit, also the smallest, the largest and minus zero", () => {
  const numbers = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(numbers, (vector) => {
      assertEquals(numbersOfVector(base64OfVector(vector)), vector);
    }),
    { numRuns: 10_000 },
  );
});

test("a number that is no float32 is rounded once, to the nearest", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), (vector) => {
      const base64 = base64OfVector(vector);
      assertEquals(numbersOfVector(base64), vector.map(Math.fround));
      assertEquals(base64OfVector(numbersOfVector(base64)!), base64);
    }),
    { numRuns: 2000 },
  );
});

test("text that is no base64 of float32 is none", () => {
  for (const text of ["AACAPwA=", "AAA", "***", "AACAPw==x"]) {
    assertEquals(numbersOfVector(text), undefined, text);
  }
});

test("a list of vectors is one only when every row is", () => {
  assertEquals(vectorsOf([[1], [2]]), [[1], [2]]);
  assertEquals(vectorsOf(["AACAPw=="]), ["AACAPw=="]);
  for (const value of [undefined, null, [], [[1], []], [[1], null], [["1"]], [1, 2], [[[1]]]]) {
    assertEquals(vectorsOf(value), undefined, JSON.stringify(value));
  }
  assertEquals(vectorOf(""), undefined);
});
