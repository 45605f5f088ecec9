/**
 * An application of Microsoft's Entra ID, which gets access tokens by its secret.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
import { keyDocument, memberOf, unusable } from "./key_document.ts";
import type { Credential, ProviderPlace } from "./provider.ts";

const SCOPE = "https://cognitiveservices.azure.com/.default";

const RULE = "tenantId, clientId and clientSecret are one key";

/** A tenant becomes a step of the path: its id, or a domain of its own. */
const TENANT = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** `{"tenantId": …, "clientId": …, "clientSecret": …}`, also in base64; `undefined` for other keys. */
export function readEntraCredential(key: string, settings: ProviderPlace): Credential | undefined {
  const document = keyDocument(key);
  if (document === undefined) return undefined;
  const member = (name: string) => memberOf(document, name, RULE);
  const tenant = member("tenantId");
  if (!TENANT.test(tenant)) unusable("has a tenantId that is no tenant's");
  const form = {
    grant_type: "client_credentials",
    client_id: member("clientId"),
    client_secret: member("clientSecret"),
    scope: SCOPE,
  };
  const url = settings.tokenUrl ?? `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
  return {
    secrets: [form.client_secret],
    askForToken: () => Promise.resolve({ url, form }),
  };
}
