/** Every native imitation. */
import { anthropic, vertexClaude } from "./anthropic.ts";
import { bedrock } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import { aiStudio, vertex } from "./gemini.ts";
import type { Native } from "./native.ts";
import { deepseek, mistral, openai } from "./openai_like.ts";

export type { Asked, Called, Fault, Json, Native, Turn } from "./native.ts";
export { type Coast, openCoast, type Stay } from "./server.ts";
export { aiStudio, anthropic, bedrock, cohere, deepseek, mistral, openai, vertex, vertexClaude };

export const NATIVES: readonly Native[] = [
  anthropic,
  vertexClaude,
  bedrock,
  aiStudio,
  vertex,
  cohere,
  deepseek,
  mistral,
  openai,
];
