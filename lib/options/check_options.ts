/** From what people write to the checked {@linkcode Settings} the gateway runs on. */
import * as v from "valibot";
import { systemClock } from "../clock.ts";
import { sha256Hex } from "../digest.ts";
import { configurationError, type Fault, toFault } from "./fault.ts";
import type { FetchLike } from "../fetch_like.ts";
import { configureGateways } from "./gateways.ts";
import { configureMedia } from "./media.ts";
import { modelRuleFaults, usualOutputs } from "./model_rules.ts";
import { readPrices, readPriceTable } from "./prices.ts";
import { keysInStore, providerFaults } from "./provider_keys.ts";
import { configureDemo, configureNativeSlugs, configureProviders } from "./providers.ts";
import { type PriceBook, writtenBook } from "../policy/price_book.ts";
import { principalReader } from "./scopes.ts";
import { optionsShape, type WrittenOptions } from "./schema.ts";
import { ALIASES } from "../providers/registry.ts";
import { pooledRandom } from "../random.ts";
import { configureStore, type FollowContext, followKeys, isExternal } from "./sealing.ts";
import type { OpenRedis } from "./store.ts";
import type { Settings } from "../routing/settings.ts";
import type { KeyRingContext } from "../upstream/key_ring.ts";

const BODY_LIMIT = 32 * 2 ** 20;

/** Whose hands the gateway is in. */
export interface Door {
  /** Whether gateways are open as long as none has an access key: only where strangers can't call. */
  openByDefault: boolean;
  /** Opens a Redis by its address; absent where there is no client for one. */
  openRedis?: OpenRedis;
  /** The table of prices that can be named; absent where none comes along. */
  priceTable?: PriceBook | undefined;
  /** What media are fetched with: it connects to public addresses only. */
  mediaFetch?: FetchLike | undefined;
}

/**
 * Checks a configuration and completes it with defaults. Throws {@linkcode GatewayError} 2116 that names
 * the path of every fault, what is wrong and what would be right; a secret is never in the message.
 */
export function checkOptions(input: unknown, door: Door): Settings {
  const result = v.safeParse(optionsShape, input === undefined ? {} : input);
  if (!result.success) throw configurationError(result.issues.map((issue) => toFault(issue)));
  const faults: Fault[] = [];
  const settings = complete(result.output, door, faults);
  if (faults.length > 0) throw configurationError(faults);
  return settings;
}

function complete(options: WrittenOptions, door: Door, faults: Fault[]): Settings {
  const { hash = sha256Hex, clock = systemClock, random = pooledRandom() } = options;
  faults.push(...hashFaults(hash), ...providerFaults(options.providers ?? []));
  const followed = { clock, faults, kept: () => kept };
  const { providers, ...provided } = readProviders(options, { hash, random, ...followed });
  const slugs = new Set([...providers.keys(), ...ALIASES.keys()]);
  const table = readPriceTable(options.priceTable, door.priceTable, faults);
  const prices = writtenBook(readPrices(options.prices ?? [], providers, slugs, faults), table);
  const gateways = configureGateways(options.gateways ?? [], {
    hash,
    providers,
    slugs,
    prices,
    openByDefault: door.openByDefault,
    unsealed: isExternal(options.store) && options.secret === undefined,
    faults,
  });
  // Bound, since Workers refuse a `fetch` that is called as a method of something else.
  const { fetch = globalThis.fetch.bind(globalThis), bodyLimit = BODY_LIMIT } = options;
  const { mediaFetch, openRedis } = door;
  const media = configureMedia(options.fetchMedia, { mediaFetch, fetch, bodyLimit, faults });
  const kept = configureStore(options, { clock, random, openRedis, faults });
  return {
    providers,
    ...provided,
    gateways,
    prices,
    usualOutput: usualOutputs(options.modelRules ?? []),
    basePath: (options.basePath ?? "").replace(/\/$/, ""),
    ...(options.cors && { cors: options.cors }),
    allowedHosts: (options.allowedHosts ?? []).map((host) => host.toLowerCase()),
    bodyLimit,
    fetch,
    media,
    ...kept,
    clock,
    hash,
    random,
    readPrincipal: principalReader({ gateways: new Set(gateways.keys()), slugs }),
  };
}

/** The providers, and what follows those of their keys that lie in the store. */
function readProviders(
  options: WrittenOptions,
  { hash, random, ...followed }: FollowContext & Omit<KeyRingContext, "clock">,
): Pick<Settings, "providers" | "nativeSlugs" | "sharedKeys"> {
  const { providers: written = [], modelRules = [] } = options;
  const { clock, faults } = followed;
  const sharedKeys = followKeys(keysInStore(written), options, followed);
  const inStore = (name: string) => sharedKeys!.text(name);
  const context = { hash, random, clock, inStore };
  const rules = new Map(modelRules);
  const providers = configureProviders(written, rules, context);
  for (const [slug, own] of rules) {
    faults.push(...modelRuleFaults(slug, own, providers.get(slug)?.definition.codec));
  }
  if (options.demo) providers.set("demo", configureDemo(context));
  return { providers, nativeSlugs: configureNativeSlugs(written, context), sharedKeys };
}

/** Digests written in a file only match if `hash` is what it should be. */
function hashFaults(hash: (text: string) => string): Fault[] {
  if (hash("dragoman") === sha256Hex("dragoman")) return [];
  return [{ path: ["hash"], problem: "must return the text's SHA-256 in lower-case hexadecimal" }];
}
