/**
 * The seam between the gateway and the network: `fetch`, reduced to what the gateway uses. Every WHATWG
 * `fetch` fits; Node's door brings a faster client of the same shape, tests bring a function.
 */

import type { ByteSource } from "./byte_source.ts";

/** The reading half of `Headers`. */
export interface HeaderReader {
  /** Names in any case; several values are joined with a comma. */
  get(name: string): string | null;
}

/** What is sent as a body: text, but where a caller's own bytes pass through. A stream is read once, as fast as it is sent. */
export type FetchBody = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** What is sent to a provider. */
export interface FetchInit {
  /** In capitals. */
  method: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** JSON text, or a form's fields where a token is asked for; anything in a provider's own interface. */
  body?: FetchBody;
  /** Beside a stream, as the web's `fetch` wants it. */
  duplex?: "half";
  /** Providers' redirects are never followed: a key must not travel to an address nobody configured. */
  redirect: "manual";
  /** Aborts when the caller leaves or a deadline passes. */
  signal: AbortSignal;
}

/** What comes back: a WHATWG `Response`, or a lighter object of the same shape. */
export interface FetchedResponse {
  /** HTTP status. */
  readonly status: number;
  /** Decoded bodies may still claim an encoding here. */
  readonly headers: HeaderReader & Iterable<[string, string]>;
  /** Decoded bytes. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** The body without a web stream around it, where that can be had; instead of `body`, not beside it. */
  source?(): ByteSource;
  /** The whole body; rejects when it was cut short. */
  text(): Promise<string>;
}

/** The body of a request that holds text, as every translated one does; "" for any other. */
export function textBody({ body }: Pick<FetchInit, "body">): string {
  return typeof body === "string" ? body : "";
}

/** Sends a request; rejects when no answer arrived. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchedResponse>;
