/** Signatures against published ones. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { signAws } from "../../lib/providers/sign_aws.ts";
import { signRs256 } from "../../lib/providers/sign_jws.ts";
import { CREDENTIALS } from "../support/sigv4.ts";
import { rfcPem, verified } from "../support/rsa_key.ts";

test("RS256 gives the signature of RFC 7515, appendix A.2", async () => {
  const payload = '{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}';
  const jws = await signRs256(payload, {}, await rfcPem());
  assertEquals(
    jws,
    "eyJhbGciOiJSUzI1NiJ9" +
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ" +
      ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5ju" +
      "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Q" +
      "e7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI" +
      "8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
  );
  assertEquals(await verified(jws), payload);
});

test("a header says which key, and a key that is none is refused", async () => {
  const [header = ""] = (await signRs256("{}", { typ: "JWT", kid: "k1" }, await rfcPem())).split(
    ".",
  );
  assertEquals(JSON.parse(atob(header)), { alg: "RS256", typ: "JWT", kid: "k1" });
  await assertRejects(() => signRs256("{}", {}, "-----BEGIN PRIVATE KEY-----\nAAAA\n"));
});

const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);
const SESSION =
  "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmx" +
  "fpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT" +
  "7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FD" +
  "rypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

const signed = (credentials: Parameters<typeof signAws>[0]) =>
  signAws(
    credentials,
    "us-east-1",
    { method: "POST", url: "https://example.amazonaws.com/", body: "", now: NOW },
    "service",
  );

test("Signature Version 4 gives the signatures of Amazon's test suite, with and without a session", async () => {
  const vanilla = await signed(CREDENTIALS);
  assertEquals(vanilla, {
    "x-amz-date": "20150830T123600Z",
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
      "SignedHeaders=host;x-amz-date, " +
      "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  });
  // post-sts-header-before
  const session = await signed({ ...CREDENTIALS, sessionToken: SESSION });
  assertEquals(session["x-amz-security-token"], SESSION);
  assertStringIncludes(
    session.authorization!,
    "SignedHeaders=host;x-amz-date;x-amz-security-token, " +
      "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
  );
});
