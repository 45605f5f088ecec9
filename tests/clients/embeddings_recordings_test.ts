/** Every recorded exchange for vectors, played to the gateway and asked for through `/v1/embeddings`. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import OpenAI from "openai";
import { textBody } from "../../lib/fetch_like.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { needs, type Recorded, recordedAs } from "../codecs/recorded.ts";

// deno-lint-ignore no-explicit-any -- what a test looks into is its own business
type Json = Record<string, any>;

const SLUGS: Record<string, string> = {
  azure: "azure-openai",
  cohere: "cohere",
  gemini: "google-ai-studio",
  mistral: "mistral",
  ollama: "ollama",
  openai: "openai",
  openrouter: "openrouter",
  perplexity: "perplexity-ai",
  vertex: "google-vertex-ai",
  voyage: "custom-voyage",
};

const recordings = recordedAs(
  /(?:\.(?:v[12]\.)?embed(?:dings|Content)?|batchEmbedContents|predict)--/,
);
const good = recordings.filter(({ response }) => response.status === 200);

/** The vectors of a recording as its provider wrote them: numbers, or bytes in base64. */
function vectorsOf({ response }: Recorded): (number[] | string)[] {
  const body = response.body as Json;
  const { data, embedding, embeddings, predictions } = body;
  if (data !== undefined) return data.map((row: Json) => row.embedding);
  if (predictions !== undefined) return predictions.map((row: Json) => row.embeddings.values);
  if (Array.isArray(embedding)) return [embedding];
  if (embedding !== undefined) return [embedding.values];
  if (Array.isArray(embeddings)) {
    return embeddings.map((row: Json) => Array.isArray(row) ? row : row.values);
  }
  return embeddings.float;
}

function tokensOf({ response }: Recorded): number {
  const body = response.body as Json;
  const counted = (body.predictions ?? []).map((row: Json) =>
    row.embeddings.statistics.token_count
  );
  return body.usage?.prompt_tokens ?? body.usageMetadata?.promptTokenCount ??
    body.meta?.billed_units.input_tokens ?? body.prompt_eval_count ??
    counted.reduce((sum: number, count: number) => sum + count, 0);
}

/** What a recording asked for, as a caller of OpenAI's would have. */
function inputOf({ request, response }: Recorded): string | string[] | number[] {
  const body: Json = request.body ?? {};
  const contents: Json[] = body.requests?.map((each: Json) => each.content) ?? [body.content];
  const said = body.input ?? body.texts ?? body.prompt ??
    body.instances?.map((each: Json) => each.content) ??
    contents.map((each) => each?.parts[0].text);
  const list = [said].flat();
  if (list.every((each) => typeof each === "string") && list.length > 0) return said;
  if (typeof list[0] === "number") return list;
  return response.status === 200
    ? vectorsOf({ request, response } as Recorded).map(() => "x")
    : "x";
}

const dimensionsOf = ({ request: { body } }: Recorded): number | undefined => {
  const said: Json = body ?? {};
  return said.dimensions ?? said.output_dimension ?? said.parameters?.outputDimensionality ??
    said.requests?.[0].outputDimensionality;
};

/** A gateway whose providers all answer with this recording. */
function playing({ response }: Recorded, slug: string) {
  const settings = {
    apiKey: "key-of-the-test",
    ...(slug === "azure-openai" && { resource: "acme" }),
    ...(slug === "google-vertex-ai" && { project: "acme-project" }),
    ...(slug.startsWith("custom-") && { baseUrl: "https://custom.test/v1" }),
  };
  const sent: Json[] = [];
  const gateway = createGateway({
    providers: { [slug]: settings },
    fetch: (_url, init) => {
      sent.push(JSON.parse(textBody(init)));
      const headers = { "content-type": "application/json" };
      return Promise.resolve(
        new Response(JSON.stringify(response.body), { status: response.status, headers }),
      );
    },
  } as GatewayOptions);
  const client = new OpenAI({ fetch: gateway.fetch, apiKey: "dragoman", maxRetries: 0 });
  return { gateway, client, sent };
}

const slugOf = ({ api }: Recorded) => SLUGS[api.split(".")[0]!]!;
const modelOf = (recording: Recorded) => `${slugOf(recording)}/${recording.model || "model-1"}`;

