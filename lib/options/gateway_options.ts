/** What people write: the types of a configuration, in code or in a file. */
import type { ModelRule } from "../chat/codec.ts";
import type { Clock } from "../clock.ts";
import type { FetchLike } from "../fetch_like.ts";
import type { ModelPrice } from "../policy/cost.ts";
import type { PriceBook } from "../policy/price_book.ts";
import type { AccessScope } from "../policy/scope.ts";
import type { RetryPolicy } from "../policy/retry.ts";
import type { Provider } from "../providers/provider.ts";
import type { Store } from "../store/store.ts";
import type { Timeouts } from "../upstream/timeouts.ts";
import type { LimitOption, SpendLimitOption } from "./limit_options.ts";
import type { RouteGraphOption } from "./graph/elements.ts";

/**
 * A provider's key, or `store:NAME`: the one of this name that `dragoman key set`, or `putProviderKey` of
 * `dragoman/provider_keys`, has put into the store. In code also a function that gives the one of the moment, so that a
 * key can be replaced while the gateway runs: it is asked when the gateway is made, and for every call, so it should
 * have the key at hand.
 */
export type ProviderKeyOption = string | (() => string);

/** One of an alias's keys, with its share of the load. */
export interface WeightedKeyOption {
  /** The key itself. */
  key: ProviderKeyOption;
  /** 0 to 1,000,000, relative to the others'; 0 is used only while all others rest. Default: 1. */
  weight?: number;
}

/** One of an alias's keys. */
export type SharedKeyOption = ProviderKeyOption | WeightedKeyOption;

/** A provider's settings. */
export interface ProviderSettings {
  /** A provider of your own, from `defineProvider`; in code only. Its slug must be this entry's name. */
  definition?: Provider;
  /**
   * The stored key, used when a request brings none; the same as `keys.default`. For `google-vertex-ai` also a
   * service account's JSON, for `aws-bedrock` and `azure-openai` the options below as JSON, also in base64.
   */
  apiKey?: ProviderKeyOption;
  /**
   * Stored keys by alias; a request chooses one by `cf-aig-byok-alias`, without it `default`. Of a list each request
   * gets any one, by weight, so that several keys share the load. One that its provider refuses as bad or as used too
   * much (401, 429) rests, and another one of the list is tried at once.
   */
  keys?: Record<string, SharedKeyOption | SharedKeyOption[]>;
  /**
   * Where the provider is reached, with or without its version segment: `https://api.openai.com` and
   * `https://api.openai.com/v1` mean the same. Taken literally for `custom-*`, which need it.
   * Default: the provider's own.
   */
  baseUrl?: string;
  /** With `secretAccessKey`, in place of `apiKey`, what requests are signed with: `aws-bedrock`. */
  accessKeyId?: string;
  /** Belongs to `accessKeyId`. */
  secretAccessKey?: string;
  /** Belongs to temporary credentials. */
  sessionToken?: string;
  /** With the next two, in place of `apiKey`, an application of Entra ID that gets tokens: `azure-openai`. */
  tenantId?: string;
  /** Belongs to `tenantId`. */
  clientId?: string;
  /** Belongs to `tenantId`. */
  clientSecret?: string;
  /** The account at the provider, where its address holds one: `workers-ai`. */
  accountId?: string;
  /** The project at the provider: `google-vertex-ai`. Default: that of the service account. */
  project?: string;
  /**
   * Where the provider is to work: `aws-bedrock`, `google-vertex-ai` (default there: `global`). A key that is JSON
   * and has a `region` goes there instead.
   */
  region?: string;
  /** The resource at the provider, where its address holds one: `azure-openai`. */
  resource?: string;
  /**
   * Which version of the interface is meant: `azure-openai`. A date means deployments in the path, `v1` and
   * `preview` the present interface. Default: that one.
   */
  apiVersion?: string;
  /** Where access tokens are got instead of at the provider's own address: `google-vertex-ai`, `azure-openai`. */
  tokenUrl?: string;
  /** Sent with every request to this provider. */
  headers?: Record<string, string>;
  /** The protocol, for `custom-*` only. Default: `openai_chat`. */
  codec?: "openai_chat";
  /** Path of chat completions below `baseUrl`, for `custom-*` only. Default: `/chat/completions`. */
  chatPath?: string;
  /** Milliseconds, each 0–86,400,000; 0 switches one off. Default: the gateway's. */
  timeouts?: Partial<Timeouts>;
  /** Models that the list of models shows for this provider besides those it lists itself, as it names them. */
  models?: string[];
}

