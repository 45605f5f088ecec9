/** Embeddings in no provider's dialect: what is asked, what is answered, and what a codec offers. */
export { batchesOf, joinBatches } from "./batches.ts";
export type { EmbeddingCodec, EmbeddingLimits } from "./codec.ts";
export type { Purpose } from "./purpose.ts";
export type { EmbeddingInput, EmbeddingRequest, VectorEncoding } from "./request.ts";
export type { EmbeddingResponse } from "./response.ts";
export { base64OfVector, numbersOfVector, type Vector } from "./vector.ts";
