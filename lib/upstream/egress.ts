/**
 * The way out: nothing but the configured origin is ever called, and redirects come back as they are.
 */
import type { EncodedRequest } from "../chat/codec.ts";
import { GatewayError } from "../errors.ts";
import type { FetchBody, FetchedResponse } from "../fetch_like.ts";
import type {
  Credential,
  NativeProvider,
  ProviderAuth,
  ProviderPlace,
  SignRequest,
} from "../providers/provider.ts";
import type { ConfiguredProvider } from "./configured_provider.ts";
import { credentialOf } from "./credentials.ts";
import type { Sending, Waiting } from "./exchange.ts";
import { addLists, requestHeaders, showKey } from "./headers.ts";
import { unreachable } from "./provider_error.ts";
import { type RunningCall, sourceOf } from "./running_call.ts";
import type { Target } from "./target.ts";
import { tokenFor } from "./token_exchange.ts";

/** A request that lacks nothing but what shows who is asking. */
export interface OutgoingRequest {
  /** In capitals. */
  method: string;
  /** Complete, with its query. */
  url: string;
  /** Lower-case names; the key is added in place. */
  headers: Record<string, string>;
  body?: FetchBody;
  /** How the key is shown, where otherwise than the provider has it everywhere else. */
  auth?: ProviderAuth;
}

/** Makes the request of a call that has been written, but for the key. Throws 2040 without an address. */
export function outgoing(
  exchange: Sending,
  target: Target,
  encoded: EncodedRequest,
  credential: Credential | undefined,
): OutgoingRequest {
  const headers = requestHeaders(exchange, target);
  if (encoded.headers !== undefined) addLists(headers, encoded.headers);
  const url = addressOf(target, encoded.path, credential?.place);
  return { method: "POST", url, headers, body: encoded.body };
}

/** Sends a call to its provider; resolves with the headers of whatever it answers. */
export function send(
  call: RunningCall<Waiting>,
  exchange: Sending,
  encoded: EncodedRequest,
): Promise<FetchedResponse> {
  const { target } = call;
  const credential = credentialOf(target.provider, target.key);
  return dispatch(call, outgoing(exchange, target, encoded, credential), credential);
}

/** Shows the key in the provider's way, or signs with it, and sends. */
export function dispatch(
  call: RunningCall<Waiting>,
  request: OutgoingRequest,
  credential: Credential | undefined,
): Promise<FetchedResponse> {
  const { key, provider: { definition } } = call.target;
  if (credential?.askForToken !== undefined) return sendWithToken(call, request);
  if (credential === undefined && key !== undefined) {
    showKey(request.headers, request.auth ?? definition.auth, key);
    return sendOnce(call, request);
  }
  return sendOnce(call, request, credential?.sign ?? definition.sign);
}

/** A token that is refused may have been revoked before its time: one more try with another, and no third. */
async function sendWithToken(
  call: RunningCall<Waiting>,
  request: OutgoingRequest,
): Promise<FetchedResponse> {
  const { definition, tokens } = call.target.provider;
  const auth = request.auth ?? definition.auth;
  const token = await tokenFor(call);
  showKey(request.headers, auth, token);
  const response = await sendOnce(call, request);
  if (response.status !== 401 || isStream(request.body)) return response;
  if (!tokens.refused(call.target.key!, token, call.context.clock)) return response;
  sourceOf(response).cancel();
  showKey(request.headers, auth, await tokenFor(call));
  return await sendOnce(call, request);
}

/** Sends a request as it is; `sign` gives it other headers. */
export async function sendOnce(
  call: RunningCall<Waiting>,
  request: OutgoingRequest,
  sign?: SignRequest,
): Promise<FetchedResponse> {
  const { target, context, signal } = call;
  const fetch = target.provider.definition.fetch ?? context.fetch;
  const { method, url, body } = request;
  try {
    if (isStream(body)) {
      const { headers } = request;
      noteAsked(call);
      return await fetch(url, {
        method,
        headers,
        body,
        duplex: "half",
        redirect: "manual",
        signal,
      });
    }
    const headers = sign === undefined
      ? request.headers
      : { ...await sign({ ...request, body: body ?? "", now: context.clock.now() }) };
    noteAsked(call);
    return await fetch(url, { method, headers, body, redirect: "manual", signal });
  } catch (error) {
    throw unreachable(target, call.explain(error));
  }
}

/** Where the caller has left by now, nobody is asked any more. */
function noteAsked({ context: { onAsked }, signal }: RunningCall<Waiting>): void {
  if (onAsked !== undefined && !signal.aborted) onAsked();
}

/** Such a body can be sent once, and can't be signed: it isn't known before it is sent. */
function isStream(body: FetchBody | undefined): body is ReadableStream<Uint8Array> {
  return body instanceof ReadableStream;
}

/** Where a call goes. */
function addressOf(target: Target, path: string, own: Credential["place"]): string {
  const { provider, model } = target;
  const place = placeOf(provider, own);
  const base = baseOf(target, place);
  return provider.definition.address?.(base, path, model, place) ?? base + path;
}

/** The base URL for a call: the key may say which project or region is its own. */
export function baseUrlOf(target: Target, own: Credential["place"]): string {
  return baseOf(target, placeOf(target.provider, own));
}

/** Where the operator, or else the key, is at the provider. */
export function placeOf(provider: ConfiguredProvider, own: Credential["place"]): ProviderPlace {
  return own === undefined ? provider.place : { ...provider.place, ...own };
}

function baseOf({ provider, key }: Target, place: ProviderPlace): string {
  const { definition, baseUrl, baseUrlFor } = provider;
  const base = baseUrlFor === undefined ? baseUrl : baseUrlFor(place, key);
  if (base === undefined) throw withoutAddress(definition);
  return base;
}

/** Names every setting that would complete the address, with its variables. */
export function withoutAddress({ slug, settings = {} }: NativeProvider): GatewayError {
  const open = Object.entries(settings).filter(([name]) => PLACES.has(name)).map((
    [name, variables],
  ) => `providers.${slug}.${name} (${variables.join(" or ")})`);
  const options = [...open, `providers.${slug}.baseUrl`].join(" or ");
  return new GatewayError(2040, `${slug} has no address: set the option ${options}`, {
    provider: slug,
  });
}

/** Settings that alone, or with another, make an address. */
const PLACES = new Set(["accountId", "project", "region", "resource"]);
