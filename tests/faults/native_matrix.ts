/**
 * The fault matrix on native paths: a caller gets what he would get straight from the provider, but for the key; only
 * where there is no answer at all does the gateway speak, and what breaks off there breaks off here.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { after, before, test } from "node:test";
import { closedAddress, FakeUpstream, type Scene } from "../support/fake_upstream.ts";
import { runtime } from "../support/runtime.ts";
import { openaiTongue } from "../support/tongues.ts";
import { within } from "../support/waiting.ts";
import type { Way } from "../support/ways.ts";
import {
  assertNothingLeft,
  canaryKey,
  ImpatientClock,
  misbehaving,
  MODES,
  timeoutsFor,
} from "./cells.ts";
import { type Fault, FAULTS, playWell } from "./faults.ts";

/** Faults without an answer, with the gateway's own number. */
const UNANSWERED: Readonly<Record<string, [status: number, code: number]>> = {
  "connection refused": [502, 2005],
  "reset before headers": [502, 2005],
  "hang before headers": [504, 2110],
};

/** Streams that stay open, so that only the deadline for silence ends them. */
const LEFT_OPEN = ["a first chunk, then an error event", "an error after content"];

/** More of an endless body proves nothing. */
const ENOUGH = 200_000;

interface Received {
  status: number;
  headers: Headers;
  text: string;
  broken: boolean;
}

async function receive(response: Response): Promise<Received> {
  const { status, headers, body } = response;
  const reader = body?.getReader();
  const utf8 = new TextDecoder();
  let text = "";
  let broken = false;
  try {
    while (text.length < ENOUGH) {
      const { value, done } = await reader?.read() ?? { done: true };
      if (done) break;
      text += utf8.decode(value, { stream: true });
    }
  } catch {
    broken = true;
  }
  await reader?.cancel().catch(() => {}); // it may have failed: that is noted
  return { status, headers, text: text.slice(0, ENOUGH), broken };
}

/** Bun's server has sent no headers when a body breaks at once. */
const CUT: Received = { status: 0, headers: new Headers(), text: "", broken: true };

const PATH = "/v1/chat/completions";

const askFor = (stream: boolean): RequestInit => ({
  method: "POST",
  headers: {
    "content-type": "application/json",
    accept: stream ? "text/event-stream" : "application/json",
  },
  body: JSON.stringify({ model: "m-1", stream }),
  redirect: "manual",
});

interface Cell {
  fault: Fault;
  stream: boolean;
}

const CELLS: readonly Cell[] = FAULTS.flatMap((fault) => [
  ...(fault.whole ? [{ fault, stream: false }] : []),
  ...(fault.stream ? [{ fault, stream: true }] : []),
]);

/** The tests of one way. */
export function playNativeMatrix(way: Way): void {
  let upstream: FakeUpstream;
  let closed: string;
  before(async () => {
    upstream = await FakeUpstream.start();
    closed = await closedAddress();
  });
  after(async () => {
    await way.close();
    await upstream.close();
  });

  const open = (scene: Scene, key: string, fault: Pick<Fault, "name">, attempts = 1) =>
    way.open({
      clock: new ImpatientClock(),
      providers: { openai: { apiKey: key, baseUrl: scene.url } },
      gateways: {
        default: {
          timeouts: timeoutsFor(fault, 120),
          retry: { attempts, delay: 1, backoff: "constant" },
        },
      },
    });
  const ask = async (stream: boolean) =>
    await within(
      way.fetch(`/v1/account/default/openai${PATH}`, askFor(stream)).then(receive, () => CUT),
      "the answer",
    );

  for (const { fault, stream } of CELLS) {
    const name = `${way.name}, passthrough: ${fault.name} (${stream ? "stream" : "whole"})`;
    test(name, async () => {
      const key = canaryKey();
      const scene = misbehaving(upstream, closed, MODES[0]!, fault, stream, key);
      const silent = fault.name.startsWith("hang") || LEFT_OPEN.includes(fault.name);
      const door = await open(scene, key, silent ? { name: "hang" } : fault);
      const got = await ask(stream);
      const shown = got.text + JSON.stringify([...got.headers]);
      assert(!shown.includes(key.slice(0, 14)), `the key shows: ${shown}`);
      await assertNothingLeft(door, scene);
      const unanswered = UNANSWERED[fault.name];
      if (unanswered !== undefined) {
        const { error: [error] } = JSON.parse(got.text);
        return assertEquals([got.status, error.code], unanswered);
      }
      assertStringIncludes([...scene.visits[0]!.headers.values()].join("\n"), key);
      if (silent) return assertEquals([got.status, got.broken], [200, true]);
      // A status that a `Response` can't have is the one thing that is told otherwise.
      if (fault.name === "a status that is none") return assertEquals(got.status, 502);
      const straight = await receive(await fetch(scene.url + PATH, askFor(stream)));
      assertEquals(got.broken, straight.broken);
      if (got !== CUT) assertEquals(got.status, straight.status);
      // How much of a broken body a client still sees is a matter of its own haste.
      if (!got.broken) assertEquals(got.text, straight.text.replaceAll(key, "[redacted]"));
    });
  }

  const mended = CELLS.filter(({ fault, stream }) =>
    fault.play && /^(429|5\d\d|reset before|an error body)/.test(fault.name) && !stream
  );
  for (const { fault, stream } of mended) {
    test(`${way.name}, passthrough: ${fault.name} is tried again, and then answers`, async () => {
      const key = canaryKey();
      const tongue = openaiTongue;
      let plays = 0;
      // Deno's `fetch` sends again by itself when a connection breaks without an answer.
      const faults = runtime === "deno" && fault.name === "reset before headers" ? 2 : 1;
      const scene = upstream.scene((visit) =>
        (plays++ < faults ? fault.play! : playWell)({ visit, tongue, stream, key })
      );
      const door = await open(scene, key, fault, 2);
      const { status, text } = await ask(stream);
      assertEquals([status, text, plays], [200, tongue.whole, faults + 1]);
      await assertNothingLeft(door, scene);
    });
  }
}
