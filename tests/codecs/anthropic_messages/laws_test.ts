import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../../lib/chat/fold.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { anthropicMessages } from "../../../lib/codecs/anthropic_messages/mod.ts";
import { scanObject } from "../../../lib/json/scan_object.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { testLaws } from "../laws.ts";
import { bytesOf, DEFAULTS, relayText } from "../openai_chat/helpers.ts";
import { requests, responses } from "./arbitraries.ts";

const codec = anthropicMessages();
const RUNS = { numRuns: 1700 };
const cuts = fc.array(fc.nat(4000), { maxLength: 20 });
const wishes = { usage: true };

function streamOf(response: Parameters<typeof unfold>[0]): string {
  return runStep(codec.streamEncoder(wishes), unfold(response)).join("");
}

testLaws(codec, { requests, responses });

test("a stream that is decoded and encoded says the same", () => {
  fc.assert(
    fc.property(responses, (response) => {
      const decode = (text: string) => runStep(codec.streamDecoder(DEFAULTS), [bytesOf(text)]);
      const again = runStep(codec.streamEncoder(wishes), decode(streamOf(response))).join("");
      assertEquals(fold(decode(again)), response);
    }),
    RUNS,
  );
});

test("a relay gives the very text however it is cut, and counts what it passes", () => {
  fc.assert(
    fc.property(responses, cuts, (response, places) => {
      const text = streamOf(response);
      const relay = codec.relay!.relayStream(wishes, DEFAULTS);
      assertEquals(relayText(relay, bytesOf(text), places), text);
      assertEquals(relay.progress, {
        content: true,
        finished: true,
        ended: true,
        usage: response.usage,
        model: response.model,
      });
    }),
    RUNS,
  );
});

test("a relay leaves answers alone, and of requests all but the model", () => {
  fc.assert(
    fc.property(responses, requests, (response, request) => {
      const text = codec.encodeResponse(response);
      const { text: relayed, usage, model } = codec.relay!.relayResponse(text, DEFAULTS);
      assertEquals([relayed, usage(), model], [text, response.usage, response.model]);
      const { model: from, stream } = request;
      const { body } = codec.encodeRequest(request, { model: from, stream });
      const sent = codec.relay!.relayRequest(scanObject(body), { model: "claude-x", stream });
      assertEquals(JSON.parse(sent.body), { ...JSON.parse(body), model: "claude-x" });
    }),
    { numRuns: 500 },
  );
});
