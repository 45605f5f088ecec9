/** A model that thinks for long: headers go out without content, and everything still ends well, or as an error event. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { FakeUpstream, type Scene } from "../support/fake_upstream.ts";
import { SAID } from "../support/tongues.ts";
import { pause } from "../support/waiting.ts";
import { inProcess, throughDoor, type Way } from "../support/ways.ts";
import {
  ask,
  assertNothingLeft,
  assertSecret,
  canaryKey,
  MODES,
  providerAt,
  wellBehaved,
} from "./cells.ts";
import { playWell } from "./faults.ts";

const EARLY = { commit: 20, keepAlive: 25, firstToken: 120, firstByte: 120, idle: 2000 };
const [raw, edited, , translated] = MODES;

async function withProvider(way: Way, run: (upstream: FakeUpstream) => Promise<void>) {
  const upstream = await FakeUpstream.start();
  try {
    await run(upstream);
  } finally {
    await way.close();
    await upstream.close();
  }
}

function gatewayOf(first: Scene, second: Scene, keys: readonly [string, string]) {
  return {
    providers: {
      ...providerAt(raw!.slug, first.url, keys[0]),
      ...providerAt(translated!.slug, second.url, keys[1]),
    },
    gateways: {
      default: {
        routes: { both: [`${raw!.slug}/m-1`, `${translated!.slug}/m-1`] },
        timeouts: EARLY,
      },
    },
  };
}

const comments = (text: string) => text.split("\n\n").filter((block) => block.startsWith(":"));

for (const makeWay of [inProcess, throughDoor]) {
  const { name } = makeWay();

  test(`${name}: a silent provider is kept company by comments, then the next one answers and is named`, async () => {
    const way = makeWay();
    await withProvider(way, async (upstream) => {
      const keys = [canaryKey(), canaryKey()] as const;
      const silent = upstream.scene(() => {});
      const help = wellBehaved(upstream, translated!, true);
      const door = await way.open(gatewayOf(silent, help, keys));
      const answer = await ask(way, "dynamic/both", true);
      assertEquals(answer.status, 200);
      const said = comments(answer.text);
      assert(said.filter((comment) => comment === ": keep-alive").length >= 2, answer.text);
      assertStringIncludes(said.join(), ": served by toy/m-1");
      assertStringIncludes(answer.text, SAID);
      assert(answer.text.endsWith("data: [DONE]\n\n"), answer.text);
      assertSecret(answer, ...keys);
      await assertNothingLeft(door, silent, help);
    });
  });

  test(`${name}: when nobody answers after the headers, the stream ends in one error event`, async () => {
    const way = makeWay();
    await withProvider(way, async (upstream) => {
      const keys = [canaryKey(), canaryKey()] as const;
      const silent = upstream.scene(() => {});
      const refusing = upstream.scene(() => {});
      const door = await way.open(gatewayOf(silent, refusing, keys));
      const answer = await ask(way, "dynamic/both", true);
      assertEquals(answer.status, 200);
      const events = answer.text.split("\n\n").filter((block) => block.startsWith("data: "));
      assertEquals(events.length, 1, answer.text);
      const { error } = JSON.parse(events[0]!.slice(6)) as {
        error: { code: string; message: string };
      };
      assertEquals(error.code, "2110");
      assertStringIncludes(error.message, "toy/m-1: 504");
      assertFalse(answer.text.includes("[DONE]"));
      await assertNothingLeft(door, silent, refusing);
    });
  });

  test(`${name}: an error status after the headers becomes an error event without the key`, async () => {
    const way = makeWay();
    await withProvider(way, async (upstream) => {
      const key = canaryKey();
      const refusing = upstream.scene(async (visit) => {
        await pause(60);
        visit.reply(401, { "content-type": "application/json" }, edited!.tongue.error(key));
      });
      const door = await way.open({
        providers: providerAt(edited!.slug, refusing.url, key),
        gateways: { default: { timeouts: EARLY } },
      });
      const answer = await ask(way, `${edited!.slug}/m-1`, true);
      assertEquals(answer.status, 200);
      assertStringIncludes(answer.text, "[redacted]");
      assertSecret(answer, key);
      assertFalse(answer.text.includes("[DONE]"));
      await assertNothingLeft(door, refusing);
    });
  });

  test(`${name}: comments fill the silence inside a stream too`, async () => {
    const way = makeWay();
    await withProvider(way, async (upstream) => {
      const slow = upstream.scene(async (visit) => {
        const { tongue } = raw!;
        visit.begin(200, { "content-type": tongue.streamType });
        visit.chunk(tongue.head + tongue.content);
        await pause(120);
        visit.chunk(tongue.rest);
        visit.finish();
      });
      const door = await way.open({
        providers: providerAt(raw!.slug, slow.url, canaryKey()),
        gateways: { default: { timeouts: EARLY } },
      });
      const { text } = await ask(way, `${raw!.slug}/m-1`, true);
      const silence = text.slice(text.indexOf(SAID), text.indexOf('"stop"'));
      assert(comments(silence).length >= 2, text);
      assert(text.endsWith("data: [DONE]\n\n"), text);
      await assertNothingLeft(door, slow);
    });
  });
}

test("a provider that pings while it thinks is not cut off by the limit on silence", async () => {
  const way = inProcess();
  await withProvider(way, async (upstream) => {
    const thinking = upstream.scene(async (visit) => {
      visit.begin(200, { "content-type": "text/event-stream" });
      for (let i = 0; i < 10; i++) {
        visit.chunk(": thinking\n\n");
        await pause(20);
      }
      const { head, content, rest } = raw!.tongue;
      visit.chunk(head + content + rest);
      visit.finish();
    });
    const door = await way.open({
      providers: providerAt(raw!.slug, thinking.url, canaryKey()),
      gateways: { default: { timeouts: { idle: 120 } } },
    });
    const answer = await ask(way, `${raw!.slug}/m-1`, true);
    assertEquals(answer.status, 200, answer.text);
    assertStringIncludes(answer.text, SAID);
    await assertNothingLeft(door, thinking);
  });
});

test("a provider that says nothing but comments is cut off by the limit on the first token", async () => {
  const way = inProcess();
  await withProvider(way, async (upstream) => {
    const thinking = upstream.scene(async (visit) => {
      visit.begin(200, { "content-type": "text/event-stream" });
      while (!visit.gone) {
        visit.chunk(": thinking\n\n");
        await pause(10);
      }
    });
    const door = await way.open({
      providers: providerAt(raw!.slug, thinking.url, canaryKey()),
      gateways: { default: { timeouts: { firstToken: 80 } } },
    });
    const answer = await ask(way, `${raw!.slug}/m-1`, true);
    assertEquals(answer.status, 504, answer.text);
    assertStringIncludes(answer.text, "timeouts.firstToken");
    await assertNothingLeft(door, thinking);
  });
});

test("headers that were sent early do not wait for a reader: playing well afterwards is enough", async () => {
  const way = inProcess();
  await withProvider(way, async (upstream) => {
    const slow = upstream.scene(async (visit) => {
      await pause(60);
      playWell({ visit, tongue: translated!.tongue, stream: true, key: "" });
    });
    const door = await way.open({
      providers: providerAt(translated!.slug, slow.url, canaryKey()),
      gateways: { default: { timeouts: EARLY } },
    });
    const body = JSON.stringify({ model: "toy/m-1", stream: true, messages: [] });
    const response = await way.fetch("/v1/chat/completions", { method: "POST", body });
    assertEquals(response.status, 200);
    await pause(150);
    assertStringIncludes(await response.text(), SAID);
    await assertNothingLeft(door, slow);
  });
});
