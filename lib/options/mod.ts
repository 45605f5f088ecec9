/** Options: their types, and the check that makes settings of them. */
export { configurationError } from "./fault.ts";
export { checkOptions } from "./check_options.ts";
export { defineConfig } from "./gateway_options.ts";
export type {
  AccessKeyOption,
  CacheOptions,
  FetchMediaOptions,
  GatewayEntry,
  GatewayOptions,
  MemoryStoreSettings,
  ProviderSettings,
  RedisStoreSettings,
  RouteOption,
} from "./gateway_options.ts";
export { keyOf, keysIn, nameOf } from "./shared_keys.ts";
export type { OpenRedis } from "./store.ts";
export { KEY_PARTS } from "./provider_name.ts";
