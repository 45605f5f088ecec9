/**
 * What the gateway remembers, in Deno KV.
 *
 * @module
 */
export {
  type DenoKv,
  type DenoKvAtomic,
  type DenoKvEntry,
  type DenoKvKey,
  denoKvStore,
  type DenoKvStoreOptions,
} from "../store/deno_kv.ts";
export type * from "./store.ts";
