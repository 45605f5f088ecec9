/** https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html */
import type { AnswerDefaults, EncodedRequest } from "../../chat/codec.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import {
  type OwnMembers,
  readTexts,
  spokenMembers,
  textOf,
  tokensOf,
} from "../../embeddings/members.ts";
import type { Purpose, PurposeWords } from "../../embeddings/purpose.ts";
import type { EmbeddingRequest } from "../../embeddings/request.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { numbersOfVector, vectorsOf } from "../../embeddings/vector.ts";
import { isObject, type Json, objectOf, objectsOf, parseJson, present } from "../../json/fields.ts";
import { readNumber } from "../../json/read_members.ts";

const PROTOCOL = "nova_embed";

/** Where a model is invoked, and what its address says. */
export interface NovaEmbedProfile {
  /** The path of a model's calls. */
  pathOf: (model: string) => string;
  /** The model that a path, or else a body, names; throws 2019. */
  modelOf: (path: string | undefined, body: Json) => string;
  /** The header that counts tokens: the body doesn't. */
  tokensHeader: string;
}

const PURPOSES: PurposeWords = {
  query: "TEXT_RETRIEVAL",
  document: "GENERIC_INDEX",
  classification: "CLASSIFICATION",
  clustering: "CLUSTERING",
};

const WORDS: OwnMembers = {
  protocol: PROTOCOL,
  dimensions: "embeddingDimension",
  purposes: PURPOSES,
  extras: ["truncationMode"],
};

/** Nova's embeddings, one text a call, in both roles. */
export function novaEmbed({ pathOf, modelOf, tokensHeader }: NovaEmbedProfile): EmbeddingCodec {
  const limits = { inputs: 1, tokens: false };
  return {
    protocol: PROTOCOL,
    limits: () => limits,
    encodeRequest: (request, { model }) => encodeRequest(request, pathOf(model)),
    decodeRequest: (body, path) => decodeRequest(body, modelOf(path, body)),
    decodeResponse: (text, defaults, headers) =>
      decodeResponse(text, defaults, headers?.get(tokensHeader) ?? null),
    encodeResponse,
  };
}

/** A purpose it must be told; texts to be stored are the usual case. */
function encodeRequest(request: EmbeddingRequest, path: string): EncodedRequest {
  const { settings, purpose = "GENERIC_INDEX", warnings } = spokenMembers(request, WORDS);
  const { truncationMode = "END", ...params } = settings;
  const body = {
    taskType: "SINGLE_EMBEDDING",
    singleEmbeddingParams: {
      embeddingPurpose: purpose,
      ...params,
      text: { truncationMode, value: textOf(request) },
    },
  };
  return { path, body: JSON.stringify(body), warnings };
}

function decodeRequest(body: Json, model: string): EmbeddingRequest {
  const params = objectOf(body.singleEmbeddingParams);
  const text = objectOf(params.text);
  const { truncationMode: mode } = text;
  return {
    model,
    inputs: readTexts(text.value, "singleEmbeddingParams.text.value"),
    ...present({
      purpose: purposeNamed(params.embeddingPurpose),
      dimensions: readNumber(params, "embeddingDimension"),
    }),
    ...(mode !== undefined && mode !== "END" && {
      extensions: { [PROTOCOL]: { truncationMode: mode } },
    }),
  };
}

function purposeNamed(word: unknown): Purpose | undefined {
  const found = Object.entries(PURPOSES).find(([, own]) => own === word);
  return found?.[0] as Purpose | undefined;
}

function decodeResponse(
  text: string,
  { model }: Pick<AnswerDefaults, "model">,
  count: string | null,
): EmbeddingResponse | undefined {
  const answer = parseJson(text);
  if (!isObject(answer)) return undefined;
  const vectors = vectorsOf(objectsOf(answer.embeddings).map(({ embedding }) => embedding));
  return vectors && { model, vectors, ...tokensOf(count === null ? undefined : Number(count)) };
}

/** Its counts go in a header, which an answer's text has no place for. */
function encodeResponse({ vectors }: EmbeddingResponse): string {
  const embeddings = vectors.map((vector) => ({
    embeddingType: "TEXT",
    embedding: numbersOfVector(vector),
  }));
  return JSON.stringify({ embeddings });
}
