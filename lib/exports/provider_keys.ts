/**
 * Providers' keys in a store, for all gateways that share it: put there by your own program, in place of
 * `dragoman key`.
 *
 * @module
 */
export {
  listProviderKeys,
  putProviderKey,
  removeProviderKey,
  type SharedKeyInfo,
} from "../options/shared_keys.ts";
export type * from "./store.ts";
