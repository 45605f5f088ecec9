/** Amazon Nova's embeddings on Bedrock. */
export { novaEmbed } from "./codec.ts";
