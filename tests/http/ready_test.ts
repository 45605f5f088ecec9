/** What `/ready` says of the store, whatever that does, and how little the store has to do for it. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { createGateway } from "../support/gateway.ts";
import { send } from "../support/recorder.ts";

/** A gateway with a store whose probe does this. */
function scene(probe?: () => Promise<void>) {
  const clock = new FakeClock();
  const now = { probe, probes: 0 };
  const store = {
    ...createMemoryStore({ clock }),
    ...(probe && { probe: () => (now.probes++, now.probe!()) }),
  };
  const gateway = createGateway({ clock, store });
  const ask = async () => {
    const { status, text, headers } = await send(gateway, "/ready");
    assertEquals(headers.get("cache-control"), "no-store");
    return [status, JSON.parse(text)];
  };
  return { now, clock, gateway, ask };
}

const answers = () => Promise.resolve();
const fails = () =>
  Promise.reject(new GatewayError(2142, "The store (Redis) failed: ECONNREFUSED 10.0.0.1:6379"));

test("where nothing can fail, nothing is asked and nothing said", async () => {
  assertEquals(await scene().ask(), [200, { status: "ready" }]);
  const gateway = createGateway({ store: { type: "memory" } });
  assertEquals((await send(gateway, "/ready")).text, '{"status":"ready"}');
});

test("a store that answers, fails, or throws what it likes, is told in a word and without its address", async () => {
  const { now, clock, ask } = scene(answers);
  assertEquals(await ask(), [200, { status: "ready", store: "ok" }]);
  const troubles: [() => Promise<void>, string][] = [
    [fails, "unreachable"],
    [() => Promise.reject(new GatewayError(2143, "late")), "slow"],
    [() => Promise.reject("redis://:password@10.0.0.1"), "unreachable"],
    [() => {
      throw new Error("10.0.0.1");
    }, "unreachable"],
    [answers, "ok"],
  ];
  for (const [probe, store] of troubles) {
    now.probe = probe;
    await clock.advance(1000);
    assertEquals(await ask(), [200, { status: "ready", store }]);
  }
});

test("a store that says nothing is slow after two seconds, whatever its own limit", async () => {
  const { clock, ask } = scene(() => new Promise(() => {}));
  const asking = ask();
  await clock.advance(2000);
  assertEquals(await asking, [200, { status: "ready", store: "slow" }]);
});

test("however often anybody asks, the store is asked once a second; liveness never asks it", async () => {
  const { now, clock, gateway, ask } = scene(answers);
  await Promise.all(Array.from({ length: 100 }, ask));
  await clock.advance(999);
  await ask();
  assertEquals(now.probes, 1);
  await clock.advance(1);
  now.probe = fails;
  await ask();
  assertEquals(now.probes, 2);
  const alive = await send(gateway, "/health");
  assert(alive.status === 200 && now.probes === 2);
});
