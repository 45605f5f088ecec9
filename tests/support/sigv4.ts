import { createHash, createHmac } from "node:crypto";

/** Of Amazon's test suite for Signature Version 4. */
export const CREDENTIALS = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step by step. */
export function signature(
  { datetime, region, service, path, headers, body }: {
    datetime: string;
    region: string;
    service: string;
    path: string;
    headers: Record<string, string>;
    body: string;
  },
): string {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Uint8Array, text: string) =>
    createHmac("sha256", key).update(text).digest();
  const names = Object.keys(headers).sort();
  const canonical = [
    "POST",
    path,
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    sha256(body),
  ].join("\n");
  const date = datetime.slice(0, 8);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = [date, region, service, "aws4_request"].reduce<string | Uint8Array>(
    hmac,
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  return createHmac("sha256", key)
    .update(`AWS4-HMAC-SHA256\n${datetime}\n${scope}\n${sha256(canonical)}`).digest("hex");
}