/**
 * An access key: what a caller must know to use a gateway, and what it is for. A plain string is named `key-1`,
 * `key-2` … by its place, and is for everything; `digest` is the SHA-256 of the key in hexadecimal, so that the key
 * itself need not be written down.
 */
export type AccessKeyOption =
  | string
  | ({ name: string; key: string } & AccessScope & AccessLimits)
  | ({ name: string; digest: string } & AccessScope & AccessLimits);

/** How much a caller may use, at all gateways that the key opens together. */
export interface AccessLimits {
  /** Besides the limits of the gateway. Default: none. */
  limits?: LimitOption[];
  /** The same of money, in dollars: what an answer may cost is set aside before a model is asked. Default: none. */
  spendLimits?: SpendLimitOption[];
}

/** One of several targets that share the load. */
export interface WeightedTargetOption {
  /** Written `provider/model`, or the name of another route. */
  model: string;
  /** 0 to 1,000,000, relative to the others'; 0 makes it a fallback only. */
  weight: number;
}

/**
 * What a route's name stands for: one model or route, a list to try in order, targets with weights to share the
 * load (what isn't drawn stands by as a fallback), or a graph of elements, as Cloudflare exports them. Models are written
 * `provider/model`.
 */
export type RouteOption = string | string[] | WeightedTargetOption[] | RouteGraphOption;

/**
 * What a gateway keeps of its answers. A caller gets again what was answered to himself, to the very same question,
 * whole or streamed: no call is made for it, and it counts against no limit.
 */
export interface CacheOptions {
  /**
   * Seconds for which every complete answer is kept, 60 to 2,592,000 (30 days). Default: only answers are kept whose
   * request asks for it by `cf-aig-cache-ttl` or `cf-aig-cache-key`.
   */
  ttl?: number;
  /** Bytes of an answer; a longer one is not kept. 1 to 1,073,741,824. Default: 25,000,000. */
  maxBytes?: number;
}

/** One gateway: who may call it, and how its calls are made. */
export interface GatewayEntry {
  /** Callers must send one of these. Default: none. */
  accessKeys?: AccessKeyOption[];
  /**
   * `true` serves callers without an access key; `false` refuses them. Default: open only where no
   * gateway has access keys and the gateway is not exposed (see `createGateway` and the command).
   */
  open?: boolean;
  /**
   * Whether a provider key that comes with a request is used before the stored one (`prefer`), not at all (`ignore`),
   * or alone (`require`: stored keys are not used). Default: `prefer`.
   */
  requestKeys?: "prefer" | "ignore" | "require";
  /**
   * `true` calls nothing without a provider key, the request's or a stored one: not even what works without, such as a
   * Worker's `AI` binding, a server of your own or the demo. Default: `false`.
   */
  byokOnly?: boolean;
  /** By name; a name may also be a model's, bare or prefixed, which the route then replaces. */
  routes?: Record<string, RouteOption>;
  /** Default: one attempt; 500 ms before a second one, growing exponentially. */
  retry?: Partial<RetryPolicy>;
  /** Milliseconds, each 0–86,400,000; 0 switches one off. */
  timeouts?: Partial<Timeouts>;
  /** What is kept of its answers; `false` keeps nothing, whoever asks for it. Default: what requests ask for. */
  cache?: false | CacheOptions;
  /** How much may be used. Default: as much as anybody likes. */
  limits?: LimitOption[];
  /** How much may be spent, in dollars: what an answer may cost is set aside before a model is asked. Default: no limit. */
  spendLimits?: SpendLimitOption[];
}

/**
 * Keeps everything in this process's memory, within bounds: what was not used for longest goes first. Cached answers that
 * nobody has asked for again have an eighth of the room.
 */
export interface MemoryStoreSettings {
  /** What tells it apart. */
  type: "memory";
  /** Most bytes kept, keys and their like included, 100,000 to 1,099,511,627,776. Default: 67,108,864 (64 MiB). */
  maxBytes?: number;
  /** Most entries kept, 1 to 10,000,000. Default: 100,000. */
  maxEntries?: number;
}

/**
 * Keeps everything in Redis 6 or later, or Valkey, where all processes that name it see it. The command opens it, on
 * Bun, Node and Deno; in code, `redisStore` of `dragoman/redis` takes a client of yours.
 */
export interface RedisStoreSettings {
  /** What tells it apart. */
  type: "redis";
  /** `redis://user:password@host:6379/0`, or `rediss://` over TLS. */
  url: string;
  /** What every key begins with. Default: `dragoman:`. */
  prefix?: string;
  /** Milliseconds that an operation may take, 1 to 60,000. Default: 1000. */
  timeout?: number;
}

