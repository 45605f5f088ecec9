/**
 * The only way out: no other file calls `fetch`. Nothing but the configured origin is ever called, and
 * redirects come back as they are.
 */
import { GatewayError } from "../errors.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import { requestHeaders } from "./headers.ts";
import { unreachable } from "./provider_error.ts";
import type { RunningCall } from "./running_call.ts";

/** Sends a call to its provider; resolves with the headers of whatever it answers. */
export async function send(call: RunningCall): Promise<FetchedResponse> {
  const { exchange, target, encoded, context, signal } = call;
  const { definition, baseUrl } = target.provider;
  if (baseUrl === undefined) {
    throw new GatewayError(
      2040,
      `${definition.slug} has no address: set the option providers.${definition.slug}.baseUrl`,
      { provider: definition.slug },
    );
  }
  const fetch = definition.fetch ?? context.fetch;
  try {
    return await fetch(baseUrl + encoded.path, {
      method: "POST",
      headers: requestHeaders(exchange, target),
      body: encoded.body,
      redirect: "manual",
      signal,
    });
  } catch (error) {
    throw unreachable(target, call.explain(error));
  }
}
