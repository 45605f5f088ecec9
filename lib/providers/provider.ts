/**
 * A provider is a company: where it is reached, how it is paid, which protocol it speaks. Everything
 * about the protocol itself lives in its codec.
 */
import type { ProviderCodec } from "../chat/codec.ts";
import type { FetchLike } from "../fetch_like.ts";

/** How a key is shown to the provider. */
export interface ProviderAuth {
  /** Lower-case header name. */
  header: string;
  /** Put before the key, with its space: `Bearer `. */
  prefix?: string;
  /** `false`: works without a key, as local servers do. */
  required: boolean;
}

/** Declares a provider; see {@linkcode defineProvider}. */
export interface Provider {
  /** Lower-case letters, digits and hyphens: the prefix of its models' names. */
  slug: string;
  /** Default base URL; absent when it must be configured. */
  baseUrl?: string;
  auth: ProviderAuth;
  codec: ProviderCodec;
  /** Environment variables of the vendor's own, in order: `OPENAI_API_KEY`. */
  keyVariables?: string[];
  /** The same for the base URL: `OPENAI_BASE_URL`. */
  baseUrlVariables?: string[];
  /** Version segments people write or leave out of the base URL: `["v1"]`; the first is added where none is. */
  versions?: string[];
  /** The caller's request headers that reach this provider, besides the ones that always do. */
  forwardHeaders?: string[];
  /** Models to list where the operator lists none. */
  models?: readonly string[];
  /** Answers inside this process instead of over the network. */
  fetch?: FetchLike;
}

/**
 * Declares a provider of one's own, checked by its type.
 *
 * @example
 * ```ts
 * const acme = defineProvider({
 *   slug: "acme",
 *   baseUrl: "https://api.acme.example/v1",
 *   auth: { header: "x-acme-key", required: true },
 *   codec: openaiChat(),
 * });
 * const gateway = createGateway({ providers: { acme: { definition: acme, apiKey: "…" } } });
 * ```
 */
export function defineProvider(provider: Provider): Provider {
  return provider;
}
