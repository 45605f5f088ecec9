/** What keeps a web page, or a foreign name, from spending the keys of an open gateway. */
import { GatewayError } from "../errors.ts";
import type { GatewaySettings, Settings } from "../routing/settings.ts";
import type { Incoming } from "./incoming.ts";

/** A host name and port and nothing else: `x/?` or `x#` would move the path for whoever builds a URL of it. */
const HOST = /^[A-Za-z0-9._-]*(?::\d+)?$|^\[[0-9A-Fa-f:.]+\](?::\d+)?$/;

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Throws 2107 for a `Host` header that is none. */
export function checkHostSyntax({ headers }: Incoming): void {
  const host = headers.get("host");
  if (host !== null && !HOST.test(host)) {
    throw new GatewayError(2107, "The Host header is not a host name with an optional port", {
      param: "host",
    });
  }
}

/**
 * An open gateway trusts whoever reaches it, so it must know that no browser was tricked into reaching
 * it: a page of another origin is refused, and on a loopback address a foreign host name too (that is
 * how DNS rebinding looks).
 */
export function guardOpenGateway(
  incoming: Incoming,
  url: URL,
  gateway: GatewaySettings,
  settings: Settings,
  loopback: boolean,
): void {
  if (!gateway.open) return;
  if (loopback && !LOOPBACK.test(url.hostname) && !settings.allowedHosts.includes(url.hostname)) {
    throw new GatewayError(
      2106,
      `This gateway answers on loopback only, not as "${url.hostname}"; list the name under allowedHosts`,
    );
  }
  const origin = incoming.headers.get("origin");
  if (origin !== null && !originAllowed(origin, url, settings)) {
    throw new GatewayError(
      2106,
      "An open gateway refuses pages of another origin; set access keys, or list the origin under cors.origins",
    );
  }
  if (origin === null && incoming.headers.get("sec-fetch-site") === "cross-site") {
    throw new GatewayError(2106, "An open gateway refuses requests from pages of another site");
  }
}

/** `*` is for gateways with access keys: an open one accepts only origins listed by name. */
function originAllowed(origin: string, url: URL, { cors }: Settings): boolean {
  return (cors?.origins.includes(origin) ?? false) || sameHost(origin, url);
}

/** Compares host and port alone: behind a proxy that ends TLS the scheme differs. */
function sameHost(origin: string, url: URL): boolean {
  return URL.canParse(origin) && new URL(origin).host === url.host;
}
