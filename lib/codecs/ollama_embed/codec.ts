import type { AnswerDefaults, EncodedRequest } from "../../chat/codec.ts";
import { extensionsOf } from "../../chat/extension.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import {
  type OwnMembers,
  readTexts,
  spokenMembers,
  textsOf,
  tokensOf,
} from "../../embeddings/members.ts";
import type { EmbeddingRequest } from "../../embeddings/request.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { numbersOfVector, vectorsOf } from "../../embeddings/vector.ts";
import { isObject, type Json, parseJson, present, restOf, textOf } from "../../json/fields.ts";
import { readNumber, readString, refuse } from "../../json/read_members.ts";

const PROTOCOL = "ollama_embed";
const { extend, extensionOf } = extensionsOf(PROTOCOL);

/** `options` hold the length of the context, which its imitation of OpenAI's has no place for. */
const WORDS: OwnMembers = {
  protocol: PROTOCOL,
  dimensions: "dimensions",
  extras: ["keep_alive", "options", "truncate"],
};
const MEMBERS: ReadonlySet<string> = new Set(["model", "input", "dimensions"]);
const ANSWER_MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "embedding",
  "embeddings",
  "prompt_eval_count",
]);

/** Ollama's own embeddings, in both roles. */
export function ollamaEmbed(): EmbeddingCodec {
  const limits = { inputs: 2048, tokens: false };
  return {
    protocol: PROTOCOL,
    limits: () => limits,
    encodeRequest: (request, { model }) => encodeRequest(request, model),
    decodeRequest,
    decodeResponse,
    encodeResponse,
  };
}

function encodeRequest(request: EmbeddingRequest, model: string): EncodedRequest {
  const { settings, warnings } = spokenMembers(request, WORDS);
  const body = JSON.stringify({ model, input: textsOf(request), ...settings });
  return { path: "/api/embed", body, warnings };
}

function decodeRequest(body: Json): EmbeddingRequest {
  return {
    model: readString(body, "model") ?? refuse("model", "a string"),
    inputs: readTexts(body.input, "input"),
    ...present({ dimensions: readNumber(body, "dimensions") }),
    ...extend(restOf(body, MEMBERS)),
  };
}

/** A server of before 2024 gives the only vector under a name of its own. */
function decodeResponse(
  text: string,
  defaults: Pick<AnswerDefaults, "model">,
): EmbeddingResponse | undefined {
  const answer = parseJson(text);
  if (!isObject(answer)) return undefined;
  const vectors = vectorsOf(answer.embeddings ?? [answer.embedding]);
  if (vectors === undefined) return undefined;
  return {
    model: textOf(answer.model) ?? defaults.model,
    vectors,
    ...tokensOf(answer.prompt_eval_count),
    ...extend(restOf(answer, ANSWER_MEMBERS)),
  };
}

function encodeResponse(response: EmbeddingResponse): string {
  const { model, vectors, inputTokens } = response;
  return JSON.stringify({
    model,
    embeddings: vectors.map(numbersOfVector),
    ...present({ prompt_eval_count: inputTokens }),
    ...extensionOf(response),
  });
}
