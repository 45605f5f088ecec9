/** Cohere's embeddings. https://docs.cohere.com/reference/embed */
export { cohereEmbed, type CohereEmbedProfile } from "./codec.ts";
