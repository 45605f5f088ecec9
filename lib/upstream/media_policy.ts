/** Fetching media in a provider's place: how far it may go, and what comes of it. */
import type { FetchLike } from "../fetch_like.ts";

/** What the operator allows. */
export interface MediaPolicy {
  /** Connects to public addresses only, unless `hosts` says which hosts may be asked. */
  fetch: FetchLike;
  /** The only hosts that may be asked, in lower case: `cdn.example.com`, `*.example.com`, with a port if need be. */
  hosts?: readonly string[];
  /** Bytes of one of them. */
  maxBytes: number;
  /** Bytes of all that one request names. */
  maxTotal: number;
  /** How many one request may name. */
  maxCount: number;
  /** Milliseconds for one, redirects included. */
  timeout: number;
}

/** What came. */
export interface FetchedMedia {
  mimeType: string;
  /** Base64. */
  content: string;
}
