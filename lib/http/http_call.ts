import type { Metadata } from "../policy/metadata.ts";
import type { AnswerCache } from "../policy/answer_cache.ts";
import type { Carrier } from "../policy/carrier.ts";
import type { Meters } from "../policy/limits/meter.ts";
import type { Settings } from "../routing/settings.ts";
import type { ModelDirectory } from "../upstream/model_directory.ts";
import type { KeyFinder, Principal } from "./authenticate.ts";
import type { Incoming, Reply } from "./incoming.ts";
import type { StoreState } from "./store_probe.ts";
import type { StoreTrouble } from "./store_trouble.ts";

/** What runtimes and host applications may add to a request. */
export interface Context {
  /** Keeps a Worker alive until the promise settles. */
  waitUntil?: (promise: Promise<unknown>) => void;
  /** The peer's IP address. */
  clientAddress?: string;
  /** A Worker's bindings. */
  env?: unknown;
  /** The host application vouches for this caller. */
  principal?: Principal;
  /** What the host application says of this request; wins over the caller's `cf-aig-metadata`. */
  metadata?: Metadata;
}

/** What lives as long as the gateway. */
export interface Core {
  settings: Settings;
  /** Remembers what clients forget of turns that call tools. */
  carrier: Carrier;
  /** Remembers complete answers. */
  answers: AnswerCache;
  /** Count under limits. */
  meters: Meters;
  /** Told of what goes wrong with the store while nobody waits. */
  trouble: StoreTrouble;
  findKeys: KeyFinder;
  /** What providers list. */
  models: ModelDirectory;
  /** Asks whether the store answers; `undefined` where nothing can fail. */
  probeStore: () => Promise<StoreState> | undefined;
  /** This gateway's own name in `via`. */
  via: string;
  /** Reached on a loopback address only: foreign host names are refused. */
  loopback: boolean;
  /** Only whoever runs the gateway reaches it: from this machine, or inside his own program. */
  ownOnly: boolean;
  draining: boolean;
  /** Requests and streams still running. */
  running: number;
}

/** One request on its way through the rooms. */
export interface HttpCall {
  core: Core;
  incoming: Incoming;
  context: Context;
  url: URL;
  /** Named parts of the path, decoded. */
  params: Readonly<Record<string, string>>;
  /** UUIDv7. */
  logId: string;
  /** Milliseconds since the epoch. */
  arrivedAt: number;
}

/** Answers one row of the path table; throws {@linkcode GatewayError}. */
export type Endpoint = (call: HttpCall) => Reply | Promise<Reply>;

/** In whose shape errors are told. */
export type ErrorDialect = "openai" | "anthropic" | "cloudflare" | "workers_ai";
