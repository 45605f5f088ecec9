/** OpenAI's embeddings, as spoken by OpenAI and everyone like it. */
export { openaiEmbeddings } from "./codec.ts";
export type { OpenAIEmbeddingsProfile } from "./profile.ts";
