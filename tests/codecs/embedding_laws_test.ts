import fc from "fast-check";
import { cohereEmbed } from "../../lib/codecs/cohere_embed/mod.ts";
import { geminiEmbed, TASK_TYPES } from "../../lib/codecs/gemini_embed/mod.ts";
import { hfFeatureExtraction } from "../../lib/codecs/hf_feature_extraction/mod.ts";
import { novaEmbed } from "../../lib/codecs/nova_embed/mod.ts";
import { ollamaEmbed } from "../../lib/codecs/ollama_embed/mod.ts";
import { openaiEmbeddings } from "../../lib/codecs/openai_embeddings/mod.ts";
import { titanEmbed } from "../../lib/codecs/titan_embed/mod.ts";
import { vertexPredict } from "../../lib/codecs/vertex_predict/mod.ts";
import { workersAiEmbed } from "../../lib/codecs/workers_ai_run/mod.ts";
import type { Purpose } from "../../lib/embeddings/purpose.ts";
import { opt, testEmbeddingLaws, text, tokens } from "./embedding_laws.ts";

const INVOKE = {
  pathOf: (model: string) => `/model/${encodeURIComponent(model)}/invoke`,
  modelOf: (path = "") => decodeURIComponent(path.split("/")[2] ?? ""),
  tokensHeader: "x-tokens",
};
const GOOGLES = Object.keys(TASK_TYPES) as Purpose[];
const title = fc.record({ title: fc.string({ minLength: 1 }) });

testEmbeddingLaws(openaiEmbeddings({ encoding: "asked", tokens: true }), {
  inputs: 2048,
  dimensions: true,
  counts: "always",
  more: fc.record({
    encoding: opt(fc.constantFrom("float" as const, "base64" as const)),
    user: opt(text),
    spoken: fc.oneof(
      fc.record({ inputs: fc.tuple(text), alone: fc.constant(true) }),
      fc.record({ inputs: fc.tuple(tokens), alone: fc.constant(true) }),
      fc.record({ inputs: fc.array(text, { minLength: 1, maxLength: 5 }) }),
      fc.record({ inputs: fc.array(tokens, { minLength: 1, maxLength: 5 }) }),
    ),
  }).map(({ spoken, ...more }) => ({ ...more, ...spoken })),
  namesModel: true,
  extras: fc.record({ prompt_template: fc.string({ minLength: 1 }) }),
});
testEmbeddingLaws(cohereEmbed(), {
  inputs: 96,
  dimensions: true,
  purposes: ["query", "document", "classification", "clustering"],
  purposeNeeded: true,
  counts: true,
  extras: fc.record({ truncate: fc.constantFrom("NONE", "END") }),
});
testEmbeddingLaws(geminiEmbed({ modelPrefix: "models/", batches: true }), {
  inputs: 100,
  dimensions: true,
  purposes: GOOGLES,
  counts: true,
  extras: title,
});
testEmbeddingLaws(
  geminiEmbed({ modelPrefix: "models/", batches: false, settings: "embedContentConfig" }),
  { inputs: 1, dimensions: true, purposes: GOOGLES, counts: true, extras: title },
);
testEmbeddingLaws(vertexPredict({ taskTypes: TASK_TYPES, inputs: () => 250 }), {
  inputs: 250,
  dimensions: true,
  purposes: GOOGLES,
  counts: true,
  extras: fc.record({ autoTruncate: fc.boolean(), title: fc.string({ minLength: 1 }) }),
});
testEmbeddingLaws(titanEmbed(INVOKE), {
  models: ["amazon.titan-embed-text-v2:0", "amazon.titan-embed-image-v1"],
  inputs: 1,
  dimensions: true,
  counts: true,
  extras: fc.record({ normalize: fc.boolean() }),
});
testEmbeddingLaws(novaEmbed(INVOKE), {
  inputs: 1,
  dimensions: true,
  purposes: ["query", "document", "classification", "clustering"],
  purposeNeeded: true,
  extras: fc.record({ truncationMode: fc.constantFrom("NONE", "START") }),
});
testEmbeddingLaws(workersAiEmbed(), {
  inputs: 100,
  counts: true,
  extras: fc.record({ pooling: fc.constantFrom("cls", "mean") }),
});
testEmbeddingLaws(hfFeatureExtraction(), {
  inputs: 32,
  extras: fc.record({ normalize: fc.boolean() }),
});
testEmbeddingLaws(ollamaEmbed(), {
  inputs: 2048,
  dimensions: true,
  counts: true,
  namesModel: true,
  extras: fc.record({ truncate: fc.boolean() }),
});
