/** A call as it would be sent, for people to look at: complete, but for everything that is a secret. */
import type { EncodedRequest } from "../chat/codec.ts";
import type { Clock } from "../clock.ts";
import type { Credential } from "../providers/provider.ts";
import { credentialOf, keyFault } from "./credentials.ts";
import { outgoing } from "./egress.ts";
import type { Sending } from "./exchange.ts";
import { showKey } from "./headers.ts";
import type { Target } from "./target.ts";

/** What would be sent. */
export interface Rehearsal {
  method: "POST";
  url: string;
  /** Lower-case names; whatever is, or may be, a credential is `…`. */
  headers: Record<string, string>;
  /** JSON text, to the letter. */
  body: string;
  /** Where an access token would be got first, unless one is at hand. */
  tokenFrom?: string;
  /** Signed when it is sent, by which further headers come. */
  signed?: true;
}

const HIDDEN = "…";

/** Makes a call without sending anything, not even for a token. Throws what making it throws. */
export async function rehearse(
  exchange: Sending,
  target: Target,
  encoded: EncodedRequest,
  clock: Clock,
): Promise<Rehearsal> {
  const credential = credentialOf(target.provider, target.key);
  const { url, headers } = outgoing(exchange, target, encoded, credential);
  // What operators configure may be anything, also a key under a name that nobody knows.
  for (const name of Object.keys(target.provider.headers)) headers[name] = HIDDEN;
  const how = await showNoKey(headers, target, credential, clock);
  return {
    method: "POST",
    url: withoutKeys(url, target.key),
    headers,
    body: encoded.body,
    ...how,
  };
}

async function showNoKey(
  headers: Record<string, string>,
  { provider: { definition }, key }: Target,
  credential: Credential | undefined,
  clock: Clock,
): Promise<Pick<Rehearsal, "tokenFrom" | "signed">> {
  if (credential?.askForToken !== undefined) {
    showKey(headers, definition.auth, HIDDEN);
    const { url } = await credential.askForToken(clock.now()).catch((error) => {
      throw keyFault(definition, error);
    });
    return { tokenFrom: url };
  }
  if (credential === undefined && key !== undefined) {
    showKey(headers, definition.auth, key, HIDDEN);
    return {};
  }
  if ((credential?.sign ?? definition.sign) === undefined) return {};
  showKey(headers, definition.auth, HIDDEN);
  return { signed: true };
}

/** A definition of one's own may put its key into the address. */
function withoutKeys(url: string, key: string | undefined): string {
  const shown = key === undefined ? url : url.replaceAll(key, HIDDEN);
  return shown.replace(/([?&](?:[\w-]*(?:key|token|secret|signature))=)[^&#]*/gi, `$1${HIDDEN}`);
}
