/** Who calls in the REST family, https://developers.cloudflare.com/ai-gateway/usage/rest-api/#authentication. */
import type { Endpoint } from "./http_call.ts";
import type { Incoming } from "./incoming.ts";

const AUTHORIZATION = "authorization";
const ACCESS = "cf-aig-authorization";

/** There `Authorization` says who calls, and is never a provider's key. */
export function authorized(endpoint: Endpoint): Endpoint {
  return (call) => endpoint({ ...call, incoming: accessOnly(call.incoming) });
}

/** The same request as if `Authorization` were written `cf-aig-authorization`, unless that came, too. */
function accessOnly(incoming: Incoming): Incoming {
  const { method, url, headers, signal } = incoming;
  return {
    method,
    url,
    signal,
    headers: {
      get(name) {
        if (name === AUTHORIZATION) return null;
        return headers.get(name) ?? (name === ACCESS ? headers.get(AUTHORIZATION) : null);
      },
      *[Symbol.iterator]() {
        for (const entry of headers) if (entry[0] !== AUTHORIZATION) yield entry;
      },
    },
    get body() {
      return incoming.body;
    },
    arrayBuffer: () => incoming.arrayBuffer(),
  };
}
