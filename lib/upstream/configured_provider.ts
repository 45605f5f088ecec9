import type { NativeProvider, ProviderPlace } from "../providers/provider.ts";
import type { KeyRing } from "./key_ring.ts";
import type { Timeouts } from "./timeouts.ts";
import type { TokenCache } from "./token_cache.ts";

/** A provider with what the operator says about it. */
export interface ConfiguredProvider {
  definition: NativeProvider;
  /** Complete, with its version segment, without a slash at the end; absent when nobody gave one. */
  baseUrl?: string;
  /** The same for a key, and for the settings that the key brings; absent where every key goes to `baseUrl`. */
  baseUrlFor?: (settings: ProviderPlace, key?: string) => string | undefined;
  /** The operator gave the address, rather than the provider's declaration. */
  ownBase: boolean;
  /** Where the operator is at the provider. */
  place: ProviderPlace;
  /** Stored keys by alias; `default` is the one used when a request names none. */
  keys: KeyRing;
  /** Sent with every request to this provider. */
  headers: Readonly<Record<string, string>>;
  /** For keys that are not shown themselves. */
  tokens: TokenCache;
  /** Its own, over the gateway's. */
  timeouts: Partial<Timeouts> | undefined;
  /** Models to list, as the provider names them. */
  models: readonly string[];
  /** Can be asked for its own list: it has a stored key, or needs none and was configured. */
  listable: boolean;
}
