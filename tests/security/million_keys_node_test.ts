/** A million distinct keys: what an attacker, or a busy year, may send. Nothing that remembers grows with them. */
import { createHash } from "node:crypto";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assert, assertLess } from "@std/assert";
import { keyFinder } from "../../lib/http/authenticate.ts";
import { createLocator } from "../../lib/http/router.ts";
import { Carrier } from "../../lib/policy/carrier.ts";
import { pooledRandom } from "../../lib/random.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { KeyRing } from "../../lib/upstream/key_ring.ts";
import { TokenCache } from "../../lib/upstream/token_cache.ts";
import { settingsOf } from "../options/support.ts";
import { FakeClock } from "../support/fake_clock.ts";

const MILLION = 1_000_000;
const clock = new FakeClock();
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const isReasoning = ({ type }: { type: string }) => type === "reasoning";

/** Bytes by which the heap is larger after this; what `work` gives is still alive then. */
async function growth(work: () => unknown): Promise<number> {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const alive = await work();
  collectGarbage();
  const grown = process.memoryUsage().heapUsed - before;
  assert(alive !== undefined);
  return grown;
}

/** A thousand entries of everything together; a million would be more than 60 MB, as the first test shows. */
const BOUND = 12_000_000;

test("a map of a million keys would be seen", async () => {
  const grown = await growth(() =>
    new Map(Array.from({ length: MILLION }, (_, at) => [`key ${at}`, at]))
  );
  assert(grown > 5 * BOUND, `${grown}`);
});

test("a ring forgets keys that rested, however many are replaced", async () => {
  const grown = await growth(() => {
    const ring = new KeyRing(new Map(), { hash, random: pooledRandom(), clock });
    for (let at = 0; at < MILLION; at++) ring.rest(`key ${at}`, 86_400_000);
    return ring;
  });
  assertLess(grown, BOUND);
});

test("tokens are kept for few keys, however many callers bring their own", async () => {
  const grown = await growth(() => {
    const tokens = new TokenCache(hash);
    for (let at = 0; at < MILLION; at++) tokens.refused(`key ${at}`, "token", clock);
    return tokens;
  });
  assertLess(grown, BOUND);
});

test("nothing is remembered of access keys that are none", async () => {
  const settings = settingsOf({ hash, gateways: { default: { accessKeys: ["ak-1234567"] } } });
  const grown = await growth(() => {
    const find = keyFinder(settings);
    for (let at = 0; at < MILLION; at++) assert(find(`key ${at}`).length === 0);
    return find;
  });
  assertLess(grown, BOUND);
});

test("few addresses are remembered, however many are asked for", async () => {
  const grown = await growth(async () => {
    const locate = createLocator([{ path: "*" }], "");
    for (let at = 0; at < MILLION / 10; at++) await locate(`http://localhost/v1/models/${at}`);
    return locate;
  });
  assertLess(grown, BOUND);
});

test("thoughts take the room that the store has, however many turns are kept", async () => {
  const store = createMemoryStore({ clock, maxEntries: 1000, maxBytes: 1_000_000 });
  const grown = await growth(async () => {
    const carrier = new Carrier({ store, hash });
    const thoughts = { family: "f", bears: isReasoning, proven: false };
    for (let at = 0; at < MILLION / 20; at++) {
      await carrier.keep({ tenant: [`caller ${at}`], thoughts }, [], [
        { type: "reasoning", content: `thought ${at}` },
        { type: "tool_call", id: `call ${at}`, name: "tide", arguments: "{}", kind: "function" },
      ]);
    }
    return carrier;
  });
  assertLess(grown, BOUND);
});
