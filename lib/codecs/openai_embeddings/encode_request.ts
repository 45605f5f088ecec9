/** Neutral → a request of OpenAI's, with the deviations of the provider's profile. */
import type { EncodedRequest } from "../../chat/codec.ts";
import { foreignMembers } from "../../chat/extension.ts";
import { Losses } from "../../chat/losses.ts";
import { PURPOSE_MEMBERS } from "../../embeddings/members.ts";
import type { Purpose } from "../../embeddings/purpose.ts";
import type { EmbeddingRequest } from "../../embeddings/request.ts";
import { type Json, present, restOf } from "../../json/fields.ts";
import { extensionOf, type OpenAIEmbeddingsProfile, PROTOCOL } from "./profile.ts";

/** Writes a request in OpenAI's words, then in the provider's. */
export function encodeRequest(
  profile: OpenAIEmbeddingsProfile,
  request: EmbeddingRequest,
  { model }: { model: string },
): EncodedRequest {
  const losses = new Losses();
  const { inputs, alone, dimensions, user } = request;
  for (const [name] of foreignMembers(request, PROTOCOL)) losses.dropped(name);
  const said = {
    ...present({ dimensions, user }),
    ...restOf(extensionOf(request), PURPOSE_MEMBERS),
    ...purposeMembers(profile, request, losses),
  };
  const body = {
    model,
    input: alone === true ? inputs[0] : inputs,
    ...adapt(profile, said, losses),
    ...encodingMember(profile, request),
  };
  return {
    path: profile.path ?? "/embeddings",
    body: JSON.stringify(body),
    warnings: losses.warnings,
  };
}

/** What the vectors are for, told as the caller told it, under the provider's name for it, or not at all. */
function purposeMembers(
  { purpose: name }: OpenAIEmbeddingsProfile,
  request: EmbeddingRequest,
  losses: Losses,
): Json {
  const { input_type, task_type } = extensionOf(request);
  const own = present({ input_type, task_type });
  if (name === "none") {
    for (const member of Object.keys(own)) losses.dropped(member);
    return {};
  }
  if (input_type !== undefined || (task_type !== undefined && name === undefined)) return own;
  const word = request.purpose && PURPOSES[request.purpose];
  if (task_type !== undefined) {
    if (word === undefined) losses.dropped("task_type");
    else losses.renamed("task_type", "input_type");
  }
  return present({ input_type: word });
}

/** The words that most of those that are like OpenAI have learnt from Cohere, and the rest from Google. */
const PURPOSES: Readonly<Record<Purpose, string>> = {
  query: "search_query",
  document: "search_document",
  classification: "classification",
  clustering: "clustering",
  similarity: "semantic_similarity",
  question: "question_answering",
  fact_check: "fact_verification",
  code_query: "code_retrieval_query",
};

function adapt(
  { drops = [], accepts, rename = {} }: OpenAIEmbeddingsProfile,
  said: Json,
  losses: Losses,
): Json {
  const adapted: Json = {};
  for (const [name, value] of Object.entries(said)) {
    const own = (Object.hasOwn(rename, name) ? rename[name] : undefined) ?? name;
    if (drops.includes(name) || (accepts !== undefined && !accepts.includes(own))) {
      losses.dropped(name);
      continue;
    }
    if (own !== name) losses.renamed(name, own);
    adapted[own] = value;
  }
  return adapted;
}

/** Whoever writes numbers whatever is asked is not asked: the answer is rewritten as the caller wants it. */
function encodingMember({ encoding }: OpenAIEmbeddingsProfile, request: EmbeddingRequest): Json {
  if (encoding === "base64_int8") return { encoding_format: encoding };
  const wanted = encoding === "asked" ? request.encoding : undefined;
  return wanted === undefined ? {} : { encoding_format: wanted };
}
