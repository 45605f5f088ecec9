import type { Provider } from "../providers/provider.ts";
import type { Timeouts } from "./timeouts.ts";

/** A provider with what the operator says about it. */
export interface ConfiguredProvider {
  definition: Provider;
  /** Complete, with its version segment, without a slash at the end; absent when nobody gave one. */
  baseUrl?: string;
  /** Stored keys by alias; `default` is the one used when a request names none. */
  keys: ReadonlyMap<string, readonly string[]>;
  /** Sent with every request to this provider. */
  headers: Readonly<Record<string, string>>;
  timeouts: Partial<Timeouts>;
  /** Models to list, as the provider names them. */
  models: readonly string[];
}
