/** The laws, and what is sent against Cohere's own document. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cohereChat } from "../../../lib/codecs/cohere_chat/mod.ts";
import { testLaws } from "../laws.ts";
import { requests as openaiRequests } from "../openai_chat/arbitraries.ts";
import { requests, responses } from "./arbitraries.ts";
import { NO_SPECS, requestSchema } from "../../support/specs/mod.ts";

const codec = cohereChat();
testLaws(codec, { requests, responses });

test("whatever is encoded is valid against Cohere's schema", (t) => {
  const validate = requestSchema("cohere");
  if (validate === undefined) return t.skip(NO_SPECS);
  assert(validate({ model: "m", messages: [{ role: "user", content: "", name: "n" }] }));
  for (const given of [requests, openaiRequests]) {
    fc.assert(
      fc.property(given, (request) => {
        const { model, stream } = request;
        const { body } = codec.encodeRequest(request, { model, stream });
        assertEquals(validate(JSON.parse(body)), undefined);
      }),
      { numRuns: 1000 },
    );
  }
});

test("whatever a caller of OpenAI's dialect asks, his request is left as it was", () => {
  fc.assert(
    fc.property(openaiRequests, (request) => {
      const before = structuredClone(request);
      codec.encodeRequest(request, { model: "command-a-03-2025", stream: false });
      assertEquals(request, before);
    }),
    { numRuns: 1000 },
  );
});
