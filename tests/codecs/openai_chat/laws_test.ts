import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../../lib/chat/fold.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { requests, responses } from "./arbitraries.ts";
import { testLaws } from "../laws.ts";
import { bytesOf, DEFAULTS, payloadsOf, relayText } from "./helpers.ts";
import { openaiSchemas } from "./openai_schema.ts";

const codec = openaiChat();
const RUNS = { numRuns: 400 };
const cuts = fc.array(fc.nat(4000), { maxLength: 20 });

function streamOf(response: Parameters<typeof unfold>[0]): string {
  return runStep(codec.streamEncoder({ usage: true }), unfold(response)).join("");
}

testLaws(codec, { requests, responses });

test("folding what was unfolded gives the answer, without any wire between", () => {
  fc.assert(
    fc.property(responses, (response) => assertEquals(fold(unfold(response)), response)),
    RUNS,
  );
});

for (const faithful of [true, false]) {
  for (const usage of [true, false]) {
    const who = faithful ? "a faithful" : "a repairing";
    const wish = usage ? "with" : "without";
    test(`any way of cutting the bytes gives the same text from ${who} relay ${wish} usage`, () => {
      const { relay } = openaiChat({ faithful });
      fc.assert(
        fc.property(responses, cuts, fc.boolean(), (response, places, nulls) => {
          const text = streamOf(response);
          const bytes = bytesOf(nulls ? text : text.replaceAll(',"usage":null', ""));
          const make = () => relay!.relayStream({ usage }, DEFAULTS);
          assertEquals(relayText(make(), bytes, places), relayText(make(), bytes));
        }),
        RUNS,
      );
    });
  }
}

test("a relay leaves a right stream alone when its usage is wanted", () => {
  const { relay } = openaiChat();
  fc.assert(
    fc.property(responses, cuts, (response, places) => {
      // Of several choices each finish waits for the end, so one alone keeps its order.
      const text = streamOf({ ...response, choices: response.choices.slice(0, 1) });
      assertEquals(
        relayText(relay!.relayStream({ usage: true }, DEFAULTS), bytesOf(text), places),
        text,
      );
    }),
    RUNS,
  );
});

test("a relay leaves a right answer alone", () => {
  const { relay } = openaiChat();
  fc.assert(
    fc.property(responses, (response) => {
      const text = codec.encodeResponse(response);
      assertEquals(relay!.relayResponse(text, DEFAULTS).text, text);
    }),
    RUNS,
  );
});

test("whatever is encoded is valid against OpenAI's schemas", (t) => {
  const schemas = openaiSchemas();
  if (schemas === undefined) return t.skip("skipped: no OpenAI schema");
  fc.assert(
    fc.property(responses, (response) => {
      assertEquals(schemas.whole(JSON.parse(codec.encodeResponse(response))), undefined);
      for (const chunk of payloadsOf(streamOf(response))) {
        // OpenAI streams calls of custom tools, but its document knows only functions in streams.
        if (JSON.stringify(chunk).includes('"custom":{')) continue;
        assertEquals(schemas.chunk(chunk), undefined);
      }
    }),
    { numRuns: 200 },
  );
});
