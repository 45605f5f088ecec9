import type { AnswerDefaults, EncodedRequest } from "../../chat/codec.ts";
import { extensionsOf } from "../../chat/extension.ts";
import { decodedSegments, pathSegments } from "../../chat/path_segment.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import { type OwnMembers, readTexts, spokenMembers, textsOf } from "../../embeddings/members.ts";
import type { EmbeddingRequest } from "../../embeddings/request.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { numbersOfVector, vectorsOf } from "../../embeddings/vector.ts";
import { type Json, parseJson, restOf } from "../../json/fields.ts";
import { refuse } from "../../json/read_members.ts";

const PROTOCOL = "hf_feature_extraction";
const { extend } = extensionsOf(PROTOCOL);

const WORDS: OwnMembers = {
  protocol: PROTOCOL,
  extras: ["normalize", "prompt_name", "truncate", "truncation_direction"],
};
const MEMBERS: ReadonlySet<string> = new Set(["inputs"]);
const PATH = /\/models\/(.+)\/pipeline\/feature-extraction(?:\?|$)/;

/** Hugging Face's feature extraction, in both roles: texts in, a list of vectors out, and no counts. */
export function hfFeatureExtraction(): EmbeddingCodec {
  // https://huggingface.github.io/text-embeddings-inference: 32 inputs, unless the server says otherwise.
  const limits = { inputs: 32, tokens: false };
  return {
    protocol: PROTOCOL,
    limits: () => limits,
    encodeRequest: (request, { model }) => encodeRequest(request, model),
    decodeRequest,
    decodeResponse,
    encodeResponse: ({ vectors }) => JSON.stringify(vectors.map(numbersOfVector)),
  };
}

function encodeRequest(request: EmbeddingRequest, model: string): EncodedRequest {
  const { settings, warnings } = spokenMembers(request, WORDS);
  return {
    path: `/hf-inference/models/${pathSegments(model)}/pipeline/feature-extraction`,
    body: JSON.stringify({ inputs: textsOf(request), ...settings }),
    warnings,
  };
}

function decodeRequest(body: Json, path = ""): EmbeddingRequest {
  return {
    model: decodedSegments(PATH.exec(path)?.[1] ?? "") || refuse("model", "in the path"),
    inputs: readTexts(body.inputs, "inputs"),
    ...extend(restOf(body, MEMBERS)),
  };
}

function decodeResponse(
  text: string,
  { model }: Pick<AnswerDefaults, "model">,
): EmbeddingResponse | undefined {
  const vectors = vectorsOf(parseJson(text));
  return vectors && { model, vectors };
}
