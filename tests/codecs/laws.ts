/** The three laws of every codec: round trip, fold, and the same events however the bytes are cut. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { CallerCodec, ProviderCodec } from "../../lib/chat/codec.ts";
import { fold } from "../../lib/chat/fold.ts";
import type { ChatRequest } from "../../lib/chat/request.ts";
import type { ChatResponse } from "../../lib/chat/response.ts";
import { unfold } from "../../lib/chat/unfold.ts";
import { runStep } from "../../lib/stream/step.ts";
import { bytesOf, cutBytes, DEFAULTS } from "./openai_chat/helpers.ts";

/** What the laws are tried on: requests and answers as the protocol can say them. */
export interface Spoken {
  requests: fc.Arbitrary<ChatRequest>;
  responses: fc.Arbitrary<ChatResponse>;
}

const RUNS = { numRuns: 2500 };

/** Registers a test for each law, ten thousand cases in all. */
export function testLaws(
  codec: ProviderCodec & CallerCodec,
  { requests, responses }: Spoken,
): void {
  const toBytes = codec.bytesOf ?? bytesOf;
  const streamOf = (response: ChatResponse, crlf = false) => {
    const text = runStep(codec.streamEncoder({ usage: true }), unfold(response)).join("");
    return toBytes(crlf ? text.replaceAll("\n", "\r\n") : text);
  };
  const decode = (pieces: Uint8Array[]) => runStep(codec.streamDecoder(DEFAULTS), pieces);

  test("a request that is encoded and decoded is the same request, and loses nothing", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { model, stream } = request;
        const { path, body, warnings } = codec.encodeRequest(request, { model, stream });
        assertEquals(warnings, []);
        assertEquals(codec.decodeRequest(JSON.parse(body), path), request);
      }),
      RUNS,
    );
  });

  test("an answer that is encoded and decoded is the same answer", () => {
    fc.assert(
      fc.property(responses, (response) => {
        assertEquals(codec.decodeResponse(codec.encodeResponse(response), DEFAULTS), response);
      }),
      RUNS,
    );
  });

  test("folding the decoded stream of an answer gives the answer", () => {
    fc.assert(
      fc.property(responses, (response) => {
        assertEquals(fold(decode([streamOf(response)])), response);
      }),
      RUNS,
    );
  });

  test("any way of cutting the bytes gives the same events", () => {
    const cuts = fc.array(fc.nat(4000), { maxLength: 20 });
    const crlf = codec.bytesOf === undefined ? fc.boolean() : fc.constant(false);
    fc.assert(
      fc.property(responses, cuts, crlf, (response, places, windows) => {
        const bytes = streamOf(response, windows);
        assertEquals(decode(cutBytes(bytes, places)), decode([bytes]));
      }),
      RUNS,
    );
  });
}
