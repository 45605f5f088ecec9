/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
import type { AnswerDefaults, EncodedRequest } from "../../chat/codec.ts";
import { extensionsOf } from "../../chat/extension.ts";
import { decodedSegments, pathSegments } from "../../chat/path_segment.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import { type OwnMembers, readPurpose, spokenMembers, textsOf } from "../../embeddings/members.ts";
import type { PurposeWords } from "../../embeddings/purpose.ts";
import type { EmbeddingRequest } from "../../embeddings/request.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { numbersOfVector, vectorsOf } from "../../embeddings/vector.ts";
import {
  countOf,
  isObject,
  type Json,
  objectOf,
  objectsOf,
  parseJson,
  present,
} from "../../json/fields.ts";
import { readNumber, refuse } from "../../json/read_members.ts";

const PROTOCOL = "vertex_predict";
const { extend } = extensionsOf(PROTOCOL);

/** What the place knows. */
export interface VertexPredictProfile {
  /** Google's words for purposes. */
  taskTypes: PurposeWords;
  /** Most inputs of one call to a model. */
  inputs: (model: string) => number;
}

/** Names that are a path already. */
const PATHS = /^(?:publishers|endpoints|models|tunedModels)\//;

/** `google/text-embedding-005`, and a bare name, which is Google's, as the path of a publisher's model. */
function resourceOf(model: string): string {
  if (PATHS.test(model)) return model;
  const slash = model.indexOf("/");
  const publisher = slash < 0 ? "google" : model.slice(0, slash);
  return `publishers/${publisher}/models/${model.slice(slash + 1)}`;
}

const WORDS: OwnMembers = {
  protocol: PROTOCOL,
  dimensions: "outputDimensionality",
  extras: ["autoTruncate", "title"],
};

/** Vertex AI's `:predict`, in both roles. */
export function vertexPredict(profile: VertexPredictProfile): EmbeddingCodec {
  return {
    protocol: PROTOCOL,
    limits: (model) => ({ inputs: profile.inputs(model), tokens: false }),
    encodeRequest: (request, { model }) => encodeRequest(profile, request, model),
    decodeRequest,
    decodeResponse,
    encodeResponse,
  };
}

function encodeRequest(
  { taskTypes: purposes }: VertexPredictProfile,
  request: EmbeddingRequest,
  model: string,
): EncodedRequest {
  const { settings, purpose, warnings } = spokenMembers(request, { ...WORDS, purposes });
  const { title, ...parameters } = settings;
  const ofEach = present({ task_type: purpose, title });
  const body = {
    instances: textsOf(request).map((content) => ({ content, ...ofEach })),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
  return {
    path: `/${pathSegments(resourceOf(model))}:predict`,
    body: JSON.stringify(body),
    warnings,
  };
}

/** Every instance must want the same, since a list of inputs has but one purpose. */
function decodeRequest(body: Json, path = ""): EmbeddingRequest {
  const named = decodedSegments(/\/models\/([^:/]+):predict(?:\?|$)/.exec(path)?.[1] ?? "");
  const instances = objectsOf(body.instances);
  const [first = refuse("instances", "a list of instances")] = instances;
  const { outputDimensionality: _, ...parameters } = objectOf(body.parameters);
  return {
    model: named || refuse("model", "in the path: models/<name>:predict"),
    inputs: instances.map(({ content }, at) =>
      typeof content === "string" ? content : refuse(`instances[${at}].content`, "a string")
    ),
    ...present({
      purpose: readPurpose(first.task_type, "task_type"),
      dimensions: readNumber(objectOf(body.parameters), "outputDimensionality"),
    }),
    ...extend({ ...parameters, ...present({ title: first.title }) }),
  };
}

function decodeResponse(
  text: string,
  { model }: Pick<AnswerDefaults, "model">,
): EmbeddingResponse | undefined {
  const answer = parseJson(text);
  if (!isObject(answer)) return undefined;
  const rows = objectsOf(answer.predictions).map(({ embeddings }) => objectOf(embeddings));
  const vectors = vectorsOf(rows.map(({ values }) => values));
  if (vectors === undefined) return undefined;
  const counts = rows.map(({ statistics }) => countOf(objectOf(statistics).token_count));
  const counted = counts.every((count) => count !== undefined);
  return {
    model,
    vectors,
    ...(counted && { inputTokens: counts.reduce((sum, count) => sum + count, 0) }),
  };
}

/** The count stands beside the vectors: here all of it beside the first. */
function encodeResponse({ vectors, inputTokens }: EmbeddingResponse): string {
  const predictions = vectors.map((vector, at) => ({
    embeddings: {
      values: numbersOfVector(vector),
      ...(inputTokens !== undefined && {
        statistics: { token_count: at === 0 ? inputTokens : 0, truncated: false },
      }),
    },
  }));
  return JSON.stringify({ predictions });
}
