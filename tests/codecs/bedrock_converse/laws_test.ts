/** The laws, and what is sent and answered against Amazon's own model. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bedrockConverse } from "../../../lib/codecs/bedrock_converse/mod.ts";
import { isGatewayError } from "../../../lib/errors.ts";
import { awsBedrock } from "../../../lib/providers/aws_bedrock.ts";
import { testLaws } from "../laws.ts";
import { requests as openaiRequests } from "../openai_chat/arbitraries.ts";
import { NO_SPECS, shapeSchema } from "../../support/specs/mod.ts";
import { requests, responses } from "./arbitraries.ts";

const codec = bedrockConverse();
testLaws(codec, { requests, responses });

test("whatever is encoded is valid against Amazon's model, and no request is changed", (t) => {
  const validate = shapeSchema("ConverseRequest");
  if (validate === undefined) return t.skip(NO_SPECS);
  assert(validate({ messages: [], nope: 1 }));
  const models = ["anthropic.claude-sonnet-4-5-20250929-v1:0", "us.amazon.nova-2-lite-v1:0", "x"];
  for (const given of [requests, openaiRequests]) {
    fc.assert(
      fc.property(given, fc.constantFrom(...models), fc.boolean(), (request, model, stream) => {
        const before = structuredClone(request);
        const body = encoded(request, model, stream);
        if (body !== undefined) assertEquals(validate(JSON.parse(body)), undefined);
        assertEquals(request, before);
      }),
      { numRuns: 1000 },
    );
  }
});

/** Nothing where a request holds a picture by its address, which is refused. */
function encoded(
  request: Parameters<typeof codec.encodeRequest>[0],
  model: string,
  stream: boolean,
): string | undefined {
  try {
    return awsBedrock.codec.encodeRequest(request, { model, stream }).body;
  } catch (error) {
    assert(isGatewayError(error) && error.param === "messages.content");
    return undefined;
  }
}

test("whatever is answered is valid against Amazon's model", (t) => {
  const validate = shapeSchema("ConverseResponse");
  if (validate === undefined) return t.skip(NO_SPECS);
  fc.assert(
    fc.property(responses, (response) => {
      const { usage: _, ...rest } = JSON.parse(codec.encodeResponse(response));
      const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
      assertEquals(validate({ ...rest, usage }), undefined);
    }),
    { numRuns: 500 },
  );
});
