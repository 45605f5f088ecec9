/** The universal endpoint as an object, as Cloudflare's Workers binding is one. */
import { fetchThrough } from "./as_fetch.ts";

/** What a step may ask for besides its request; the header of the same meaning wins over it. */
export interface UniversalConfig {
  /** Milliseconds until the provider's headers. */
  requestTimeout?: number;
  /** Tries in all, 1–5. */
  maxAttempts?: number;
  /** Milliseconds before the second try, 0–60,000. */
  retryDelay?: number;
  /** How the pause grows. */
  backoff?: "constant" | "linear" | "exponential";
  /** Seconds that an answer may be kept, 60–2,592,000; 0: not at all. */
  cacheTtl?: number;
  /** Don't answer from a cache. */
  skipCache?: boolean;
}

/** One step: whom to ask, and what. */
export interface UniversalEntry {
  /** A provider's slug, or `compat` for the Unified API. */
  provider: string;
  /** Path and query below the provider's base: `chat/completions`. */
  endpoint: string;
  /** Sent to the provider; those that begin with `cf-aig-` are the gateway's own. */
  headers?: Headers | Readonly<Record<string, unknown>>;
  /** The provider's request body, as it is to be sent. */
  query: unknown;
  /** Retries and the like. */
  config?: UniversalConfig;
}

/** A gateway's universal endpoint without HTTP; whoever holds it may call. */
export interface GatewayBinding {
  /**
   * Asks the steps in order until one answers. An error is an answer too; rejects with the signal's reason when that
   * aborts, and so does a body that is being read then.
   */
  run(
    entries: UniversalEntry | readonly UniversalEntry[],
    init?: { signal?: AbortSignal },
  ): Promise<Response>;
}

/** Makes the binding of one gateway; `handle` must trust the request, `basePath` is where it expects its paths. */
export function createBinding(
  handle: (request: Request) => Promise<Response>,
  basePath: string,
  gatewayId: string,
): GatewayBinding {
  // A loopback name: a gateway that trusts its own machine only trusts its own process, too.
  const address = `http://localhost${basePath}/v1/binding/${encodeURIComponent(gatewayId)}`;
  return {
    run: (entries, { signal } = {}) => {
      const body = JSON.stringify(entries, plainHeaders);
      return fetchThrough(handle, address, { method: "POST", body, ...(signal && { signal }) });
    },
  };
}

/** `Headers` are no JSON. */
function plainHeaders(_name: string, value: unknown): unknown {
  return value instanceof Headers ? Object.fromEntries(value) : value;
}
