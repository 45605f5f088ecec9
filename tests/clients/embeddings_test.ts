/** The openai package against strict imitations of every provider that has embeddings. */
import { test } from "node:test";
import { assert, assertEquals, assertRejects } from "@std/assert";
import OpenAI from "openai";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import {
  EMBEDDING_ACCENTS,
  type EmbeddingAccent,
  playAccent,
  tokensOf,
} from "../support/embedding_accents.ts";

function scene(accent: EmbeddingAccent) {
  const { calls, fetch } = playAccent(accent);
  const gateway = createGateway({
    providers: { [accent.slug]: { apiKey: "key-1", ...accent.settings } },
    fetch,
  } as GatewayOptions);
  const client = new OpenAI({ fetch: gateway.fetch, apiKey: "dragoman", maxRetries: 0 });
  return { calls, client, model: `${accent.slug}/${accent.model}` };
}

const plain = (vector: Iterable<number>) => [...vector].map(Math.fround);

test("every provider that declares embeddings is imitated", () => {
  const declared = [...PROVIDERS.values()].filter(({ embeddings }) => embeddings !== undefined);
  const played = new Set(EMBEDDING_ACCENTS.map(({ slug }) => slug));
  assertEquals(declared.map(({ slug }) => slug).filter((slug) => !played.has(slug)), []);
});

for (const accent of EMBEDDING_ACCENTS) {
  const who = `${accent.slug}/${accent.model}`;
  const counted = (texts: string[]) => accent.counts ? tokensOf(texts) : 0;

  test(`${who}: the package's own base64 brings the very numbers`, async () => {
    const { client, model } = scene(accent);
    const answer = await client.embeddings.create({ model, input: "Flussmündung" });
    assertEquals(answer.data.map(({ embedding }) => plain(embedding)), [
      accent.vectorOf("Flussmündung"),
    ]);
    const tokens = counted(["Flussmündung"]);
    const { prompt_tokens, total_tokens } = answer.usage;
    assertEquals([prompt_tokens, total_tokens], [tokens, tokens]);
    assertEquals([answer.object, answer.data[0]?.object, answer.data[0]?.index], [
      "list",
      "embedding",
      0,
    ]);
  });

  test(`${who}: numbers come as numbers`, async () => {
    const { client, model } = scene(accent);
    const input = ["ebb", "flood"];
    const answer = await client.embeddings.create({ model, input, encoding_format: "float" });
    assertEquals(
      answer.data.map(({ embedding }) => embedding),
      input.map((text) => accent.vectorOf(text)),
    );
  });

  test(`${who}: a long list keeps its order, and is counted whole`, async () => {
    const { client, model, calls } = scene(accent);
    const input = Array.from({ length: Math.min(2 * accent.limit + 3, 2048) }, (_, at) => `t${at}`);
    const answer = await client.embeddings.create({ model, input });
    assertEquals(answer.data.map(({ index }) => index), input.map((_, at) => at));
    assertEquals(
      answer.data.map(({ embedding }) => plain(embedding)),
      input.map((text) => accent.vectorOf(text)),
    );
    assertEquals(answer.usage.prompt_tokens, counted(input));
    assertEquals(calls.length, Math.ceil(input.length / accent.limit));
  });

  test(`${who}: another length is given, or its absence told`, async () => {
    const { client, model } = scene(accent);
    const asked = { model, input: "ebb", dimensions: 2, user: "u-1" };
    const { data: answer, response } = await client.embeddings.create(asked).withResponse();
    assertEquals(answer.data[0]?.embedding.length, accent.dimensions ? 2 : 4);
    const warnings = response.headers.get("dragoman-warnings") ?? "";
    assertEquals(warnings.includes('dropped;param="dimensions"'), !accent.dimensions);
    assertEquals(warnings.includes('dropped;param="user"'), !accent.members.includes("user"));
    if (accent.dimensions) return;
    const strict = client.embeddings.create(asked, { headers: { "dragoman-strict": "true" } });
    const error = await assertRejects(() => strict, OpenAI.BadRequestError, "dimensions");
    assert(error instanceof OpenAI.BadRequestError);
  });

  if (accent.tokens) continue;
  test(`${who}: tokens are refused, by name`, async () => {
    const { client, model } = scene(accent);
    await assertRejects(
      () => client.embeddings.create({ model, input: [[1, 2], [3]] }),
      OpenAI.BadRequestError,
      `${accent.slug} takes no lists of tokens`,
    );
  });
}
