import { GatewayError } from "../errors.ts";
import type { GatewaySettings, Settings } from "../routing/settings.ts";
import type { KeyChoice } from "../upstream/credentials.ts";
import { authenticate, type Caller, type KnownPrincipal, type Principal } from "./authenticate.ts";
import { guardOpenGateway } from "./guards.ts";
import type { HttpCall } from "./http_call.ts";
import { presentedKeys } from "./presented_keys.ts";

/** A caller who may call, and the gateway he called. */
export interface Admission {
  gateway: GatewaySettings;
  caller: Caller;
}

/** Finds the gateway and decides whether the caller may use it. */
export function admit({ core, incoming, context, url, params, arrivedAt }: HttpCall): Admission {
  const { settings, findKeys, via, loopback } = core;
  const id = gatewayId(params.gateway, incoming.headers.get("cf-aig-gateway-id"));
  const gateway = settings.gateways.get(id);
  if (gateway === undefined) {
    const known = [...settings.gateways.keys()].join(", ");
    throw new GatewayError(2001, `Gateway "${id}" is not configured; configured are ${known}`);
  }
  guardOpenGateway(incoming, url, gateway, settings, loopback);
  const presented = presentedKeys(incoming.headers, url.searchParams);
  const principal = context.principal && known(context.principal, settings);
  const caller = authenticate(presented, gateway, findKeys, arrivedAt, principal);
  if (incoming.headers.get("via")?.includes(via)) {
    throw new GatewayError(2109, "Loop: this request has passed through this gateway before");
  }
  return { gateway, caller };
}

/** What of this request bears on the choice of a provider key; `alias` is `cf-aig-byok-alias`. */
export function keyChoice({ gateway, caller }: Admission, alias: string | undefined): KeyChoice {
  const { requestKeys, byokOnly } = gateway;
  const { requestKey } = caller;
  return { requestKey, alias, ownOnly: requestKeys === "require", keyed: byokOnly };
}

/** What the host application says of its caller, read. Throws 2116 for a scope that is none. */
function known(principal: Principal, { readPrincipal }: Settings): KnownPrincipal {
  const { name, scope } = principal;
  return scope === undefined ? { name } : { name, grant: readPrincipal(principal) };
}

/** The one the path names; where it names none, the header's, else `default`. Throws 2107 where they contradict. */
function gatewayId(inPath: string | undefined, inHeader: string | null): string {
  if (inPath !== undefined && inHeader !== null && inHeader !== "" && inHeader !== inPath) {
    throw new GatewayError(
      2107,
      `The header cf-aig-gateway-id must be "${inPath}", as in the path, or absent`,
      { param: "cf-aig-gateway-id" },
    );
  }
  return inPath ?? (inHeader || "default");
}
