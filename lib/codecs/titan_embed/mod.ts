/** Amazon Titan's embeddings on Bedrock. */
export { titanEmbed } from "./codec.ts";
