/** `GET …/key`: what a caller may do. */
import { patternText } from "../../policy/scope.ts";
import { type Admission, admit } from "../admit.ts";
import type { Endpoint, HttpCall } from "../http_call.ts";
import { gateFor, isLimited } from "../limits.ts";
import { requestOptions } from "../request_options.ts";
import { type KeyLimit, keyLimits } from "./key_limits.ts";

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
  /** How much may be used, of the limits of this gateway and of the key itself. */
  limits: readonly KeyLimit[];
  /** The same of money. */
  spendLimits: readonly KeyLimit[];
}

/** Tells a caller what he may ask for, for how long, how much of it, and what is left; never the key. */
export const keyInfo: Endpoint = async (call) => {
  const admission = admit(call);
  const { name, grant } = admission.caller;
  const { gateways, scope, expires } = grant ?? {};
  const limits = await limitsFor(call, admission);
  const info: KeyInfo = {
    object: "key",
    name: name ?? null,
    gateways: gateways ?? null,
    providers: scope?.providers === undefined ? null : [...scope.providers],
    models: scope?.models?.map(patternText) ?? null,
    expires: expires === undefined ? null : new Date(expires).toISOString(),
    ...limits,
  };
  return {
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(info),
  };
};

async function limitsFor(
  call: HttpCall,
  admission: Admission,
): Promise<Pick<KeyInfo, "limits" | "spendLimits">> {
  if (!isLimited(admission)) return { limits: [], spendLimits: [] };
  const { core: { settings }, incoming: { headers }, context: { metadata } } = call;
  const options = requestOptions(headers, admission.gateway, metadata);
  const reckoning = { characters: 0, expects: () => ({}) };
  const gate = gateFor(call, admission, options, { attempts: [] }, settings, reckoning)!;
  const [spending, others] = [true, false].map((spends) =>
    keyLimits(gate, gate.limits.filter((limit) => limit.spends === spends), call)
  );
  return { limits: await others!, spendLimits: await spending! };
}
