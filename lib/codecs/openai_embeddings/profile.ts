/** What a provider that speaks this protocol does otherwise than OpenAI. A profile is data: the codec reads it. */
import { extensionsOf } from "../../chat/extension.ts";

/** The protocol's name: the key of everything it keeps in `extensions`. */
export const PROTOCOL = "openai_embeddings";

/** This protocol's own place in `extensions`. */
export const { extend, extensionOf } = extensionsOf(PROTOCOL);

/** The declared deviations of a provider. */
export interface OpenAIEmbeddingsProfile {
  /** Below the base URL; default `/embeddings`. */
  path?: string;
  /** Most inputs of one call; default 2048, as many as a request may have. */
  inputs?: number;
  /** Takes lists of tokens; default `false`. */
  tokens?: boolean;
  /** Members it refuses, or takes without effect: left out and reported. */
  drops?: readonly string[];
  /** The only members it takes besides `model` and `input`, by its own names. */
  accepts?: readonly string[];
  /** Under which name it is told what the vectors are for, if at all. Default: whatever the caller writes. */
  purpose?: "input_type" | "none";
  /** Members that go by another name. */
  rename?: Readonly<Record<string, string>>;
  /**
   * How it writes vectors: as the caller wants them, as numbers whatever is asked, or, as Perplexity does, as
   * base64 of signed bytes. Default: numbers.
   */
  encoding?: "asked" | "float" | "base64_int8";
}
