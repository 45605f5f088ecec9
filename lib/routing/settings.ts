/** The checked configuration, as the rooms below read it. `options.ts` makes it from what people write. */
import type { Clock } from "../clock.ts";
import type { FetchLike } from "../fetch_like.ts";
import type { Limit } from "../policy/limits/limit.ts";
import type { PriceBook, PricedModel } from "../policy/price_book.ts";
import type { RetryPolicy } from "../policy/retry.ts";
import type { Grant } from "../policy/scope.ts";
import type { Random } from "../random.ts";
import type { SealFor } from "../store/sealed.ts";
import type { TextStore } from "../store/sealed_store.ts";
import type { Store } from "../store/store.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import type { MediaPolicy } from "../upstream/media_policy.ts";
import type { SharedKeys } from "../upstream/shared_keys.ts";
import type { Timeouts } from "../upstream/timeouts.ts";
import type { RouteGraph } from "./graph/graph.ts";
import type { RouteStep } from "./weighted.ts";

export type { ConfiguredProvider };

/** An access key; only its SHA-256 digest (lower-case hex) is kept. */
export interface AccessKey extends Grant {
  name: string;
  digest: string;
  /** Besides its gateway's; those of spending among them. */
  limits?: readonly Limit[];
}

/** What a route's name stands for: models, or groups of them, to try in order; or a graph that decides for each request. */
export interface Route {
  /** None beside a graph. */
  models: readonly RouteStep[];
  graph?: RouteGraph;
}

/** What a gateway keeps of its answers. */
export interface CacheSettings {
  /** Whether anything is kept, whoever asks for it. */
  allowed: boolean;
  /** Seconds for which every answer is kept; 0: only answers whose callers ask for it. */
  ttl: number;
  /** Of an answer; a longer one is not kept. */
  maxBytes: number;
}

export interface GatewaySettings {
  id: string;
  accessKeys: readonly AccessKey[];
  /** Serves callers without an access key. */
  open: boolean;
  /** Whether a provider key that comes with a request is used. */
  requestKeys: "prefer" | "ignore" | "require";
  /** Calls nothing without a provider key. */
  byokOnly: boolean;
  routes: ReadonlyMap<string, Route>;
  /** Those of spending among them. */
  limits: readonly Limit[];
  retry: RetryPolicy;
  cache: CacheSettings;
  timeouts: Timeouts;
}

/** The reading side of CORS. `origins` holds origins, or `*`. */
export interface CorsSettings {
  origins: readonly string[];
}

export interface Settings {
  providers: ReadonlyMap<string, ConfiguredProvider>;
  /** Further slugs of native paths, which no model's name begins with. */
  nativeSlugs: ReadonlyMap<string, ConfiguredProvider>;
  gateways: ReadonlyMap<string, GatewaySettings>;
  /** What models cost; knows no price where the options hold none. */
  prices: PriceBook;
  /** Tokens that a model's answers usually have at most, where somebody has said so. */
  usualOutput: (model: PricedModel) => number | undefined;
  /** Path prefix under which the gateway is mounted, `""` or `/ai`. */
  basePath: string;
  cors?: CorsSettings;
  /** Host names an open loopback gateway answers to, besides loopback ones. */
  allowedHosts: readonly string[];
  /** Bytes. */
  bodyLimit: number;
  /** What the gateway remembers; one for all its gateways. */
  store: Store;
  /** Seals what is kept there; absent where it is this process's memory, or nobody gave a secret. */
  sealFor: SealFor | undefined;
  /** Providers' keys that lie there; absent where the configuration names none. */
  sharedKeys: SharedKeys | undefined;
  /** Where turns are kept that clients forget; sealed where that is not this process's memory. */
  thoughts: TextStore;
  fetch: FetchLike;
  /** How media are fetched that a provider does not fetch itself; absent: not at all. */
  media: MediaPolicy | undefined;
  clock: Clock;
  /** SHA-256 as lower-case hex. */
  hash: (text: string) => string;
  random: Random;
  /** Reads what a host application says a caller may ask for; throws 2116 for what can't be read. */
  readPrincipal: (principal: { name: string; scope?: unknown }) => Grant;
}
