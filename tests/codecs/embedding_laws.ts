/** The laws of every codec of embeddings: round trips, exact vectors, and pieces that make the whole. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { batchesOf, joinBatches } from "../../lib/embeddings/batches.ts";
import type { EmbeddingCodec } from "../../lib/embeddings/codec.ts";
import type { Purpose } from "../../lib/embeddings/purpose.ts";
import type { EmbeddingRequest } from "../../lib/embeddings/request.ts";
import type { EmbeddingResponse } from "../../lib/embeddings/response.ts";
import { base64OfVector, numbersOfVector } from "../../lib/embeddings/vector.ts";
import { openaiEmbeddings } from "../../lib/codecs/openai_embeddings/mod.ts";

const RUNS = { numRuns: 2500 };

/** What a protocol can say. */
export interface SaidVectors {
  /** The models it is spoken with; default: any name. */
  models?: string[];
  /** Most inputs of a request. */
  inputs: number;
  dimensions?: boolean;
  purposes?: Purpose[];
  /** Every request of it has a purpose. */
  purposeNeeded?: boolean;
  /** Counts tokens in its answer's text: if it likes, or always. */
  counts?: boolean | "always";
  /** Names the model in its answers. */
  namesModel?: boolean;
  /** Of requests, by the protocol's own name. */
  extras?: fc.Arbitrary<Record<string, unknown>>;
  /** What else a request may be. */
  more?: fc.Arbitrary<Partial<EmbeddingRequest>>;
}

const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/);
export const text = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.string({ minLength: 1 }),
);

/** A number as any JSON may hold; minus zero is written as zero. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
export const float32 = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

export const tokens = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 5 });

const vector = fc.array(number, { minLength: 1, maxLength: 8 });

function clean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

export function opt<T>(arbitrary: fc.Arbitrary<T>, when = true): fc.Arbitrary<T | undefined> {
  return when ? fc.option(arbitrary, { nil: undefined }) : fc.constant(undefined);
}

export function requestsOf(protocol: string, said: SaidVectors): fc.Arbitrary<EmbeddingRequest> {
  const { models, inputs, dimensions, purposes = [], purposeNeeded = false, extras } = said;
  const purpose = purposes.length === 0 ? fc.constant(undefined) : fc.constantFrom(...purposes);
  return fc.record({
    model: models === undefined ? name : fc.constantFrom(...models),
    inputs: fc.array(text, { minLength: 1, maxLength: Math.min(inputs, 5) }),
    dimensions: opt(fc.integer({ min: 1, max: 4096 }), dimensions === true),
    purpose: purposeNeeded ? purpose : opt(purpose),
    own: opt(extras ?? fc.constant({}), extras !== undefined),
    more: said.more ?? fc.constant({}),
  }).map(({ own, more, ...each }) =>
    clean({
      ...each,
      ...more,
      extensions: own === undefined ? undefined : { [protocol]: { ...own } },
    }) as EmbeddingRequest
  );
}

export function responsesOf(said: SaidVectors, fallback: string): fc.Arbitrary<EmbeddingResponse> {
  return fc.record({
    model: said.namesModel === true ? name : fc.constant(fallback),
    vectors: fc.array(vector, { minLength: 1, maxLength: Math.min(said.inputs, 5) }),
    inputTokens: said.counts === "always"
      ? fc.nat(1_000_000)
      : opt(fc.nat(1_000_000), said.counts === true),
  }).map((response) => clean(response) as EmbeddingResponse);
}

const DEFAULTS = { model: "asked" };

/** Registers a test for each law, ten thousand cases in all. */
export function testEmbeddingLaws(codec: EmbeddingCodec, said: SaidVectors): void {
  const { protocol } = codec;
  const requests = requestsOf(protocol, said);
  const responses = responsesOf(said, DEFAULTS.model);
  const read = (text: string) => codec.decodeResponse(text, DEFAULTS)!;

  test(`${protocol}: a request that is encoded and decoded is the same request, and loses nothing`, () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { path, body, warnings } = codec.encodeRequest(request, { model: request.model });
        assertEquals(warnings.filter(({ kind }) => kind !== "renamed"), []);
        assertEquals(codec.decodeRequest(JSON.parse(body), path), request);
      }),
      RUNS,
    );
  });

  test(`${protocol}: an answer that is encoded and decoded is the same answer`, () => {
    fc.assert(
      fc.property(responses, (response) => {
        assertEquals(read(codec.encodeResponse(response)), response);
      }),
      RUNS,
    );
  });

  test(`${protocol}: answers to pieces of a list are, joined, the answer to the list`, () => {
    const many = fc.array(fc.tuple(text, vector), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(many, fc.nat(4), (rows, more) => {
        const size = Math.min(codec.limits("m").inputs, more + 1);
        const request = { model: "m", inputs: rows.map(([input]) => input) };
        const answers = batchesOf(request, size).map(({ inputs }, at) => {
          const vectors = rows.slice(at * size, at * size + inputs.length).map(([, each]) => each);
          assertEquals(inputs.length <= size, true);
          const counted = said.counts !== undefined ? { inputTokens: inputs.length } : {};
          return read(codec.encodeResponse({ model: DEFAULTS.model, vectors, ...counted }));
        });
        const whole = joinBatches(answers);
        assertEquals(whole.vectors, rows.map(([, each]) => each));
        assertEquals(whole.inputTokens, said.counts !== undefined ? rows.length : undefined);
      }),
      RUNS,
    );
  });

  const openai = openaiEmbeddings();
  test(`${protocol}: a caller gets the very same float32, as numbers and as base64`, () => {
    fc.assert(
      fc.property(fc.array(float32, { minLength: 1, maxLength: 8 }), (numbers) => {
        const answer = read(codec.encodeResponse({ model: "m", vectors: [numbers] }));
        for (const encoding of ["float", "base64"] as const) {
          const shown = JSON.parse(openai.encodeResponse(answer, encoding)).data[0].embedding;
          assertEquals(typeof shown, encoding === "base64" ? "string" : "object");
          assertEquals(numbersOfVector(shown), numbers);
          assertEquals(base64OfVector(shown), base64OfVector(numbers));
        }
      }),
      RUNS,
    );
  });
}
