/** Callers who leave: the provider is called off at once, and nothing goes on behind their back. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { FakeUpstream, type Scene, type Visit } from "../support/fake_upstream.ts";
import { runtime } from "../support/runtime.ts";
import { pause, until } from "../support/waiting.ts";
import { inProcess, throughDoor, type Way } from "../support/ways.ts";
import { assertNothingLeft, canaryKey, type Mode, MODES, providerAt } from "./cells.ts";

interface Leaving {
  name: string;
  /** What the provider does with each request. */
  play: (visit: Visit, mode: Mode) => void;
  stream: boolean;
  /** Requests that must have reached the provider before the caller leaves. */
  after: number;
  /** Milliseconds after which headers go out without content. */
  commit?: number;
  /** Whether the caller has begun to read by then. */
  reading?: boolean;
}

const begin = ({ tongue }: Mode) => ({ "content-type": tongue.streamType });

const CASES: readonly Leaving[] = [
  { name: "before headers", stream: false, play: () => {}, after: 1 },
  { name: "before headers", stream: true, play: () => {}, after: 1 },
  {
    name: "between headers and the body",
    stream: false,
    play: (visit, { tongue }) => {
      visit.begin(200, { "content-type": "application/json" });
      visit.chunk(tongue.whole.slice(0, 20));
    },
    after: 1,
  },
  {
    name: "between headers and content",
    stream: true,
    play: (visit, mode) => {
      visit.begin(200, begin(mode));
      visit.chunk(mode.tongue.head);
    },
    after: 1,
  },
  {
    name: "after early headers, before anybody answered",
    stream: true,
    play: () => {},
    after: 1,
    commit: 10,
    reading: true,
  },
  {
    name: "in the middle of a stream",
    stream: true,
    play: (visit, mode) => {
      visit.begin(200, begin(mode));
      visit.chunk(mode.tongue.head + mode.tongue.content);
    },
    after: 1,
    reading: true,
  },
  {
    name: "in the middle of a stream that flows",
    stream: true,
    play: async (visit, mode) => {
      visit.begin(200, begin(mode));
      visit.chunk(mode.tongue.head);
      while (!visit.gone) {
        visit.chunk(mode.tongue.content);
        await pause(5);
      }
    },
    after: 1,
    reading: true,
  },
  {
    name: "during a pause before a retry",
    stream: false,
    play: (visit) => visit.reply(503, {}, "no"),
    after: 1,
  },
  {
    name: "during a pause before a retry",
    stream: true,
    play: (visit) => visit.reply(503, {}, "no"),
    after: 1,
  },
];

for (const makeWay of [inProcess, throughDoor]) {
  for (const mode of [MODES[0]!, MODES[3]!]) {
    for (const leaving of CASES) {
      const form = leaving.stream ? "stream" : "whole";
      const name = `${makeWay().name}: a caller leaves ${leaving.name} (${form}, ${mode.name})`;
      test(name, () => play(makeWay(), mode, leaving));
    }
  }
}

async function play(way: Way, mode: Mode, leaving: Leaving): Promise<void> {
  const upstream = await FakeUpstream.start();
  const scene = upstream.scene((visit) => leaving.play(visit, mode));
  const door = await way.open({
    providers: providerAt(mode.slug, scene.url, canaryKey()),
    gateways: {
      default: {
        timeouts: { commit: leaving.commit ?? 10_000 },
        retry: { attempts: 5, delay: 200, backoff: "constant" },
        routes: { two: [`${mode.slug}/m-1`, `${mode.slug}/m-2`] },
      },
    },
  });
  try {
    await leave(way, scene, leaving);
    const before = performance.now();
    await assertNothingLeft(door, scene);
    assert(performance.now() - before < 1000);
    const { length } = scene.visits;
    // Longer than the pause between two tries: nobody is asked any more.
    await pause(leaving.name.includes("retry") ? 300 : 30);
    assertEquals(scene.visits.length, length);
    assertEquals(length, leaving.after);
  } finally {
    await way.close();
    await upstream.close();
  }
}

/** Asks, waits until it is time, and aborts. */
async function leave(way: Way, scene: Scene, { stream, after, reading }: Leaving): Promise<void> {
  const caller = new AbortController();
  const body = JSON.stringify({ model: "dynamic/two", stream, messages: [] });
  const asking = way.fetch("/v1/chat/completions", {
    method: "POST",
    body,
    signal: caller.signal,
  });
  asking.catch(() => {}); // it is meant to fail
  await until(() => scene.visits.length >= after, "the provider is asked");
  if (!reading) {
    await pause(30);
    caller.abort();
    // In process nobody but the signal tells; a late answer would be cancelled by whoever gets it.
    await asking.then((response) => response.body?.cancel(), () => {});
    return;
  }
  const reader = (await asking).body!.getReader();
  await reader.read();
  // A signal after the headers means nothing in process; a network client's abort closes the connection.
  await reader.cancel().catch(() => {});
  if (runtime !== "deno") caller.abort();
}

test("a caller who has left before his request is handled costs nothing", async () => {
  const way = inProcess();
  const upstream = await FakeUpstream.start();
  const scene = upstream.scene(() => {});
  const door = await way.open({ providers: providerAt("openai", scene.url, canaryKey()) });
  const body = JSON.stringify({ model: "openai/m-1", messages: [] });
  const signal = AbortSignal.abort();
  const answer = await way.fetch("/v1/chat/completions", { method: "POST", body, signal });
  assertEquals(answer.status, 499);
  await assertNothingLeft(door, scene);
  await upstream.close();
  assertEquals(scene.visits.length, 0);
});
