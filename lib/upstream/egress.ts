/**
 * The only way out: no other file calls `fetch`. Nothing but the configured origin is ever called, and
 * redirects come back as they are.
 */
import type { EncodedRequest } from "../chat/codec.ts";
import { GatewayError } from "../errors.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import type { Provider } from "../providers/provider.ts";
import type { Exchange } from "./exchange.ts";
import { addLists, requestHeaders } from "./headers.ts";
import { unreachable } from "./provider_error.ts";
import type { RunningCall } from "./running_call.ts";

/** Sends a call to its provider; resolves with the headers of whatever it answers. */
export async function send(
  call: RunningCall,
  exchange: Exchange,
  encoded: EncodedRequest,
): Promise<FetchedResponse> {
  const { target, context, signal } = call;
  const { definition, baseUrl } = target.provider;
  if (baseUrl === undefined) {
    throw withoutAddress(definition);
  }
  const fetch = definition.fetch ?? context.fetch;
  const { address, sign } = definition;
  const url = address?.(baseUrl, encoded.path, target.model) ?? baseUrl + encoded.path;
  const method = "POST";
  const { body } = encoded;
  let headers = requestHeaders(exchange, target);
  if (encoded.headers !== undefined) addLists(headers, encoded.headers);
  try {
    if (sign !== undefined && target.key === undefined) {
      headers = { ...await sign({ method, url, headers, body }) };
    }
    return await fetch(url, { method, headers, body, redirect: "manual", signal });
  } catch (error) {
    throw unreachable(target, call.explain(error));
  }
}

/** Names every setting that would complete the address, with its variables. */
function withoutAddress({ slug, settings = {} }: Provider): GatewayError {
  const open = Object.entries(settings).map(([name, variables]) =>
    `providers.${slug}.${name} (${variables.join(" or ")})`
  );
  const options = [...open, `providers.${slug}.baseUrl`].join(" or ");
  return new GatewayError(2040, `${slug} has no address: set the option ${options}`, {
    provider: slug,
  });
}