/**
 * How media are fetched for providers that don't do it themselves: by https or http, from public addresses on the
 * usual ports, three redirects far. Only servers of Dragoman's own on Node, Bun and Deno check what a name resolves
 * to; anywhere else `hosts` or `fetch` is needed.
 */
export interface FetchMediaOptions {
  /** The only hosts that may be asked: `cdn.example.com`, `*.example.com`, `cdn.example.com:8443`. Default: all. */
  hosts?: string[];
  /** Bytes of one of them, 1 to 1,073,741,824. All of one request share `bodyLimit`. Default: 20,971,520 (20 MiB). */
  maxBytes?: number;
  /** How many one request may name, 1 to 1000. Default: 16. */
  maxCount?: number;
  /** Milliseconds for one with its redirects, 1 to 86,400,000. Default: 20,000. */
  timeout?: number;
  /**
   * What they are fetched with; it must connect to public addresses only, as `createMediaFetch` of `dragoman/node`
   * does. Default: that one where Dragoman serves, else `fetch`.
   */
  fetch?: FetchLike;
}

/** Options of `createGateway`, and the contents of `dragoman.json`. */
export interface GatewayOptions {
  /** By slug: `openai`, `ollama` …, `custom-<name>`, or the slug of a `definition`. */
  providers?: Record<string, ProviderSettings>;
  /** By id, the second segment of `/v1/{account}/{gateway}`. `default` exists even if it is not written. */
  gateways?: Record<string, GatewayEntry>;
  /**
   * What holds for some of a provider's models only, by slug, after what Dragoman knows itself: the last
   * rule whose `match` finds the model's name wins. See `docs/parameters.md`.
   */
  modelRules?: Record<string, ModelRule[]>;
  /**
   * What models cost, by `provider/model`, in dollars for a million tokens; `*` stands for any text, and a name wins
   * over patterns. Budgets are reckoned with it, and what callers are told who ask for `usage.cost`.
   */
  prices?: Record<string, ModelPrice>;
  /**
   * Prices of models that `prices` has none for, where their provider doesn't say itself what an answer cost. The
   * command knows `genai-prices`, a list of everybody's; in code, the same is `genaiPrices(library)` of
   * `dragoman/genai_prices`, or any table of your own. Default: none, since Dragoman knows no prices itself.
   */
  priceTable?: PriceBook | "genai-prices";
  /** Path under which the gateway is mounted, such as `/ai`. Default: none. */
  basePath?: string;
  /** Origins whose pages may call from a browser, or `*`. Default: none. */
  cors?: { origins: string[] };
  /** Host names, without port, that an open loopback gateway answers to besides loopback ones. */
  allowedHosts?: string[];
  /** Largest body that is read, in bytes, 1 to 1,073,741,824. Default: 33,554,432 (32 MiB). */
  bodyLimit?: number;
  /**
   * Where the gateway keeps what it remembers; in code also a store from `dragoman/redis`, `dragoman/cloudflare`,
   * `dragoman/deno_kv`, or one of your own. Default: this process's memory.
   */
  store?: Store | MemoryStoreSettings | RedisStoreSettings;
  /**
   * What is kept in a store outside this process is sealed with it: 32 characters or more that nobody can guess, such
   * as `openssl rand -base64 32` prints, the same on all machines that share the store. Of a list the first seals and
   * all open, so that one can be replaced. In this process's memory nothing is sealed.
   */
  secret?: string | string[];
  /**
   * Whether media are fetched that a caller names by an address and a provider does not fetch itself. Default:
   * `false`, which answers 400. See {@linkcode FetchMediaOptions} for what may be asked, and what never is.
   */
  fetchMedia?: boolean | FetchMediaOptions;
  /** Adds the provider `demo`, which answers without network or key. Default: `false`. */
  demo?: boolean;
  /** What providers are reached with. Default: the runtime's `fetch`. */
  fetch?: FetchLike;
  /** Default: the machine's clock. */
  clock?: Clock;
  /** SHA-256 of a text's UTF-8 bytes as lower-case hexadecimal. Default: one in plain TypeScript. */
  hash?: (text: string) => string;
  /** Gives `size` random bytes. Default: the runtime's cryptographic randomness. */
  random?: (size: number) => Uint8Array;
}

/** Gives a configuration in TypeScript its type, and returns it as it is. */
export function defineConfig(options: GatewayOptions): GatewayOptions {
  return options;
}
