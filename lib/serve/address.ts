import { GatewayError } from "../errors.ts";
import type { Settings } from "../routing/settings.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;
const ANY = /^(?:0\.0\.0\.0|::|\[::\])$/;

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Throws 2116 when a provider's base URL is the address we listen on: its requests would come back to us. */
export function refuseOwnAddress(settings: Settings, host: string, port: number): void {
  for (const [slug, { baseUrl }] of settings.providers) {
    if (baseUrl === undefined || !URL.canParse(baseUrl)) continue;
    const url = new URL(baseUrl);
    const itsPort = url.port !== "" ? Number(url.port) : url.protocol === "https:" ? 443 : 80;
    if (itsPort !== port || !reaches(url.hostname, host)) continue;
    throw new GatewayError(
      2116,
      `providers.${slug}.baseUrl is this gateway's own address, ${url.host}; ` +
        "set it to the provider's, or serve on another --port",
    );
  }
}

function reaches(target: string, host: string): boolean {
  if (bare(target) === bare(host)) return true;
  return (isLoopback(target) || ANY.test(target)) && (isLoopback(host) || ANY.test(host));
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "").toLowerCase();
}
