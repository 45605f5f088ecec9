/** Ollama's embeddings. https://docs.ollama.com/api/embed */
export { ollamaEmbed } from "./codec.ts";
