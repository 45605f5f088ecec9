/**
 * AWS credentials as one key: a document that says what Amazon's own programs are told,
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
import { textOf } from "../json/fields.ts";
import { keyDocument, memberOf } from "./key_document.ts";

/** Who signs; `sessionToken` belongs to credentials that expire. */
export interface AwsCredentials {
  /** `AKIA…`, `ASIA…`. */
  accessKeyId: string;
  /** Never sent. */
  secretAccessKey: string;
  /** Of temporary credentials. */
  sessionToken?: string | undefined;
}

/** The same with what else such a document may say. */
export interface AwsKey extends AwsCredentials {
  /** Where the requests it signs go. */
  region?: string;
}

const RULE = "accessKeyId and secretAccessKey are one key";

/** What a header can carry. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** `{"accessKeyId": …, "secretAccessKey": …, "sessionToken"?: …, "region"?: …}`, also in base64; `undefined` for other keys. */
export function readAwsKey(key: string): AwsKey | undefined {
  const document = keyDocument(key);
  if (document === undefined) return undefined;
  const region = textOf(document.region);
  return {
    accessKeyId: memberOf(document, "accessKeyId", RULE, /^[\w.-]+$/),
    secretAccessKey: memberOf(document, "secretAccessKey", RULE, SENDABLE),
    ...(textOf(document.sessionToken) !== undefined && {
      sessionToken: memberOf(document, "sessionToken", RULE, SENDABLE),
    }),
    ...(region !== undefined && { region }),
  };
}
