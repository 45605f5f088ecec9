import { createHash } from "node:crypto";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { sha256Hex } from "../lib/digest.ts";

const reference = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

test("sha256Hex gives the digests of FIPS 180-4's examples", () => {
  assertEquals(
    sha256Hex("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  assertEquals(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("sha256Hex agrees with node:crypto at every length around a block's end", () => {
  for (let length = 0; length < 200; length++) {
    const text = "é".repeat(length % 7) + "x".repeat(length);
    assertEquals(sha256Hex(text), reference(text), `${length}`);
  }
});

test("sha256Hex agrees with node:crypto on any text, lone surrogates included", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
    assertEquals(sha256Hex(text), reference(text));
  }));
  assertEquals(sha256Hex("\ud800"), reference("\ufffd"));
});

test("sha256Hex agrees with node:crypto on a long text", () => {
  const text = "dragoman → ".repeat(20_000);
  assertEquals(sha256Hex(text), reference(text));
});
