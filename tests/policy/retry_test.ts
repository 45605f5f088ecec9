/** When to try again, after which pause, and when not. */
import { assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { GatewayError, type GatewayErrorOptions } from "../../lib/errors.ts";
import { type Backoff, LONGEST_WAIT, pauseAfter, withRetry } from "../../lib/policy/retry.ts";
import { Departure } from "../../lib/upstream/departure.ts";
import { FakeClock, settled } from "../support/fake_clock.ts";

const policy = (attempts: number, delay = 100, backoff: Backoff = "constant") => ({
  attempts,
  delay,
  backoff,
});

const failing = (options: GatewayErrorOptions = {}) => new GatewayError(2005, "no", options);
const asking = (retryAfter: number) =>
  failing({ fault: { status: 429, message: "wait", retryable: true, retryAfter } });

/** A run of tries, each of which fails with the next error until they are used up. */
function run(errors: unknown[], attempts: number, delay = 100, backoff: Backoff = "constant") {
  const clock = new FakeClock();
  const departure = new Departure();
  const start = clock.now();
  const times: number[] = [];
  const lasts: boolean[] = [];
  const result = withRetry(policy(attempts, delay, backoff), clock, departure, (isLast, failed) => {
    // Each try is told why the one before it failed.
    assertEquals(failed, errors[times.length - 1]);
    const number = times.push(clock.now() - start);
    lasts.push(isLast);
    const error = errors[number - 1];
    return error === undefined ? Promise.resolve(number) : Promise.reject(error);
  });
  result.catch(() => {});
  return { clock, departure, times, lasts, result };
}

const PAUSES: readonly (readonly [backoff: Backoff, times: number[]])[] = [
  ["constant", [0, 100, 200, 300, 400]],
  ["linear", [0, 100, 300, 600, 1000]],
  ["exponential", [0, 100, 300, 700, 1500]],
];

for (const [backoff, expected] of PAUSES) {
  test(`${backoff} pauses grow as they should`, async () => {
    const { clock, times, lasts, result } = run(Array(5).fill(failing()), 5, 100, backoff);
    await clock.advance(5000);
    await assertRejects(() => result, GatewayError);
    assertEquals(times, expected);
    assertEquals(lasts, [false, false, false, false, true]);
    assertEquals(clock.waiting, 0);
  });
}

test("the first success ends it", async () => {
  const { clock, times, result } = run([failing(), failing()], 5);
  await clock.advance(1000);
  assertEquals(await result, 3);
  assertEquals(times, [0, 100, 200]);
});

test("what trying again can't mend is not tried again", async () => {
  for (const error of [failing({ retryable: false }), new Error("a defect"), undefined]) {
    const { clock, times, result } = run(error === undefined ? [] : [error], 5);
    await clock.advance(1000);
    await result.catch(() => {});
    assertEquals(times, [0]);
  }
});

test("the provider's own pause counts where it is longer", async () => {
  const { clock, times, result } = run([asking(700), asking(50), asking(0)], 4);
  await clock.advance(5000);
  assertEquals(await result, 4);
  assertEquals(times, [0, 700, 800, 900]);
});

test("a provider that wants a very long pause is not waited for", async () => {
  const { clock, times, result } = run([asking(LONGEST_WAIT + 1)], 5);
  await clock.advance(LONGEST_WAIT * 2);
  await assertRejects(() => result, GatewayError);
  assertEquals(times, [0]);
  const patient = run([asking(LONGEST_WAIT)], 5);
  await patient.clock.advance(LONGEST_WAIT);
  assertEquals(await patient.result, 2);
});

test("a caller who leaves during a pause ends it at once, without another try", async () => {
  const { clock, departure, times, result } = run([failing(), failing()], 5);
  await clock.advance(50);
  departure.leave();
  await assertRejects(() => result, GatewayError);
  assertEquals([times, clock.waiting], [[0], 0]);
});

test("a caller who leaves during a try is not tried for again", async () => {
  const clock = new FakeClock();
  const departure = new Departure();
  let tries = 0;
  const result = withRetry(policy(5), clock, departure, () => {
    tries++;
    departure.leave();
    return Promise.reject(failing());
  });
  await assertRejects(() => result, GatewayError);
  await settled();
  assertEquals([tries, clock.waiting], [1, 0]);
});

test("a delay of 0 tries again at once", () => {
  for (const backoff of ["constant", "linear", "exponential"] as const) {
    assertEquals(pauseAfter({ attempts: 5, delay: 0, backoff }, 4), 0);
  }
});
