/** Amazon Bedrock's Converse. https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html */
export { bedrockConverse } from "./codec.ts";
export type {
  BedrockCapabilities,
  BedrockModelRule,
  BedrockProfile,
  CachePlace,
} from "./profile.ts";
