import type { Extended } from "../chat/request.ts";
import type { Vector } from "./vector.ts";

/** Vectors, in no provider's dialect. */
export interface EmbeddingResponse extends Extended {
  /** What the provider says served it. */
  model: string;
  /** One for each input, in their order. */
  vectors: Vector[];
  /** Tokens that were read; absent when the provider does not count. */
  inputTokens?: number;
  /** Dollars that the provider itself says it cost. */
  statedCost?: number;
  /** Dollars that a caller who asked is told it cost; `null`: nobody knows. */
  cost?: number | null;
}
