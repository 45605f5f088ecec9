/** Every limit of a call, by a clock that is moved by hand. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { createDoor } from "../support/gateway.ts";
import type { FetchLike } from "../../lib/fetch_like.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { chat, errorOf, type Got } from "../support/recorder.ts";
import { openaiTongue } from "../support/tongues.ts";

type Timeouts = Record<string, number>;
type Say = (bytes: string) => void;

/** A gateway over a provider that says what it is told when it is told; `headers: false` never answers. */
function stage(timeouts: Timeouts, { headers = true, attempts = 1, own = {} as Timeouts } = {}) {
  const clock = new FakeClock();
  const utf8 = new TextEncoder();
  let say: Say = () => {};
  const aborted: unknown[] = [];
  const fetch: FetchLike = (_, { signal }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => {
        aborted.push(signal.reason);
        reject(signal.reason);
      });
      if (!headers) return;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          say = (bytes) => controller.enqueue(utf8.encode(bytes));
          signal.addEventListener("abort", () => controller.error(signal.reason));
        },
      });
      resolve(new Response(body, { headers: { "content-type": openaiTongue.streamType } }));
    });
  const all = { commit: 0, keepAlive: 0, firstByte: 0, idle: 0, whole: 0, ...timeouts };
  const door = createDoor({
    clock,
    fetch,
    providers: { openai: { apiKey: "sk-stored", timeouts: own } },
    gateways: { default: { timeouts: all, retry: { attempts, delay: 0 } } },
  }, { loopback: false, openByDefault: true });
  return { clock, aborted, door, say: (bytes: string) => say(bytes) };
}

/** Asks, and notes the answer when it is there. */
function asking(door: ReturnType<typeof stage>["door"], stream: boolean, headers = {}) {
  const state: { answer?: Got } = {};
  void chat(door.gateway, { stream }, headers).then((answer) => state.answer = answer);
  return state;
}

async function assertLate(
  { clock, aborted, door }: ReturnType<typeof stage>,
  state: { answer?: Got },
  ms: number,
  option: string,
): Promise<void> {
  await clock.advance(ms - 1);
  assertEquals(state.answer, undefined, "too early");
  await clock.advance(1);
  assertEquals(state.answer?.status, 504);
  assertStringIncludes(errorOf(state.answer!).message, option);
  assertEquals(aborted.length, 1);
  assertEquals([clock.waiting, door.running], [0, 0]);
}

test("a stream's first byte", async () => {
  const set = stage({ firstByte: 500, idle: 100 }, { headers: false });
  await assertLate(set, asking(set.door, true), 500, "timeouts.firstByte");
});

test("a whole answer, with and without headers", async () => {
  for (const headers of [true, false]) {
    const set = stage({ whole: 500, firstByte: 1 }, { headers });
    await assertLate(set, asking(set.door, false), 500, "timeouts.whole");
  }
});

test("a stream's first token, which comments do not push back", async () => {
  const set = stage({ firstToken: 500, idle: 100 });
  const state = asking(set.door, true);
  await set.clock.advance(400);
  set.say(": thinking\n\n");
  await assertLate(set, state, 100, "timeouts.firstToken");
});

test("silence before content, which comments break", async () => {
  const set = stage({ idle: 500 });
  const state = asking(set.door, true);
  await set.clock.advance(400);
  set.say(": thinking\n\n");
  await assertLate(set, state, 500, "timeouts.idle");
});

test("silence after content ends in an error event", async () => {
  const set = stage({ idle: 500 });
  const state = asking(set.door, true);
  await set.clock.advance(100);
  set.say(openaiTongue.head + openaiTongue.content);
  await set.clock.advance(400);
  set.say(openaiTongue.content);
  await set.clock.advance(499);
  assertEquals(state.answer, undefined);
  await set.clock.advance(1);
  assertEquals(state.answer?.status, 200);
  assertStringIncludes(state.answer!.text.trim().split("\n\n").at(-1)!, "timeouts.idle");
  assertEquals([set.clock.waiting, set.door.running], [0, 0]);
});

test("a stream as a whole, however lively it is", async () => {
  const set = stage({ total: 500, idle: 400 });
  const state = asking(set.door, true);

  for (let i = 0; i < 4; i++) {
    await set.clock.advance(100);
    set.say(i === 0 ? openaiTongue.head + openaiTongue.content : openaiTongue.content);
  }
  await set.clock.advance(99);
  assertEquals(state.answer, undefined);
  await set.clock.advance(1);
  assertStringIncludes(state.answer?.text ?? "", "option `timeouts.total`");
  assertEquals([set.clock.waiting, set.door.running], [0, 0]);
});

test("a provider's own limits win over the gateway's", async () => {
  const set = stage({ whole: 500 }, { headers: false, own: { whole: 200 } });
  await assertLate(set, asking(set.door, false), 200, "timeouts.whole");
});

test("cf-aig-request-timeout limits the time to headers, not the answer", async () => {
  const header = { "cf-aig-request-timeout": "300" };
  for (const stream of [false, true]) {
    const silent = stage({}, { headers: false });
    await assertLate(silent, asking(silent.door, stream, header), 300, "cf-aig-request-timeout");
  }
  const set = stage({ whole: 900 });
  await assertLate(set, asking(set.door, false, header), 900, "timeouts.whole");
});

test("the last of several tries may take as long as the gateway allows", async () => {
  const set = stage({ whole: 900 }, { headers: false, attempts: 2 });
  const state = asking(set.door, false, { "cf-aig-request-timeout": "300" });
  await set.clock.advance(300);
  assertEquals([set.aborted.length, state.answer], [1, undefined]);
  await set.clock.advance(899);
  assertEquals(state.answer, undefined);
  await set.clock.advance(1);
  assertStringIncludes(errorOf(state.answer!).message, "timeouts.whole");
});

test("limits of 0 wait for ever", async () => {
  const set = stage({}, { headers: false });
  const state = asking(set.door, false);
  await set.clock.advance(100_000_000);
  assertEquals(state.answer, undefined);
  assert(set.door.running === 1);
});
