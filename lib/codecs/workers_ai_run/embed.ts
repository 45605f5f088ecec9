/** Workers AI's vectors. https://developers.cloudflare.com/workers-ai/models/bge-m3/ */
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
import { isObject, type Json, objectOf, parseJson, present, restOf } from "../../json/fields.ts";
import { readString, refuse } from "../../json/read_members.ts";
import { modelOfPath, runPath } from "./run_path.ts";

const PROTOCOL = "workers_ai_embed";
const { extend, extensionOf } = extensionsOf(PROTOCOL);

const WORDS: OwnMembers = { protocol: PROTOCOL, extras: ["pooling", "truncate_inputs"] };
const MEMBERS: ReadonlySet<string> = new Set(["text", "model"]);

/** Workers AI's `/ai/run/{model}` for vectors, in both roles. */
export function workersAiEmbed(): EmbeddingCodec {
  // https://developers.cloudflare.com/workers-ai/models/bge-base-en-v1.5/: at most 100 texts.
  const limits = { inputs: 100, tokens: false };
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
  const body = JSON.stringify({ text: textsOf(request), ...settings });
  return { path: runPath(model), body, warnings };
}

function decodeRequest(body: Json, path?: string): EmbeddingRequest {
  return {
    model: modelOfPath(path) ?? readString(body, "model") ??
      refuse("model", "a model's name, in the path"),
    inputs: readTexts(body.text, "text"),
    ...extend(restOf(body, MEMBERS)),
  };
}

/** With Cloudflare's envelope at the REST address, without it from the binding. */
function decodeResponse(
  text: string,
  { model }: Pick<AnswerDefaults, "model">,
): EmbeddingResponse | undefined {
  const body = parseJson(text);
  if (!isObject(body)) return undefined;
  const answer = isObject(body.result) ? body.result : body;
  const vectors = vectorsOf(answer.data);
  if (vectors === undefined) return undefined;
  return {
    model,
    vectors,
    ...tokensOf(objectOf(answer.usage).prompt_tokens),
    ...extend(present({ pooling: answer.pooling })),
  };
}

function encodeResponse(response: EmbeddingResponse): string {
  const { vectors, inputTokens } = response;
  const data = vectors.map(numbersOfVector);
  const counts = inputTokens === undefined
    ? {}
    : { usage: { prompt_tokens: inputTokens, total_tokens: inputTokens } };
  return JSON.stringify({
    result: {
      shape: [data.length, data[0]?.length ?? 0],
      data,
      ...extensionOf(response),
      ...counts,
    },
    success: true,
    errors: [],
    messages: [],
  });
}
