/** Service accounts and other keys of Vertex, wherever they are kept. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { GatewayOptions, ProviderSettings } from "../../lib/options/mod.ts";
import { configurationOf } from "../../lib/serve/environment.ts";
import { createGateway } from "../support/gateway.ts";
import { faultsOf } from "../options/support.ts";
import { FakeClock } from "../support/fake_clock.ts";
import {
  accountText,
  EMAIL,
  Google,
  KEY_LINE,
  serviceAccount,
  TOKEN_URL,
} from "../support/google.ts";
import { chat, errorOf, type Got } from "../support/recorder.ts";
import { verified } from "../support/rsa_key.ts";

const MODEL = "vertex/google/gemini-2.5-flash";
const CALL = (place: string) =>
  `https://${place}/publishers/google/models/gemini-2.5-flash:generateContent`;
const GLOBAL = CALL("aiplatform.googleapis.com/v1/projects/acme-prod/locations/global");

async function ask(
  settings: ProviderSettings,
  headers: HeadersInit = {},
  google = new Google(),
): Promise<{ google: Google; got: Got }> {
  const gateway = createGateway({
    providers: { "google-vertex-ai": settings },
    fetch: google.fetch,
    clock: new FakeClock(),
  });
  return { google, got: await chat(gateway, { model: MODEL }, headers) };
}

test("a service account signs a statement, gets a token for it and shows that; its project is the address", async () => {
  const { google, got } = await ask({ apiKey: accountText() });
  assertEquals(got.status, 200, got.text);
  const [{ url, form, init }] = google.exchanges as [Google["exchanges"][number]];
  assertEquals([url, init.method, init.redirect], [TOKEN_URL, "POST", "manual"]);
  assertEquals(form.get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
  const assertion = form.get("assertion") ?? "";
  assertEquals(JSON.parse(atob(assertion.split(".")[0]!)), {
    alg: "RS256",
    typ: "JWT",
    kid: "0123abcd",
  });
  const now = Date.UTC(2026, 0, 1) / 1000;
  assertEquals(JSON.parse(await verified(assertion)), {
    iss: EMAIL,
    scope: "https://www.googleapis.com/auth/cloud-platform",
    aud: TOKEN_URL,
    iat: now - 60,
    exp: now + 3540,
  });
  assertEquals([google.calls[0]?.url, google.shown], [GLOBAL, ["Bearer ya29.1"]]);
});

const pretty = JSON.stringify(serviceAccount(), null, 2);
const wrapped = btoa(pretty).match(/.{1,76}/g)!.join("\n") + "\n";

test("it may be kept as JSON, also with line breaks, or in base64, also wrapped; under any alias", async () => {
  const escaped = accountText().replaceAll("\\n", "\\\\n");
  for (const apiKey of [pretty, `\n${pretty}\n`, btoa(pretty), wrapped, escaped]) {
    const { google, got } = await ask({ apiKey });
    assertEquals([got.status, google.shown], [200, ["Bearer ya29.1"]], got.text);
  }
  const { google } = await ask({ keys: { other: pretty } }, { "cf-aig-byok-alias": "other" });
  assertEquals(google.shown, ["Bearer ya29.1"]);
});

test("a request may bring it as JSON or base64, with its region", async () => {
  const place =
    "europe-west4-aiplatform.googleapis.com/v1/projects/acme-prod/locations/europe-west4";
  const own = serviceAccount({ region: "europe-west4" });
  for (const key of [JSON.stringify(own), btoa(JSON.stringify(own))]) {
    for (const authorization of [`Bearer ${key}`, key]) {
      const { google, got } = await ask({}, { authorization });
      assertEquals([got.status, google.calls[0]?.url], [200, CALL(place)], got.text);
    }
  }
});

test("a configured project wins over the account's, a region of the key over the configured one", async () => {
  const settings = { project: "other-project", region: "us-central1" };
  const plain = await ask({ ...settings, apiKey: accountText() });
  assertStringIncludes(
    plain.google.calls[0]!.url,
    "/projects/other-project/locations/us-central1/",
  );
  const own = await ask({ ...settings, apiKey: accountText({ region: "us-east5" }) });
  assertStringIncludes(own.google.calls[0]!.url, "https://us-east5-aiplatform.googleapis.com/v1/");
  const fixed = await ask({
    apiKey: accountText({ region: "us-east5" }),
    baseUrl: "https://proxy.example/vertex",
  });
  assertEquals(fixed.google.calls[0]!.url, CALL("proxy.example/vertex"));
});

test("access tokens and API keys are shown as they are; an express key that a request brings needs no project", async () => {
  const { google, got } = await ask({}, { authorization: "Bearer AQ.express" });
  assertEquals([got.status, google.exchanges.length], [200, 0], got.text);
  assertEquals(google.calls[0]?.url, CALL("aiplatform.googleapis.com/v1"));
  const token = await ask({ apiKey: "ya29.mine", project: "p" });
  assertEquals([token.google.shown, token.google.exchanges.length], [["Bearer ya29.mine"], 0]);
});

test("the login of gcloud works too", async () => {
  const login = {
    type: "authorized_user",
    client_id: "id",
    client_secret: "login-secret",
    refresh_token: "1//refresh",
    quota_project_id: "acme-prod",
  };
  const { google, got } = await ask({ apiKey: JSON.stringify(login) });
  assertEquals([got.status, google.calls[0]?.url], [200, GLOBAL], got.text);
  assertEquals(Object.fromEntries(google.exchanges[0]!.form), {
    grant_type: "refresh_token",
    client_id: "id",
    client_secret: "login-secret",
    refresh_token: "1//refresh",
  });
});

test("a document never says where it is sent: only the operator can", async () => {
  const evil = accountText({ token_uri: "https://evil.example/token" });
  const { google, got } = await ask({}, { authorization: `Bearer ${btoa(evil)}` });
  assertEquals([got.status, errorOf(got).code], [401, "2118"]);
  assertStringIncludes(errorOf(got).message, "token_uri that is not Google's");
  assertEquals([google.exchanges.length, google.calls.length], [0, 0]);
  const tokenUrl = "https://proxy.example/token";
  const own = await ask({ tokenUrl }, { authorization: `Bearer ${btoa(evil)}` });
  assertEquals(own.google.exchanges.map(({ url }) => url), [tokenUrl]);
  const claims = JSON.parse(await verified(own.google.exchanges[0]!.form.get("assertion")!));
  assertEquals(claims.aud, "https://evil.example/token");
  for (const uri of ["https://accounts.google.com/o/oauth2/token", undefined]) {
    const old = await ask({ apiKey: accountText({ token_uri: uri }) });
    assertEquals(old.google.exchanges.map(({ url }) => url), [TOKEN_URL]);
  }
});

test("case 5: neither project nor region of a document can make another host or path", async () => {
  const places = [
    { region: "evil.example/" },
    { region: "us-east1.evil.example" },
    { region: "us-east1\n" },
    { region: "../x" },
    { project_id: "p/../../x" },
    { project_id: "p?x=1" },
    { project_id: "p#" },
    { project_id: "P" },
  ];
  for (const place of places) {
    const key = btoa(accountText(place));
    const { google, got } = await ask({}, { authorization: `Bearer ${key}` });
    assertEquals([got.status, errorOf(got).code], [401, "2118"], JSON.stringify(place));
    assertEquals([google.exchanges.length, google.calls.length], [0, 0]);
  }
});

test("a stored document that can't be used is an error at start, which names its place and shows nothing of it", () => {
  const faults = (settings: object) => faultsOf({ providers: { "google-vertex-ai": settings } });
  const path = "providers.google-vertex-ai";
  assertEquals(faults({ apiKey: '{"type": "service_account", ' }), [
    `${path}.apiKey is no valid JSON: copy all of it`,
  ]);
  assertEquals(faults({ keys: { a: accountText({ client_email: undefined }) } }), [
    `${path}.keys.a lacks client_email: copy the whole file`,
  ]);
  const bad = accountText({ private_key: "-----BEGIN RSA PRIVATE KEY-----\nsecret\n" });
  assertEquals(faults({ keys: { a: ["ya29.ok", bad] } }), [
    `${path}.keys.a[1] has a private_key that is none: it must be PKCS#8 in PEM (-----BEGIN PRIVATE KEY-----)`,
  ]);
  const [type] = faults({ apiKey: accountText({ type: "external_account" }) });
  assertStringIncludes(type!, "service_account");
  assertStringIncludes(faults({ apiKey: accountText({ token_uri: "http://x" }) })[0]!, "tokenUrl");
  assertEquals(faults({ region: "us-gov-west-1x" }).length, 1);
  assertEquals(faults({ tokenurl: "https://x.example" }), [
    `${path}.tokenurl is not an option (did you mean "tokenUrl"?)`,
  ]);
  assertEquals(faultsOf({ providers: { openai: { apiKey: pretty } } }), [
    "providers.openai.apiKey is a document, but this provider's keys are none",
  ]);
  assertEquals(faultsOf({ providers: { openai: { tokenUrl: "https://x.example" } } }), [
    "providers.openai cannot have tokenUrl: its keys need none",
  ]);
});

test("a private key that only looks like one is told without it", async () => {
  const pem = "-----BEGIN PRIVATE KEY-----\nMIIEcanarycanary\n-----END PRIVATE KEY-----\n";
  const { google, got } = await ask({ apiKey: accountText({ private_key: pem }) });
  assertEquals([got.status, errorOf(got).code, google.exchanges.length], [401, "2118", 0]);
  assertStringIncludes(
    errorOf(got).message,
    "The key for google-vertex-ai has a private_key that is none: it must be PKCS#8",
  );
  assertFalse(got.text.includes("canary"));
});

/** What a program that stands alone makes of these variables and files. */
function configure(
  env: Record<string, string>,
  files: Record<string, string> = {},
  file?: GatewayOptions,
) {
  const readText = (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error("ENOENT");
    return text;
  };
  const { options, keySources } = configurationOf({ env, readText, ...(file && { file }) });
  return { ...options.providers?.["google-vertex-ai"], from: keySources.get("google-vertex-ai") };
}

