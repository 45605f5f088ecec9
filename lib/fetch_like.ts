/**
 * The seam between the gateway and the network: `fetch`, reduced to what the gateway uses. Every WHATWG
 * `fetch` fits; Node's door brings a faster client of the same shape, tests bring a function.
 */

import type { ByteSource } from "./byte_source.ts";

/** The reading half of `Headers`. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** What is sent to a provider. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Providers' redirects are never followed: a key must not travel to an address nobody configured. */
  redirect: "manual";
  signal: AbortSignal;
}

/** What comes back: a WHATWG `Response`, or a lighter object of the same shape. */
export interface FetchedResponse {
  readonly status: number;
  readonly headers: HeaderReader & Iterable<[string, string]>;
  readonly body: ReadableStream<Uint8Array> | null;
  /** The body without a web stream around it, where that can be had; instead of `body`, not beside it. */
  source?(): ByteSource;
  text(): Promise<string>;
}

export type FetchLike = (url: string, init: FetchInit) => Promise<FetchedResponse>;
