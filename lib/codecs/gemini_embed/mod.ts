/** Google's embeddings. https://ai.google.dev/api/embeddings */
export { geminiEmbed, type GeminiEmbedProfile, TASK_TYPES } from "./codec.ts";