test("variables and files hold it: ours, the JSON itself, or the path that Google's programs know", async () => {
  assertEquals(configure({ GOOGLE_VERTEX_CREDENTIALS: pretty }), {
    apiKey: pretty,
    from: "GOOGLE_VERTEX_CREDENTIALS",
  });
  const path = { GOOGLE_APPLICATION_CREDENTIALS: "/k.json" };
  assertEquals(configure(path, { "/k.json": pretty }), {
    apiKey: pretty,
    from: "GOOGLE_APPLICATION_CREDENTIALS",
  });
  assertEquals(
    configure({ ...path, GOOGLE_VERTEX_API_KEY: "AQ.k" }, { "/k.json": pretty }).apiKey,
    "AQ.k",
  );
  const file: GatewayOptions = {
    providers: { "google-vertex-ai": { apiKey: "ya29.file" } },
  };
  assertEquals(configure(path, { "/k.json": pretty }, file).apiKey, "ya29.file");
  const { from: _, ...settings } = configure({ GOOGLE_VERTEX_CREDENTIALS: pretty });
  const { got } = await ask(settings);
  assertEquals(got.status, 200, got.text);
});

test("a path that is set for other programs, and leads to nothing usable, is left alone", () => {
  const path = { GOOGLE_APPLICATION_CREDENTIALS: "/k.json" };
  const nothing = { from: undefined };
  assertEquals(configure(path), nothing);
  assertEquals(configure(path, { "/k.json": '{"type":"external_account"}' }), nothing);
  assertEquals(configure(path, { "/k.json": "no JSON" }), nothing);
});

