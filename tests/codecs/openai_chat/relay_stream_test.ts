import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { bytesOf, chunk, DEFAULTS, payloadsOf, relayText, sse } from "./helpers.ts";

const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const COUNTS = { ...chunk({}), choices: [], usage: USAGE };

function relayOf(faithful: boolean, usage = true) {
  return openaiChat({ faithful }).relay!.relayStream({ usage }, DEFAULTS);
}

/** A stream as OpenAI sends it when it was asked for usage. */
const GOOD = sse(
  chunk({ role: "assistant", content: "", refusal: null }, null, { usage: null }),
  chunk({ content: "Hel" }, null, { usage: null }),
  chunk({ content: "lo" }, null, { usage: null }),
  chunk({}, "stop", { usage: null }),
  COUNTS,
  "[DONE]",
);

test("a faithful stream passes as the very same bytes", () => {
  const relay = relayOf(true);
  for (const event of GOOD.split(/(?<=\n\n)/)) {
    const bytes = bytesOf(event);
    assert(relay.push(bytes) === bytes);
  }
  assertEquals(relay.end(), undefined);
  const { content, finished, usage, model } = relay.progress;
  assertEquals([content, finished, model], [true, true, "gpt-5-mini"]);
  assertEquals(usage, { inputTokens: 5, outputTokens: 2, totalTokens: 7 });
});

test("one read with a whole faithful stream is the same bytes too", () => {
  const bytes = bytesOf(GOOD);
  assert(relayOf(true).push(bytes) === bytes);
});

for (const faithful of [true, false]) {
  const who = faithful ? "faithful" : "repairing";

  test(`a ${who} relay takes out every trace of usage nobody asked for`, () => {
    const relay = relayOf(faithful, false);
    const text = relayText(relay, bytesOf(GOOD));
    assertEquals(text.includes('"usage"'), false);
    assertEquals(payloadsOf(text).length, 4);
    assert(text.endsWith("data: [DONE]\n\n"));
    assertEquals(relay.progress.usage?.totalTokens, 7);
  });

  test(`a ${who} relay keeps a fault and writes nothing after it`, () => {
    const relay = relayOf(faithful);
    const error = { error: { message: "overloaded", type: "server_error", code: 503 } };
    const text = relayText(
      relay,
      bytesOf(sse(chunk({ content: "a" }), error, chunk({ content: "b" }), "[DONE]")),
    );
    assertEquals(payloadsOf(text).length, 1);
    assertEquals(text.includes("[DONE]"), false);
    const { fault, finished } = relay.progress;
    assertEquals([fault?.message, fault?.status, fault?.retryable, finished], [
      "overloaded",
      503,
      true,
      false,
    ]);
  });

  test(`a ${who} relay knows an error by its event's name as well`, () => {
    const relay = relayOf(faithful);
    relay.push(bytesOf('event: error\ndata: {"message":"no"}\n\n'));
    assertEquals(relay.progress.fault?.message, "no");
  });

  test(`a ${who} relay takes words about errors for words`, () => {
    const relay = relayOf(faithful);
    const words = [
      '"error"',
      "[DONE]",
      ',"usage":null',
      "error",
      'event: error\n\ndata: {"error":{}}',
    ];
    const text = relayText(
      relay,
      bytesOf(sse(...words.map((content) => chunk({ content })), chunk({}, "stop"), "[DONE]")),
    );
    assertEquals(payloadsOf(text).length, words.length + 1);
    assertEquals([relay.progress.fault, relay.progress.finished], [undefined, true]);
  });

  test(`a ${who} relay completes a finished answer without [DONE], not one that was cut off`, () => {
    const finished = relayOf(faithful);
    const text = relayText(finished, bytesOf(sse(chunk({ content: "a" }), chunk({}, "stop"))));
    assert(text.endsWith("data: [DONE]\n\n"));
    const cut = relayOf(faithful);
    const rest = relayText(cut, bytesOf(sse(chunk({ content: "a" })) + 'data: {"id":"chatc'));
    assertEquals([rest.includes("[DONE]"), cut.progress.finished, cut.progress.content], [
      false,
      false,
      true,
    ]);
  });

  test(`a ${who} relay writes [DONE] once and nothing after it`, () => {
    const text = relayText(
      relayOf(faithful),
      bytesOf(GOOD + sse("[DONE]", chunk({ content: "late" }), "[DONE]")),
    );
    assertEquals(text.split("[DONE]").length, 2);
    assertEquals(text.includes("late"), false);
  });

  test(`a ${who} relay calls an end without any choice no answer`, () => {
    const relay = relayOf(faithful);
    assertEquals(relayText(relay, bytesOf("data: [DONE]\n\n")), "");
    assertEquals([relay.progress.content, relay.progress.finished], [false, false]);
  });

  test(`a ${who} relay sees no content in roles and empty deltas`, () => {
    const relay = relayOf(faithful);
    relay.push(
      bytesOf(
        sse(chunk({ role: "assistant", content: "", refusal: null }), chunk({ content: null })),
      ),
    );
    assertEquals(relay.progress.content, false);
    relay.push(bytesOf(sse(chunk({ content: "a" }))));
    assertEquals(relay.progress.content, true);
  });

  test(`a ${who} relay reads CRLF and a byte order mark`, () => {
    const relay = relayOf(faithful);
    const text = relayText(relay, bytesOf("\ufeff" + GOOD.replaceAll("\n", "\r\n")));
    assertEquals(payloadsOf(text.replace("\ufeff", "").replaceAll("\r\n", "\n")).length, 5);
    assertEquals(relay.progress.finished, true);
  });

  test(`a ${who} relay tells JSON and pages that are no stream`, () => {
    const json = relayOf(faithful);
    assertEquals(relayText(json, bytesOf('{"error":"Incorrect API key"}')), "");
    assertEquals(json.progress.fault?.message, "Incorrect API key");
    const page = relayOf(faithful);
    assertEquals(relayText(page, bytesOf("<html><body>Bad gateway</body></html>")), "");
    assertEquals(page.progress.fault?.status, 502);
  });
}

test("data that is no JSON is a fault", () => {
  const relay = relayOf(false);
  relay.push(bytesOf("data: {broken\n\n"));
  assertEquals(relay.progress.fault?.status, 502);
});
