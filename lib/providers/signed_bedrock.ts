import { awsBedrock, bedrockAddress } from "./aws_bedrock.ts";
import type { Provider, SignableRequest } from "./provider.ts";

/** Who signs; `sessionToken` belongs to credentials that expire. */
export interface AwsCredentials {
  /** `AKIA…`, `ASIA…`. */
  accessKeyId: string;
  /** Never sent. */
  secretAccessKey: string;
  /** Of temporary credentials. */
  sessionToken?: string;
}

/** What a signer is given: everything that stands in the signature. */
export interface AwsSignerOptions extends AwsCredentials {
  /** In capitals. */
  method: string;
  /** Complete. */
  url: string;
  /** The very text that is sent. */
  body: string;
  /** `bedrock`. */
  service: string;
  /** `us-east-1`. */
  region: string;
  /** `20150830T123600Z`; default: now. */
  datetime?: string;
}

/** Signs as Signature Version 4 says: `AwsV4Signer` of the package aws4fetch is one. */
export type AwsSigner = new (options: AwsSignerOptions) => {
  sign(): Promise<{ headers: Iterable<[string, string]> }>;
};

/** How requests to Bedrock are signed. */
export interface SignedBedrockOptions {
  /** `AwsV4Signer` of aws4fetch, or whatever signs as it does. */
  signer: AwsSigner;
  /** Asked for every call, so that whoever gives them can renew them. */
  credentials: () => AwsCredentials | Promise<AwsCredentials>;
  /** `us-east-1`; also the address, where no base URL says another. */
  region: string;
  /** For tests: when it is. */
  datetime?: () => string;
}

/**
 * Amazon Bedrock with signed requests instead of an API key; a key that a caller brings is used unsigned. The
 * library that signs is the host's own: this package depends on none.
 *
 * @example
 * ```ts ignore
 * import { AwsV4Signer } from "aws4fetch";
 *
 * const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = process.env;
 * const definition = signedBedrock({
 *   signer: AwsV4Signer,
 *   credentials: () => ({ accessKeyId, secretAccessKey }),
 *   region: "us-east-1",
 * });
 * const gateway = createGateway({ providers: { "aws-bedrock": { definition } } });
 * ```
 */
export function signedBedrock(options: SignedBedrockOptions): Provider {
  const { signer: Signer, credentials, region, datetime } = options;
  const baseUrl = bedrockAddress(region);
  return {
    ...awsBedrock,
    ...(baseUrl !== undefined && { baseUrl }),
    auth: { ...awsBedrock.auth, required: false },
    sign: async ({ method, url, headers, body }: SignableRequest) => {
      const signature = await new Signer({
        ...await credentials(),
        method,
        url,
        body,
        service: "bedrock",
        region,
        ...(datetime !== undefined && { datetime: datetime() }),
      }).sign();
      // Only host, time and token stand in the signature: what lies between may change other headers.
      const signed = [...signature.headers].filter(([name]) => name.toLowerCase() !== "host");
      return { ...headers, ...Object.fromEntries(signed) };
    },
  };
}
