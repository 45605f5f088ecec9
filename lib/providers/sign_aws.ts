/** The one file that holds aws4fetch: loaded when a request is signed for the first time. */
import { AwsV4Signer } from "aws4fetch";
import type { AwsCredentials } from "./aws_key.ts";
import type { SignableRequest } from "./provider.ts";

/** Signs as Signature Version 4 says; gives the headers to add. */
export async function signAws(
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  region: string,
  { method, url, body, now }: Omit<SignableRequest, "headers">,
  service = "bedrock",
): Promise<Record<string, string>> {
  const { headers } = await new AwsV4Signer({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    method,
    url,
    body,
    service,
    region,
    // 20150830T123600Z
    datetime: new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, ""),
  }).sign();
  // Only host, time and token stand in the signature: what lies between may change other headers.
  return Object.fromEntries([...headers].filter(([name]) => name !== "host"));
}
