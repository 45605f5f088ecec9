import { GatewayError } from "../errors.ts";
import { awsBedrock, bedrockAddress, bedrockSignature } from "./aws_bedrock.ts";
import type { AwsCredentials } from "./aws_key.ts";
import type { Provider } from "./provider.ts";

/** How requests to Bedrock are signed. */
export interface SignedBedrockOptions {
  /** Asked for every call, so that whoever gives them can renew them: the AWS SDK's providers fit. */
  credentials: () => AwsCredentials | Promise<AwsCredentials>;
  /** `us-east-1`; also the address, where no base URL says another. */
  region: string;
}

/**
 * Amazon Bedrock with credentials that change while the program runs, as roles have. Ones that don't need none of
 * this: they are the options `accessKeyId` and `secretAccessKey` of `aws-bedrock`.
 *
 * @example
 * ```ts ignore
 * import { createGateway } from "dragoman";
 * import { signedBedrock } from "dragoman/aws";
 * import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
 *
 * const definition = signedBedrock({ credentials: fromNodeProviderChain(), region: "us-east-1" });
 * const gateway = createGateway({ providers: { "aws-bedrock": { definition } } });
 * ```
 */
export function signedBedrock({ credentials, region }: SignedBedrockOptions): Provider {
  const baseUrl = bedrockAddress(region);
  if (baseUrl === undefined) {
    throw new GatewayError(
      2116,
      "signedBedrock: region must be one of Amazon's, such as us-east-1",
    );
  }
  return {
    ...awsBedrock,
    baseUrlFor: () => baseUrl,
    auth: { ...awsBedrock.auth, required: false },
    sign: bedrockSignature(credentials, region),
  };
}
