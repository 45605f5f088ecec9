/** The one file that holds jose: loaded when a key of that kind is used for the first time. */
import { CompactSign, importPKCS8 } from "jose";

/**
 * A compact JSON web signature with RS256, https://www.rfc-editor.org/rfc/rfc7515#appendix-A.2. The key is PKCS#8
 * in PEM; rejects for one that is none.
 */
export async function signRs256(
  payload: string,
  header: Readonly<Record<string, string>>,
  pem: string,
): Promise<string> {
  const key = await importPKCS8(pem, "RS256");
  const bytes = new TextEncoder().encode(payload);
  return await new CompactSign(bytes).setProtectedHeader({ alg: "RS256", ...header }).sign(key);
}
