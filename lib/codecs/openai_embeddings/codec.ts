import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import { decodeRequest, MOST_INPUTS } from "./decode_request.ts";
import { decodeResponse } from "./decode_response.ts";
import { encodeRequest } from "./encode_request.ts";
import { encodeResponse } from "./encode_response.ts";
import { type OpenAIEmbeddingsProfile, PROTOCOL } from "./profile.ts";

/**
 * OpenAI's embeddings, in both roles; `profile` says what a provider that is like OpenAI does otherwise.
 * https://platform.openai.com/docs/api-reference/embeddings
 *
 * @example
 * ```ts
 * import { numbersOfVector, openaiEmbeddings } from "dragoman/codecs/openai_embeddings";
 *
 * const codec = openaiEmbeddings();
 * const text = '{"object":"list","data":[{"index":0,"embedding":"AACAPwAAAMA="}],"model":"m"}';
 * const answer = codec.decodeResponse(text, { model: "m" });
 * console.log(numbersOfVector(answer!.vectors[0]!)); // [ 1, -2 ]
 * ```
 */
export function openaiEmbeddings(profile: OpenAIEmbeddingsProfile = {}): EmbeddingCodec {
  const limits = { inputs: profile.inputs ?? MOST_INPUTS, tokens: profile.tokens ?? false };
  return {
    protocol: PROTOCOL,
    limits: () => limits,
    encodeRequest: (request, options) => encodeRequest(profile, request, options),
    decodeRequest,
    decodeResponse: (text, defaults) => decodeResponse(profile, text, defaults),
    encodeResponse,
  };
}
