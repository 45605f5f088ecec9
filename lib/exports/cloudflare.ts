/**
 * What the gateway remembers, in Durable Objects and Workers KV.
 *
 * @module
 */
export {
  type CacheMetadata,
  type CacheNamespace,
  type CachePutOptions,
  cloudflareStore,
  type CloudflareStoreOptions,
  type StoreNamespace,
  type StoreReply,
  type StoreStub,
} from "../store/cloudflare.ts";
export { StoreObject, type StoreObjectState } from "../store/cloudflare_object.ts";
export type * from "./store.ts";
