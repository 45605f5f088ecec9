/** From where a configuration wants things kept to the store that keeps them. */
import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { guardStore, isGuarded, PATIENCE } from "../store/guard.ts";
import { createMemoryStore } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import type { Fault } from "./fault.ts";
import type { MemoryStoreSettings, RedisStoreSettings } from "./gateway_options.ts";
import { exactObject, hidden, oneOf, text, wholeNumber } from "./shapes.ts";

/** Makes a store of the Redis at an address. It connects when it likes to, and again when it has to. */
export type OpenRedis = (settings: RedisStoreSettings) => Store;

const memory = exactObject({
  type: oneOf("memory"),
  maxBytes: v.optional(wholeNumber(100_000, 2 ** 40, "bytes")),
  maxEntries: v.optional(wholeNumber(1, 10_000_000, "entries")),
});

const redis = exactObject({
  type: oneOf("redis"),
  url: text("an address", redisUrlFault),
  prefix: v.optional(text("a prefix", prefixFault)),
  timeout: v.optional(wholeNumber(1, 60_000, "milliseconds")),
});

/** Of something else, only that is told. */
const neither = v.pipe(
  v.looseObject({ type: oneOf("memory", "redis") }, "is missing"),
  v.rawTransform(({ NEVER }) => NEVER),
);

const METHODS = ["get", "set", "delete", "add", "compareAndSet"] as const;
const handedIn = hidden<Store>((input) => {
  const store = (input ?? {}) as Partial<Store>;
  return METHODS.every((method) => typeof store[method] === "function");
}, `a store, with ${METHODS.join(", ")}, or an object with the type "memory" or "redis"`);

/** A store, or where one is to be made. */
export const storeShape = v.lazy((input) => {
  if (typeof input !== "object" || input === null || "get" in input) return handedIn;
  const { type } = input as { type?: unknown };
  if (type === "memory") return memory;
  return type === "redis" ? redis : neither;
});

/** What stands under `store`. */
export type WrittenStore = Store | MemoryStoreSettings | RedisStoreSettings | undefined;

/** The store itself; pushes what stands in its way to `faults`. */
export function makeStore(
  written: WrittenStore,
  { clock, openRedis, faults }: { clock: Clock; openRedis?: OpenRedis; faults: Fault[] },
): Store {
  if (written !== undefined && "get" in written) {
    // Whoever made it may have trusted his engine; no request waits for it for ever.
    if (isGuarded(written)) return written;
    return guardStore(written, "handed in", { timeout: PATIENCE, clock });
  }
  if (written?.type !== "redis") return createMemoryStore({ clock, ...written });
  if (openRedis !== undefined && faults.length === 0) return openRedis(written);
  if (openRedis === undefined) faults.push({ path: ["store", "type"], problem: NO_CLIENT });
  return createMemoryStore({ clock });
}

const NO_CLIENT = 'can be "redis" only where the command serves, on Bun, Node or Deno; ' +
  "in code, give redisStore(client) from dragoman/redis as store";

/** The address is never shown, since it may hold a password. */
function redisUrlFault(written: string): string | undefined {
  const example = "such as redis://127.0.0.1:6379 or rediss://user:password@host:6379/0";
  if (!/^rediss?:\/\//.test(written) || !URL.canParse(written)) {
    return `must be an address ${example}`;
  }
  const { hostname, pathname, search, hash } = new URL(written);
  if (hostname === "") return `must name a host, ${example}`;
  if (!/^\/?\d*$/.test(pathname)) {
    return "must end after the host, or with the number of a database";
  }
  return search === "" && hash === "" ? undefined : "must not have a query or fragment";
}

function prefixFault(prefix: string): string | undefined {
  return /^[\x21-\x7e]{1,50}$/.test(prefix)
    ? undefined
    : "must be 1 to 50 printable characters without spaces";
}
