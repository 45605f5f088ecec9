/** `GET …/key`: what a caller may do. */
import { patternText } from "../../policy/scope.ts";
import { admit } from "../admit.ts";
import type { Endpoint } from "../http_call.ts";

/** The answer of `GET /v1/key`: what the caller's access key, or principal, is for. `null`: nothing restricts it. */
export interface KeyInfo {
  /** Tells it from other answers. */
  object: "key";
  /** The access key's name, or the principal's; `null` for a caller of an open gateway without either. */
  name: string | null;
  /** Ids of the gateways it opens. */
  gateways: readonly string[] | null;
  /** Slugs of the providers that it may ask. */
  providers: readonly string[] | null;
  /** Models that it may ask for; `*` stands for any text. */
  models: readonly string[] | null;
  /** When it ends, as RFC 3339 writes a moment. */
  expires: string | null;
}

/** Tells a caller what he may ask for, and for how long; never the key. */
export const keyInfo: Endpoint = (call) => {
  const { name, grant } = admit(call).caller;
  const { gateways, scope, expires } = grant ?? {};
  const info: KeyInfo = {
    object: "key",
    name: name ?? null,
    gateways: gateways ?? null,
    providers: scope?.providers === undefined ? null : [...scope.providers],
    models: scope?.models?.map(patternText) ?? null,
    expires: expires === undefined ? null : new Date(expires).toISOString(),
  };
  return {
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(info),
  };
};
