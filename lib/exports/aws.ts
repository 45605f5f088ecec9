/**
 * Amazon Bedrock with AWS credentials that change while the program runs. Ones that stay the same are options of
 * `createGateway`.
 *
 * @module
 */
export type { AwsCredentials } from "../providers/aws_key.ts";
export { signedBedrock, type SignedBedrockOptions } from "../providers/signed_bedrock.ts";
export type * from "./options.ts";