test("without a key the error names all that would be one", async () => {
  const { got } = await ask({ project: "p" });
  assertEquals(errorOf(got).code, "2040");
  for (
    const name of [
      "DRAGOMAN_GOOGLE_VERTEX_AI_API_KEY",
      "GOOGLE_VERTEX_CREDENTIALS",
      "GOOGLE_APPLICATION_CREDENTIALS (a file)",
      "providers.google-vertex-ai.apiKey",
      "authorization: Bearer",
    ]
  ) assertStringIncludes(errorOf(got).message, name);
  const { got: placeless } = await ask({ apiKey: accountText({ project_id: undefined }) });
  for (const name of ["project", "GOOGLE_CLOUD_PROJECT", "region", "baseUrl"]) {
    assertStringIncludes(errorOf(placeless).message, name);
  }
  assertFalse(placeless.text.includes("tokenUrl"));
});

test("what Vertex says in anger never repeats the account, its key or its token", async () => {
  const google = new Google();
  google.call = () =>
    Response.json({ error: { code: 403, message: `no: ya29.1 ${KEY_LINE} ${accountText()}` } }, {
      status: 403,
    });
  const { got } = await ask({ apiKey: accountText() }, {}, google);
  assertEquals(got.status, 403);
  for (const secret of ["ya29.1", KEY_LINE, "BEGIN PRIVATE"]) {
    assertFalse(got.text.includes(secret), got.text);
  }
  assert(got.text.includes("[redacted]"));
});
