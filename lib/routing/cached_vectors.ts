/** The cache on the road of vectors, which are kept as they are in no provider's dialect. */
import type { EncodedRequest } from "../chat/codec.ts";
import type { EmbeddingRequest } from "../embeddings/request.ts";
import type { EmbeddingResponse } from "../embeddings/response.ts";
import { copyText } from "../upstream/answer_copy.ts";
import type { EmbeddingExchange } from "../upstream/embed.ts";
import { tellingHeaders } from "../upstream/headers.ts";
import type { KeptAnswer } from "../upstream/kept_answer.ts";
import type { Target } from "../upstream/target.ts";
import { CacheSlot, type CacheUse, type SlotContext } from "./cache_slot.ts";

/** The place of the vectors for all inputs, in however many calls they are asked for. */
export function vectorSlot(
  use: CacheUse,
  exchange: EmbeddingExchange,
  target: Target,
  { batches, encode }: {
    batches: readonly EmbeddingRequest[];
    encode: (batch: EmbeddingRequest) => EncodedRequest;
  },
  context: SlotContext,
): CacheSlot {
  const calls = batches.map(encode);
  const besides = [calls[0]?.path ?? "", ...tellingHeaders(exchange, target)];
  const body = JSON.stringify(calls.map((call) => call.body));
  const question = { model: target.model, besides, body };
  return new CacheSlot(use, target, { dialect: "embeddings", question }, context);
}

/** Keeps what came: vectors are all there, or there is no answer. */
export function keepVectors(slot: CacheSlot, response: EmbeddingResponse): void {
  copyText(slot.taker(() => true), JSON.stringify(response));
}

/** What {@linkcode keepVectors} kept, and the model that was asked. */
export function readVectors({ model, body }: KeptAnswer): {
  model: string;
  response: EmbeddingResponse;
} {
  return { model, response: JSON.parse(body) as EmbeddingResponse };
}
