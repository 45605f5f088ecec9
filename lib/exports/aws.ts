/**
 * Amazon Bedrock with requests signed by Signature Version 4, for whoever has no Bedrock API key. The signer is
 * handed in: `AwsV4Signer` of the package aws4fetch is one.
 *
 * @module
 */
export {
  type AwsCredentials,
  type AwsSigner,
  type AwsSignerOptions,
  signedBedrock,
  type SignedBedrockOptions,
} from "../providers/signed_bedrock.ts";
export type * from "./options.ts";
