/**
 * What the gateway remembers, in Redis or Valkey, through a client of yours.
 *
 * @module
 */
export {
  type NodeRedis,
  type RedisSender,
  redisStore,
  type RedisStoreOptions,
} from "../store/redis.ts";
export type * from "./store.ts";
