import type { AnswerDefaults, EncodedRequest } from "../../chat/codec.ts";
import { extensionsOf } from "../../chat/extension.ts";
import { decodedSegments, pathSegments } from "../../chat/path_segment.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import {
  type OwnMembers,
  readPurpose,
  spokenMembers,
  textsOf,
  tokensOf,
} from "../../embeddings/members.ts";
import type { PurposeWords } from "../../embeddings/purpose.ts";
import type { EmbeddingRequest } from "../../embeddings/request.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { numbersOfVector, vectorsOf } from "../../embeddings/vector.ts";
import {
  isObject,
  type Json,
  objectOf,
  objectsOf,
  parseJson,
  present,
  restOf,
} from "../../json/fields.ts";
import { readNumber, refuse } from "../../json/read_members.ts";

const PROTOCOL = "gemini_embed";
const { extend } = extensionsOf(PROTOCOL);

/** Where the protocol is spoken. */
export interface GeminiEmbedProfile {
  /** Put before a model's name where it holds no slash: `models/`. */
  modelPrefix: string;
  /** Takes several inputs a call. */
  batches: boolean;
  /** The member that holds the settings, where they don't stand beside the content. */
  settings?: string;
}

/** https://ai.google.dev/gemini-api/docs/embeddings#task-types */
export const TASK_TYPES: PurposeWords = {
  query: "RETRIEVAL_QUERY",
  document: "RETRIEVAL_DOCUMENT",
  classification: "CLASSIFICATION",
  clustering: "CLUSTERING",
  similarity: "SEMANTIC_SIMILARITY",
  question: "QUESTION_ANSWERING",
  fact_check: "FACT_VERIFICATION",
  code_query: "CODE_RETRIEVAL_QUERY",
};

const WORDS: OwnMembers = {
  protocol: PROTOCOL,
  dimensions: "outputDimensionality",
  purposes: TASK_TYPES,
  extras: ["title", "autoTruncate"],
};
const MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "content",
  "outputDimensionality",
  "taskType",
]);

/** Google's `embedContent` and `batchEmbedContents`, in both roles. */
export function geminiEmbed(profile: GeminiEmbedProfile): EmbeddingCodec {
  // https://ai.google.dev/api/embeddings: at most 100 requests a batch.
  const limits = { inputs: profile.batches ? 100 : 1, tokens: false };
  return {
    protocol: PROTOCOL,
    limits: () => limits,
    encodeRequest: (request, { model }) => encodeRequest(profile, request, model),
    decodeRequest: (body, path) => decodeRequest(profile, body, path),
    decodeResponse,
    encodeResponse,
  };
}

function encodeRequest(
  profile: GeminiEmbedProfile,
  request: EmbeddingRequest,
  model: string,
): EncodedRequest {
  const { settings: members, purpose, warnings } = spokenMembers(request, WORDS);
  const said = { ...members, ...present({ taskType: purpose }) };
  const named = Object.keys(said).length > 0 && profile.settings !== undefined;
  const settings = named ? { [profile.settings!]: said } : said;
  const name = model.includes("/") ? model : profile.modelPrefix + model;
  const requests = textsOf(request).map((text) => ({
    content: { parts: [{ text }] },
    ...settings,
  }));
  const [only] = requests;
  const single = requests.length === 1;
  const body = single ? only : { requests: requests.map((each) => ({ model: name, ...each })) };
  return {
    path: `/${pathSegments(name)}:${single ? "embedContent" : "batchEmbedContents"}`,
    body: JSON.stringify(body),
    warnings,
  };
}

const PATH = /\/([^:/]+):(?:embedContent|batchEmbedContents)(?:\?|$)/;

/** One content, or a batch of requests that all want the same. */
function decodeRequest(profile: GeminiEmbedProfile, body: Json, path = ""): EmbeddingRequest {
  const named = decodedSegments(PATH.exec(path)?.[1] ?? "");
  const requests = body.requests === undefined ? [body] : objectsOf(body.requests);
  const [first = refuse("requests", "a list of requests")] = requests;
  const settings = profile.settings === undefined ? first : objectOf(first[profile.settings]);
  return {
    model: named || refuse("model", "in the path: models/<name>:embedContent"),
    inputs: requests.map(({ content }, at) => readContent(content, `requests[${at}].content`)),
    ...present({
      dimensions: readNumber(settings, "outputDimensionality"),
      purpose: readPurpose(settings.taskType, "taskType"),
    }),
    ...extend(restOf(settings, MEMBERS)),
  };
}

function readContent(content: unknown, param: string): string {
  const texts = objectsOf(objectOf(content).parts).map(({ text }) => text);
  const plain = texts.length > 0 && texts.every((text) => typeof text === "string");
  return plain ? texts.join("") : refuse(param, "a content of texts");
}

function decodeResponse(
  text: string,
  { model }: Pick<AnswerDefaults, "model">,
): EmbeddingResponse | undefined {
  const answer = parseJson(text);
  if (!isObject(answer)) return undefined;
  const list = Array.isArray(answer.embeddings) ? answer.embeddings : [answer.embedding];
  const vectors = vectorsOf(list.map((each) => objectOf(each).values));
  if (vectors === undefined) return undefined;
  return { model, vectors, ...tokensOf(objectOf(answer.usageMetadata).promptTokenCount) };
}

function encodeResponse({ vectors, inputTokens }: EmbeddingResponse): string {
  const list = vectors.map((vector) => ({ values: numbersOfVector(vector) }));
  return JSON.stringify({
    ...(list.length === 1 ? { embedding: list[0] } : { embeddings: list }),
    ...(inputTokens !== undefined && { usageMetadata: { promptTokenCount: inputTokens } }),
  });
}
