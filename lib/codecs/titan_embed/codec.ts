/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
import type { AnswerDefaults, EncodedRequest } from "../../chat/codec.ts";
import { extensionsOf } from "../../chat/extension.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import {
  type OwnMembers,
  readTexts,
  spokenMembers,
  textOf,
  tokensOf,
} from "../../embeddings/members.ts";
import type { EmbeddingRequest } from "../../embeddings/request.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { numbersOfVector, vectorsOf } from "../../embeddings/vector.ts";
import { isObject, type Json, objectOf, parseJson, present, restOf } from "../../json/fields.ts";
import { readNumber } from "../../json/read_members.ts";

const PROTOCOL = "titan_embed";
const { extend } = extensionsOf(PROTOCOL);

/** Where a model is invoked, and what its address says. */
export interface InvokePaths {
  /** The path of a model's calls. */
  pathOf: (model: string) => string;
  /** The model that a path, or else a body, names; throws 2019. */
  modelOf: (path: string | undefined, body: Json) => string;
}

const MEMBERS: ReadonlySet<string> = new Set([
  "inputText",
  "dimensions",
  "embeddingConfig",
  "modelId",
]);

/** Titan's embeddings, one text a call, in both roles. */
export function titanEmbed({ pathOf, modelOf }: InvokePaths): EmbeddingCodec {
  const limits = { inputs: 1, tokens: false };
  return {
    protocol: PROTOCOL,
    limits: () => limits,
    encodeRequest: (request, { model }) => encodeRequest(request, model, pathOf(model)),
    decodeRequest: (body, path) => decodeRequest(body, modelOf(path, body)),
    decodeResponse,
    encodeResponse,
  };
}

const WORDS: OwnMembers = { protocol: PROTOCOL, extras: ["normalize"] };

/** The first version has one length; the one for pictures has an object for it. */
function encodeRequest(request: EmbeddingRequest, model: string, path: string): EncodedRequest {
  const fixed = /titan-embed-(text-v1|g1)/.test(model);
  const own = fixed ? WORDS : { ...WORDS, dimensions: "dimensions" };
  const { settings, warnings } = spokenMembers(request, own);
  const { dimensions: length, ...rest } = settings;
  const nested = /titan-embed-image/.test(model);
  const lengths = nested && length !== undefined
    ? { embeddingConfig: { outputEmbeddingLength: length } }
    : present({ dimensions: length });
  const body = { inputText: textOf(request), ...lengths, ...rest };
  return { path, body: JSON.stringify(body), warnings };
}

function decodeRequest(body: Json, model: string): EmbeddingRequest {
  const length = readNumber(objectOf(body.embeddingConfig), "outputEmbeddingLength");
  return {
    model,
    inputs: readTexts(body.inputText, "inputText"),
    ...present({ dimensions: readNumber(body, "dimensions") ?? length }),
    ...extend(restOf(body, MEMBERS)),
  };
}

function decodeResponse(
  text: string,
  { model }: Pick<AnswerDefaults, "model">,
): EmbeddingResponse | undefined {
  const answer = parseJson(text);
  if (!isObject(answer)) return undefined;
  const byType = objectOf(answer.embeddingsByType);
  const vectors = vectorsOf([answer.embedding ?? byType.float]);
  return vectors && { model, vectors, ...tokensOf(answer.inputTextTokenCount) };
}

function encodeResponse({ vectors: [vector = []], inputTokens }: EmbeddingResponse): string {
  return JSON.stringify({
    embedding: numbersOfVector(vector),
    ...present({ inputTextTokenCount: inputTokens }),
  });
}
