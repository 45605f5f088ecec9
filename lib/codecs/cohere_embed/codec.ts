import type { AnswerDefaults, EncodedRequest } from "../../chat/codec.ts";
import { extensionsOf } from "../../chat/extension.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import {
  type OwnMembers,
  readPurpose,
  readTexts,
  spokenMembers,
  textsOf,
  tokensOf,
} from "../../embeddings/members.ts";
import type { PurposeWords } from "../../embeddings/purpose.ts";
import type { EmbeddingRequest } from "../../embeddings/request.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { numbersOfVector, vectorsOf } from "../../embeddings/vector.ts";
import type { HeaderReader } from "../../fetch_like.ts";
import {
  isObject,
  type Json,
  objectOf,
  parseJson,
  present,
  restOf,
  textOf,
} from "../../json/fields.ts";
import { readNumber, readString, refuse } from "../../json/read_members.ts";

const PROTOCOL = "cohere_embed";
const { extend, extensionOf } = extensionsOf(PROTOCOL);

/** Where the protocol is spoken. */
export interface CohereEmbedProfile {
  /** The path of a model's calls, which then stands in it alone; default: `/embed`, and the model in the body. */
  pathOf?: (model: string) => string;
  /** The header that counts tokens, where the body doesn't. */
  tokensHeader?: string;
}

const INPUT_TYPES: PurposeWords = {
  query: "search_query",
  document: "search_document",
  classification: "classification",
  clustering: "clustering",
  question: "search_query",
  code_query: "search_query",
};

const WORDS: OwnMembers = {
  protocol: PROTOCOL,
  dimensions: "output_dimension",
  purposes: INPUT_TYPES,
  extras: ["truncate", "max_tokens", "priority"],
};

const MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "texts",
  "input_type",
  "output_dimension",
  "embedding_types",
]);

/** Cohere's embeddings, second version, in both roles. */
export function cohereEmbed(profile: CohereEmbedProfile = {}): EmbeddingCodec {
  // https://docs.cohere.com/reference/embed: at most 96 texts a call.
  const limits = { inputs: 96, tokens: false };
  return {
    protocol: PROTOCOL,
    limits: () => limits,
    encodeRequest: (request, { model }) => encodeRequest(profile, request, model),
    decodeRequest,
    decodeResponse: (text, defaults, headers) => decodeResponse(profile, text, defaults, headers),
    encodeResponse,
  };
}

/** A model that tells queries from documents must be told which; texts to be stored are the usual case. */
function encodeRequest(
  { pathOf }: CohereEmbedProfile,
  request: EmbeddingRequest,
  model: string,
): EncodedRequest {
  const { settings, purpose = "search_document", warnings } = spokenMembers(request, WORDS);
  const body = {
    ...(pathOf === undefined && { model }),
    texts: textsOf(request),
    input_type: purpose,
    embedding_types: ["float"],
    ...settings,
  };
  return { path: pathOf?.(model) ?? "/embed", body: JSON.stringify(body), warnings };
}

function decodeRequest(body: Json): EmbeddingRequest {
  return {
    model: readString(body, "model") ?? refuse("model", "a string"),
    inputs: readTexts(body.texts, "texts"),
    ...present({
      purpose: readPurpose(body.input_type, "input_type"),
      dimensions: readNumber(body, "output_dimension"),
    }),
    ...extend(restOf(body, MEMBERS)),
  };
}

/** Vectors by type, or as a plain list where no type was asked for. */
function decodeResponse(
  { tokensHeader }: CohereEmbedProfile,
  text: string,
  { model }: Pick<AnswerDefaults, "model">,
  headers?: HeaderReader,
): EmbeddingResponse | undefined {
  const answer = parseJson(text);
  if (!isObject(answer)) return undefined;
  const { embeddings } = answer;
  const vectors = vectorsOf(Array.isArray(embeddings) ? embeddings : objectOf(embeddings).float);
  if (vectors === undefined) return undefined;
  const billed = objectOf(objectOf(answer.meta).billed_units);
  const header = tokensHeader === undefined ? null : headers?.get(tokensHeader) ?? null;
  return {
    model,
    vectors,
    ...tokensOf(billed.input_tokens, header === null ? undefined : Number(header)),
    ...extend(present({ id: textOf(answer.id) })),
  };
}

function encodeResponse(response: EmbeddingResponse): string {
  const { vectors, inputTokens } = response;
  return JSON.stringify({
    ...extensionOf(response),
    embeddings: { float: vectors.map(numbersOfVector) },
    ...(inputTokens !== undefined && { meta: { billed_units: { input_tokens: inputTokens } } }),
    response_type: "embeddings_by_type",
  });
}
