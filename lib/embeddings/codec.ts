/**
 * What a protocol for embeddings must offer: both directions, on plain values, without network or clock. Its errors
 * are those of the provider's chat.
 */
import type { AnswerDefaults, EncodedRequest, ModelRule } from "../chat/codec.ts";
import type { HeaderReader } from "../fetch_like.ts";
import type { EmbeddingRequest, VectorEncoding } from "./request.ts";
import type { EmbeddingResponse } from "./response.ts";

/** What one call takes. */
export interface EmbeddingLimits {
  /** So many inputs; a longer list becomes several calls. */
  inputs: number;
  /** Lists of tokens besides texts. */
  tokens: boolean;
}

/** A provider's protocol: what is sent to it and what it answers. */
export interface EmbeddingCodec {
  /** The protocol's name, such as `openai_embeddings`; also the key of its extensions. */
  readonly protocol: string;
  /** What one call takes of this model. */
  limits(model: string): EmbeddingLimits;
  /** Writes a request whose inputs fit one call; what the protocol lacks is left out and reported. */
  encodeRequest(request: EmbeddingRequest, options: { model: string }): EncodedRequest;
  /** Reads a request; throws 2019 naming the parameter. `path` is the request's: some name the model there. */
  decodeRequest(body: Readonly<Record<string, unknown>>, path?: string): EmbeddingRequest;
  /** Reads an answer; `undefined` for text that holds no vectors. */
  decodeResponse(
    text: string,
    defaults: Pick<AnswerDefaults, "model">,
    headers?: HeaderReader,
  ): EmbeddingResponse | undefined;
  /** Writes an answer, with vectors as the caller wants them where the protocol leaves a choice. */
  encodeResponse(response: EmbeddingResponse, encoding?: VectorEncoding): string;
  /** The same codec with more rules about models, where those bear on it. */
  withModelRules?(rules: readonly ModelRule[]): EmbeddingCodec;
  /** The codec that this model is spoken to in, where a provider speaks several protocols. */
  forModel?(model: string): EmbeddingCodec;
}
