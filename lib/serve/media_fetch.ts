import dns, { type LookupAddress, type LookupOptions } from "node:dns";
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import type { FetchLike } from "../fetch_like.ts";
import { isPublicAddress } from "../upstream/public_address.ts";
import { ACCEPTED_ENCODINGS } from "./content_encoding.ts";
import { nodeSource } from "./node_body.ts";
import { NodeResponse } from "./node_response.ts";

/** Options of {@linkcode createMediaFetch}. */
export interface MediaFetchOptions {
  /** Finds a name's addresses. Default: the machine's resolver. */
  resolve?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * A `fetch` for addresses that strangers choose: it connects to public addresses only, and to the very one that
 * was looked at, so that a name which resolves to something else a moment later gains nothing. Works on Node, Bun
 * and Deno. Goes through no proxy, since a proxy would resolve the name anew.
 */
export function createMediaFetch({ resolve = resolveHere }: MediaFetchOptions = {}): FetchLike {
  const lookup = (hostname: string, { all }: LookupOptions, found: Found): void => {
    resolve(hostname).then((addresses) => {
      const open = addresses.filter(({ address }) => isPublicAddress(address));
      const [first] = open;
      if (first === undefined) found(notPublic(hostname), []);
      else if (all === true) found(null, open);
      else found(null, first.address, first.family);
    }, (error) => found(error as NodeJS.ErrnoException, []));
  };
  return createLookupFetch(lookup);
}

/** A `fetch` for what has no body, over `node:http`, whose lookup every runtime that has it heeds. */
export function createLookupFetch(lookup: LookupFunction): FetchLike {
  return (url, { method, headers, signal }) =>
    new Promise((resolve, reject) => {
      const client = url.startsWith("https:") ? https : http;
      const accepted = { "accept-encoding": ACCEPTED_ENCODINGS, ...headers };
      // A pooled connection may have been made by somebody who looked names up in another way.
      const options = { method, headers: accepted, signal, lookup, agent: false as const };
      const request = client.request(url, options);
      request.on("response", (message) => {
        const { statusCode, rawHeaders } = message;
        resolve(new NodeResponse(statusCode!, rawHeaders, nodeSource(message), method));
      });
      request.on("error", (cause) => {
        reject(signal.aborted ? signal.reason : new TypeError("fetch failed", { cause }));
      });
      request.end();
    });
}

function resolveHere(hostname: string): Promise<LookupAddress[]> {
  return dns.promises.lookup(hostname, { all: true });
}

function notPublic(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no public address`), { code: "ENOTFOUND" });
}
