import { bedrockConverse } from "../codecs/bedrock_converse/mod.ts";
import { BEDROCK_MODELS } from "./bedrock_models.ts";
import type { Provider } from "./provider.ts";

/**
 * Amazon Bedrock, https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html. The key is
 * one of Bedrock's own API keys; requests that are signed instead need a definition with `sign`.
 */
export const awsBedrock: Provider = {
  slug: "aws-bedrock",
  baseUrlFor: ({ region }) => typeof region === "string" ? bedrockAddress(region) : undefined,
  settings: { region: ["AWS_REGION", "AWS_DEFAULT_REGION"] },
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["AWS_BEARER_TOKEN_BEDROCK"],
  baseUrlVariables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"],
  // Streams here are Amazon's own frames.
  headers: { accept: "*/*" },
  codec: bedrockConverse({ models: BEDROCK_MODELS }),
};

/** A region becomes part of a host's name: nothing else may. */
const REGION = /^[a-z]{2,3}(-[a-z]{2,12}){1,2}-\d{1,2}$/;

/** The address of a region; `undefined` for what is none. */
export function bedrockAddress(region: string): string | undefined {
  if (!REGION.test(region)) return undefined;
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://bedrock-runtime.${region}.${domain}`;
}
