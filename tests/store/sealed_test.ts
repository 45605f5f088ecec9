import { test } from "node:test";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { hexOf } from "../../lib/hex.ts";
import { pooledRandom } from "../../lib/random.ts";
import { createSeals, hkdfSha256 } from "../../lib/store/sealed.ts";

const SECRET = "a secret of at least thirty-two characters";
const NEXT = "another secret of more than thirty-two characters";

const bytes = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** 0, 1, 2 … as hexadecimal, from one byte to another. */
const run = (from: number, to: number) =>
  hexOf(Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i));

/** RFC 5869, appendix A: the three examples with SHA-256. */
const EXAMPLES = [
  {
    name: "A.1",
    ikm: "0b".repeat(22),
    salt: run(0x00, 0x0c),
    info: run(0xf0, 0xf9),
    okm: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  },
  {
    name: "A.2",
    ikm: run(0x00, 0x4f),
    salt: run(0x60, 0xaf),
    info: run(0xb0, 0xff),
    okm:
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c6" +
      "5e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
  },
  {
    name: "A.3",
    ikm: "0b".repeat(22),
    salt: "",
    info: "",
    okm: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  },
];

for (const { name, ikm, salt, info, okm } of EXAMPLES) {
  test(`keys are derived as example ${name} of RFC 5869 shows`, async () => {
    const derived = await hkdfSha256(bytes(ikm), bytes(salt), bytes(info), okm.length / 2);
    assertEquals(hexOf(derived), okm);
  });
}

/** What OpenSSL makes of this text, with 0, 1, 2 … for a nonce. */
const BY_OPENSSL = "s1.AAECAwQFBgcICQoLaGs7h1AUfa1/CfW3YlOltvTxDV5f7RgTlHBYUQ==";

test("a sealed text is what OpenSSL makes of it: AES-256-GCM below a key by HKDF-SHA-256", async () => {
  const counting = (size: number) => Uint8Array.from({ length: size }, (_, i) => i);
  const seal = createSeals([SECRET], counting)("cache", "tenant");
  assertEquals(await seal.seal("Grüße 🎈", "cache:ключ"), BY_OPENSSL);
  assertEquals(await seal.open(BY_OPENSSL, "cache:ключ"), "Grüße 🎈");
});

test("any text comes out of its seal as it went in, sealed differently each time", async () => {
  const seal = createSeals([SECRET], pooledRandom())("thoughts");
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), fc.string(), async (text, context) => {
      const formed = text.toWellFormed();
      const sealed = await seal.seal(formed, context);
      assertEquals(await seal.open(sealed, context), formed);
      assertNotEquals(sealed, await seal.seal(formed, context));
    }),
    { numRuns: 50 },
  );
  const long = "\ufeffé".repeat(1_000_000);
  assertEquals(await seal.open(await seal.seal(long, "k"), "k"), long);
});

test("a sealed text in which any bit was flipped does not open", async () => {
  const seal = createSeals([SECRET], pooledRandom())("cache", "tenant");
  const sealed = await seal.seal("a text", "key");
  const [version, body = ""] = sealed.split(".");
  const raw = atob(body);
  for (let bit = 0; bit < 8 * raw.length; bit++) {
    const changed = [...raw].map((char, at) =>
      at === bit >> 3 ? String.fromCharCode(char.charCodeAt(0) ^ (1 << (bit & 7))) : char
    );
    assertEquals(await seal.open(`${version}.${btoa(changed.join(""))}`, "key"), undefined);
  }
  assertEquals(await seal.open(sealed, "key"), "a text");
});

test("what is cut off, of another version, in the clear or nonsense does not open", async () => {
  const seal = createSeals([SECRET], pooledRandom())("cache");
  const sealed = await seal.seal("a text", "key");
  const others = [
    // Without its padding it would still be the same bytes.
    ...Array.from(sealed.replace(/=*$/, ""), (_, length) => sealed.slice(0, length)),
    sealed.replace("s1.", "s2."),
    sealed + "AAAA",
    '{"a":"text"}',
    "s1.not base64",
    "s1.",
    "",
  ];
  for (const other of others) assertEquals(await seal.open(other, "key"), undefined, other);
});

test("a text opens only where it was put, for its purpose, its tenant and its secret", async () => {
  const seals = createSeals([SECRET], pooledRandom());
  const sealed = await seals("cache", "a").seal("a text", "key");
  assertEquals(await seals("cache", "a").open(sealed, "key"), "a text");
  assertEquals(await seals("cache", "a").open(sealed, "other key"), undefined);
  assertEquals(await seals("cache", "b").open(sealed, "key"), undefined);
  assertEquals(await seals("cache", "").open(sealed, "key"), undefined);
  assertEquals(await seals("cache").open(sealed, "key"), undefined);
  assertEquals(await seals("thoughts", "a").open(sealed, "key"), undefined);
  assertEquals(
    await createSeals([NEXT], pooledRandom())("cache", "a").open(sealed, "key"),
    undefined,
  );
});

test("of several secrets the first seals, and all open", async () => {
  const old = createSeals([SECRET], pooledRandom())("cache");
  const both = createSeals([NEXT, SECRET], pooledRandom())("cache");
  const next = createSeals([NEXT], pooledRandom())("cache");
  const [before, after] = [await old.seal("before", "k"), await both.seal("after", "k")];
  assertEquals([await both.open(before, "k"), await both.open(after, "k")], ["before", "after"]);
  assertEquals([await old.open(after, "k"), await next.open(after, "k")], [undefined, "after"]);
  assertEquals(await next.open(before, "k"), undefined);
});

/** Counts what keys are derived while it runs. */
async function derivationsIn(work: () => Promise<unknown>): Promise<number> {
  const { subtle } = crypto;
  const derive = subtle.deriveBits;
  let derivations = 0;
  Object.defineProperty(subtle, "deriveBits", {
    configurable: true,
    value(...args: Parameters<typeof derive>) {
      derivations++;
      return derive.apply(subtle, args);
    },
  });
  try {
    await work();
    return derivations;
  } finally {
    Reflect.deleteProperty(subtle, "deriveBits");
  }
}

test("a key that is remembered costs no second derivation", async () => {
  const seals = createSeals([SECRET], pooledRandom());
  const derivations = await derivationsIn(async () => {
    const sealed = await Promise.all(
      Array.from({ length: 20 }, (_, at) => seals("cache", "t").seal(`${at}`, "k")),
    );
    for (const each of sealed) assert(await seals("cache", "t").open(each, "k") !== undefined);
  });
  assertEquals(derivations, 1);
});

test("a thousand tenants' keys are remembered, and the others' derived again", async () => {
  const seals = createSeals([SECRET], pooledRandom());
  const first = await seals("cache", "0").seal("a text", "k");
  const visit = async (from: number, to: number) => {
    for (let tenant = from; tenant < to; tenant++) await seals("cache", `${tenant}`).seal("", "k");
  };
  assertEquals(await derivationsIn(() => visit(1, 1000)), 999);
  assertEquals(await derivationsIn(() => seals("cache", "0").open(first, "k")), 0);
  await visit(1000, 2000);
  assertEquals(await derivationsIn(() => seals("cache", "0").open(first, "k")), 1);
  assertEquals(await seals("cache", "0").open(first, "k"), "a text");
});