/** What a caller may expect: numbers as they stand, base64 read as float32, Perplexity's bytes as numbers. */
function numbersOf(vector: number[] | string, slug: string): number[] {
  if (typeof vector !== "string") return vector;
  const bytes = Uint8Array.from(atob(vector), (letter) => letter.charCodeAt(0));
  if (slug === "perplexity-ai") return [...new Int8Array(bytes)];
  return [...new Float32Array(bytes.buffer)];
}

test("recorded vectors come through as numbers, equal to the last digit", async (t) => {
  if (!needs(t, good)) return;
  for (const recording of good) {
    const slug = slugOf(recording);
    const { gateway } = playing(recording, slug);
    const answer = await gateway.fetch("http://gateway/v1/embeddings", {
      method: "POST",
      body: JSON.stringify({
        model: modelOf(recording),
        input: inputOf(recording),
        dimensions: dimensionsOf(recording),
        encoding_format: "float",
      }),
    });
    const body = await answer.json();
    assertEquals(answer.status, 200, `${recording.id}: ${JSON.stringify(body).slice(0, 300)}`);
    const expected = vectorsOf(recording).map((vector) => numbersOf(vector, slug));
    assertEquals(body.data.map((row: Json) => row.embedding), expected, recording.id);
    assertEquals(body.data.map((row: Json) => row.index), expected.map((_, at) => at));
    const tokens = tokensOf(recording);
    assertEquals(
      [body.usage.prompt_tokens, body.usage.total_tokens],
      [tokens, tokens],
      recording.id,
    );
    assertEquals([body.object, body.data[0].object], ["list", "embedding"]);
  }
});

test("recorded vectors come through the openai package, which asks for base64, equal to float32", async (t) => {
  if (!needs(t, good)) return;
  for (const recording of good) {
    const slug = slugOf(recording);
    const { client, sent } = playing(recording, slug);
    const answer = await client.embeddings.create({
      model: modelOf(recording),
      input: inputOf(recording),
      dimensions: dimensionsOf(recording),
    });
    const expected = vectorsOf(recording).map((
      vector,
    ) => [...new Float32Array(numbersOf(vector, slug))]);
    const got = answer.data.map(({ embedding }) => [...new Float32Array(embedding)]);
    assertEquals(got, expected, recording.id);
    assertEquals(answer.usage.prompt_tokens, tokensOf(recording), recording.id);
    assertEquals(sent.length, 1, recording.id);
  }
});

test("recorded refusals keep their status and words", async (t) => {
  const errors = recordings.filter(({ response }) => response.status >= 400);
  if (!needs(t, errors)) return;
  for (const recording of errors) {
    const { gateway } = playing(recording, slugOf(recording));
    const answer = await gateway.fetch("http://gateway/v1/embeddings", {
      method: "POST",
      body: JSON.stringify({ model: modelOf(recording), input: "x" }),
    });
    const { error } = await answer.json();
    assertEquals(answer.status, recording.response.status, recording.id);
    assert(
      JSON.stringify(recording.response.body).includes(error.message.slice(0, 40)),
      recording.id,
    );
    assertEquals(answer.headers.get("dragoman-error-source"), "provider", recording.id);
  }
});

test("what is sent is what the recordings sent", async (t) => {
  const alike = good.filter(({ api, request }) =>
    ["cohere.v2.embed", "mistral.embeddings", "openrouter.embeddings", "vertex.predict"]
      .includes(api) && request.body
  );
  if (!needs(t, alike)) return;
  for (const recording of alike) {
    const { gateway, sent } = playing(recording, slugOf(recording));
    await gateway.fetch("http://gateway/v1/embeddings", {
      method: "POST",
      body: JSON.stringify({
        model: modelOf(recording),
        input: inputOf(recording),
        dimensions: dimensionsOf(recording),
      }),
    });
    const [body] = sent;
    // One that leaves the type of vectors to Cohere means numbers.
    const asked = { embedding_types: ["float"], ...recording.request.body };
    assertEquals({ embedding_types: ["float"], ...body }, asked, recording.id);
  }
});
