/** What is asked of an embedding model, in no provider's dialect. */
import type { Extended } from "../chat/request.ts";
import type { Purpose } from "./purpose.ts";

/** One thing to embed: a text, or the numbers of its tokens. */
export type EmbeddingInput = string | readonly number[];

/** A request for vectors. Absent means: the provider's default. */
export interface EmbeddingRequest extends Extended {
  /** As the caller named it. */
  model: string;
  /** Further models that the request names, for the provider to fall back to. */
  fallbacks?: readonly string[];
  /** What to embed, at least one; all texts, or all tokens. */
  inputs: readonly EmbeddingInput[];
  /** The caller wrote one input without a list around it. */
  alone?: boolean;
  /** The length the vectors are to have. */
  dimensions?: number;
  /** How the caller wants the vectors written: numbers, or base64 of float32. Default: numbers. */
  encoding?: VectorEncoding;
  /** What the vectors are for, where a model makes a difference. */
  purpose?: Purpose;
  /** Whose request this is, for the provider to tell its users apart. */
  user?: string;
  /** Whether the caller wants to know what the answer cost. */
  cost?: boolean;
}

/** How vectors are written in an answer. */
export type VectorEncoding = "float" | "base64";
