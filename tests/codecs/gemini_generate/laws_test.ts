import { addressedMedia } from "../../../lib/chat/addressed_media.ts";
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../../lib/chat/fold.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { isGatewayError } from "../../../lib/errors.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { requests as openaiRequests } from "../openai_chat/arbitraries.ts";
import { cutBytes } from "../openai_chat/helpers.ts";
import { answers, piecesOf, requests } from "./arbitraries.ts";
import { bytesOf, codec, decode, DEFAULTS, eventsOf, type Json, jsonList, sse } from "./helpers.ts";
import { NO_SPECS, requestSchema } from "../../support/specs/mod.ts";
import { googleAiStudio } from "../../../lib/providers/google_ai_studio.ts";
import { googleVertexAi } from "../../../lib/providers/google_vertex_ai.ts";

const RUNS = { numRuns: 1250 };
const cuts = fc.array(fc.nat(4000), { maxLength: 20 });
const at = fc.nat(5);

test("a request that is decoded and encoded is the same request", () => {
  fc.assert(
    fc.property(requests, fc.boolean(), (wire, stream) => {
      const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
      const path = `/models/gemini-3-pro:${method}`;
      const request = codec.decodeRequest(wire, path);
      const encoded = codec.encodeRequest(request, request);
      assertEquals(JSON.parse(encoded.body), wire);
      assertEquals([encoded.path, encoded.warnings], [path, []]);
      assertEquals(codec.decodeRequest(JSON.parse(encoded.body), encoded.path), request);
    }),
    RUNS,
  );
});

test("an answer that is decoded and encoded is the same answer", () => {
  fc.assert(
    fc.property(answers, (wire) => {
      const answer = decode(wire);
      const encoded: unknown = JSON.parse(codec.encodeResponse(answer));
      assertEquals(encoded, wire);
      assertEquals(decode(encoded), answer);
    }),
    RUNS,
  );
});

test("folding the stream of an answer gives the answer, however Google cuts it into events", () => {
  fc.assert(
    fc.property(answers, at, (wire, cut) => {
      assertEquals(fold(eventsOf(sse(piecesOf(wire, cut)))), decode(wire));
    }),
    RUNS,
  );
});

test("folding the decoded stream of an encoded answer gives the answer", () => {
  fc.assert(
    fc.property(answers, (wire) => {
      const answer = decode(wire);
      const stream = runStep(codec.streamEncoder({ usage: true }), unfold(answer)).join("");
      assertEquals(fold(eventsOf(stream)), answer);
    }),
    RUNS,
  );
});

test("any way of cutting the bytes gives the same events, from events and from a list", () => {
  fc.assert(
    fc.property(answers, at, cuts, fc.constantFrom("\n", "\r\n"), (wire, cut, places, newline) => {
      const pieces = piecesOf(wire, cut);
      const whole = eventsOf(sse(pieces, newline));
      for (const text of [sse(pieces, newline), jsonList(pieces)]) {
        const events = runStep(codec.streamDecoder(DEFAULTS), cutBytes(bytesOf(text), places));
        assertEquals(events, whole);
      }
    }),
    RUNS,
  );
});

test("one byte at a time gives the same events", () => {
  fc.assert(
    fc.property(answers, at, (wire, cut) => {
      const pieces = piecesOf(wire, cut);
      for (const text of [sse(pieces), jsonList(pieces)]) {
        const bytes = [...bytesOf(text)].map((byte) => Uint8Array.of(byte));
        assertEquals(runStep(codec.streamDecoder(DEFAULTS), bytes), eventsOf(text));
      }
    }),
    { numRuns: 200 },
  );
});

test("a whole list of pieces is read as the answer it is", () => {
  fc.assert(
    fc.property(answers, at, (wire, cut) => {
      assertEquals(decode(piecesOf(wire, cut)), decode(wire));
    }),
    RUNS,
  );
});

test("no JSON at all crashes a decoder", () => {
  const names = [
    "candidates",
    "content",
    "parts",
    "functionCall",
    "error",
    "usageMetadata",
    "text",
  ];
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 7 },
      fc.constantFrom(null, 1, "x", "", true),
      fc.array(tie("tree"), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom(...names), tie("tree"), { maxKeys: 4 }),
    ),
  }));
  const onlyOurs = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      assert(isGatewayError(error), String(error));
    }
  };
  fc.assert(
    fc.property(tree, tree, (first, second) => {
      eventsOf(sse([first, second]));
      onlyOurs(() => decode(first));
      onlyOurs(() => {
        const request = codec.decodeRequest({ contents: first, tools: second } as Json);
        codec.encodeRequest(request, request);
      });
      codec.decodeError(500, JSON.stringify(first), new Headers());
    }),
    RUNS,
  );
});

for (
  const [{ slug, codec: target }, name] of [[googleAiStudio, "gemini"], [
    googleVertexAi,
    "aiplatform",
  ]] as const
) {
  test(`any request of OpenAI's becomes one that is valid against the document of ${slug}`, (t) => {
    const validate = requestSchema(name);
    if (validate === undefined) return t.skip(NO_SPECS);
    fc.assert(
      fc.property(
        openaiRequests,
        fc.constantFrom("gemini-3-pro", "gemini-2.5-flash", "gemini-1.5-pro", "gemma-3"),
        (request, model) => {
          const media = addressedMedia(request.messages);
          fc.pre(media.every((part) => target.fetchesMedia?.(part, model) !== false));
          const { body } = target.encodeRequest(request, { model, stream: request.stream });
          assertEquals(validate(JSON.parse(body)), undefined);
        },
      ),
      RUNS,
    );
  });
}
