/** Workers AI's own embeddings. https://developers.cloudflare.com/workers-ai/models/bge-m3/ */
export { workersAiEmbed } from "./codec.ts";
