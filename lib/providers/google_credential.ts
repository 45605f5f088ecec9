/**
 * Google's credentials that are documents, as `gcloud` and the console give them: a service account signs a
 * statement, a user's login has a refresh token; either gets an access token that holds for an hour.
 * https://developers.google.com/identity/protocols/oauth2/service-account
 */
import { type Json, textOf } from "../json/fields.ts";
import { keyDocument, memberOf, unusable } from "./key_document.ts";
import type { Credential, ProviderPlace } from "./provider.ts";

/** Where Google gives tokens. */
const TOKEN_URL = "https://oauth2.googleapis.com/token";

/** What documents of any age call it. */
const TOKEN_URLS = [
  TOKEN_URL,
  "https://accounts.google.com/o/oauth2/token",
  "https://www.googleapis.com/oauth2/v4/token",
];

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** The longest that Google lets a statement hold, in seconds. */
const HOUR = 3600;

/** Seconds by which a statement is dated back, for clocks that are ahead of Google's. */
const SKEW = 60;

const RULE = "copy the whole file";

/** What project and region of a document must be. */
export interface GooglePatterns {
  project: RegExp;
  region: RegExp;
}

/**
 * Takes a document apart; `undefined` for keys that are none. Its `token_uri` never decides where it is sent: that
 * is Google's own address, or the operator's `tokenUrl`.
 */
export function readGoogleCredential(
  key: string,
  settings: ProviderPlace,
  patterns: GooglePatterns,
): Credential | undefined {
  const document = keyDocument(key);
  if (document === undefined) return undefined;
  const url = settings.tokenUrl ?? googleUrl(document);
  const place = placeOf(document, settings, patterns);
  const { type = "service_account" } = document;
  if (type === "service_account") return { place, ...serviceAccount(document, url) };
  if (type === "authorized_user") return { place, ...authorizedUser(document, url) };
  unusable(
    "is a document of a type that gets no token here: use a key of a service account (service_account), " +
      "a login (authorized_user), or an access token",
  );
}

function serviceAccount(document: Json, url: string): Credential {
  const email = memberOf(document, "client_email", RULE);
  const pem = memberOf(document, "private_key", RULE).replaceAll("\\n", "\n").trim();
  if (!pem.startsWith("-----BEGIN PRIVATE KEY-----")) unreadableKey();
  const kid = textOf(document.private_key_id);
  // A proxy at the operator's address passes on to the address that the account names.
  const audience = textOf(document.token_uri) ?? TOKEN_URL;
  return {
    // Each line by itself, as it is not known how somebody would quote them; the last may be a mere word.
    secrets: pem.split(/\s+/).filter((line) => line.length > 16 && !line.startsWith("-----")),
    async askForToken(now) {
      const issued = Math.floor(now / 1000) - SKEW;
      const claims = { iss: email, scope: SCOPE, aud: audience, iat: issued, exp: issued + HOUR };
      const header = { typ: "JWT", ...(kid !== undefined && { kid }) };
      const { signRs256 } = await import("./sign_jws.ts");
      const assertion = await signRs256(JSON.stringify(claims), header, pem).catch(unreadableKey);
      return { url, form: { grant_type: JWT_BEARER, assertion } };
    },
  };
}

function authorizedUser(document: Json, url: string): Credential {
  const form = {
    grant_type: "refresh_token",
    client_id: memberOf(document, "client_id", RULE),
    client_secret: memberOf(document, "client_secret", RULE),
    refresh_token: memberOf(document, "refresh_token", RULE),
  };
  return {
    secrets: [form.client_secret, form.refresh_token],
    askForToken: () => Promise.resolve({ url, form }),
  };
}

function googleUrl({ token_uri: uri }: Json): string {
  if (uri === undefined || TOKEN_URLS.includes(uri as string)) return TOKEN_URL;
  unusable(
    `has a token_uri that is not Google's (${TOKEN_URL}): ` +
      "only an operator can have it sent elsewhere, by the option tokenUrl",
  );
}

/** A project is in every document, so a configured one wins; a region only where somebody put it there. */
function placeOf(
  document: Json,
  settings: ProviderPlace,
  patterns: GooglePatterns,
): ProviderPlace {
  const project = settings.project ?? textOf(document.project_id) ??
    textOf(document.quota_project_id);
  const region = textOf(document.region) ?? settings.region;
  if (project !== undefined && !patterns.project.test(project)) {
    unusable("has a project_id that is no project's");
  }
  if (region !== undefined && !patterns.region.test(region)) {
    unusable("has a region that is none, such as us-central1 or global");
  }
  return { ...(project !== undefined && { project }), ...(region !== undefined && { region }) };
}

function unreadableKey(): never {
  unusable(
    "has a private_key that is none: it must be PKCS#8 in PEM (-----BEGIN PRIVATE KEY-----)",
  );
}
