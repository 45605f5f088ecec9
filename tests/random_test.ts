import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { drawWeighted, fraction, pooledRandom, type Random, uuidV7 } from "../lib/random.ts";

/** Gives these bytes, from a place inside a larger buffer. */
const giving = (...bytes: number[]): Random => () => Uint8Array.of(9, 9, 9, ...bytes).subarray(3);

const clockAt = (now: number) => ({ now: () => now, after: () => () => {} });

test("a UUID of version 7 holds the time, the version, the variant and ten random bytes", () => {
  const random = giving(0xff, 0x01, 0xff, 0x02, 0xa0, 0xb1, 0xc2, 0xd3, 0xe4, 0xf5);
  const id = uuidV7(clockAt(0x0123456789ab), random);
  assertEquals(id, "01234567-89ab-7f01-bf02-a0b1c2d3e4f5");
});

test("a UUID of an early time keeps its length", () => {
  const id = uuidV7(clockAt(0xff), giving(...new Array<number>(10).fill(0)));
  assertEquals(id, "00000000-00ff-7000-8000-000000000000");
});

test("UUIDs of one moment differ, and later ones sort behind earlier ones", () => {
  const random = pooledRandom();
  const at = Date.now();
  const ids = Array.from({ length: 1000 }, () => uuidV7(clockAt(at), random));
  assertEquals(new Set(ids).size, 1000);
  assert(uuidV7(clockAt(at + 1), random) > ids.sort().at(-1)!);
});

test("no random byte is given twice, and what was given stays as it is", () => {
  const random = pooledRandom();
  const given = Array.from({ length: 2000 }, () => random(7));
  const seen = given.map(String);
  random(5000);
  assertEquals(given.map(String), seen);
  assertEquals(new Set(seen).size, 2000);
  assertEquals(random(5000).length, 5000);
});

test("a fraction is read from the bytes that were drawn, wherever they lie", () => {
  assertEquals(fraction(giving(0x80, 0, 0, 0)), 0.5);
  assertEquals(fraction(giving(0, 0, 0, 0)), 0);
  assert(fraction(giving(0xff, 0xff, 0xff, 0xff)) < 1);
});

test("a weighted draw follows the fraction, and takes the first where nothing weighs anything", () => {
  const items = [{ weight: 1 }, { weight: 3 }];
  assertEquals(drawWeighted(items, giving(0x20, 0, 0, 0)), 0);
  assertEquals(drawWeighted(items, giving(0x80, 0, 0, 0)), 1);
  assertEquals(drawWeighted([{ weight: 0 }, { weight: 0 }], giving(0xff, 0, 0, 0)), 0);
});
