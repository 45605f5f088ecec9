/** From the option `fetchMedia` to the policy that fetches follow. */
import type { FetchLike } from "../fetch_like.ts";
import type { MediaPolicy } from "../upstream/media_policy.ts";
import type { Fault } from "./fault.ts";
import type { WrittenOptions } from "./schema.ts";

const MEBIBYTE = 2 ** 20;

/** What fetching media depends on besides its own option. */
export interface MediaMeans {
  /** The runtime's fetch that connects to public addresses only, where there is one. */
  mediaFetch: FetchLike | undefined;
  /** What providers are reached with. */
  fetch: FetchLike;
  bodyLimit: number;
  faults: Fault[];
}

/** `undefined` where nothing may be fetched; pushes what is wrong to `faults`. */
export function configureMedia(
  written: WrittenOptions["fetchMedia"],
  { mediaFetch, fetch, bodyLimit, faults }: MediaMeans,
): MediaPolicy | undefined {
  if (written === undefined || written === false) return undefined;
  const given = written === true ? {} : written;
  const guarded = given.fetch ?? mediaFetch;
  if (guarded === undefined && given.hosts === undefined) faults.push({ path, problem: UNGUARDED });
  return {
    fetch: guarded ?? fetch,
    ...(given.hosts !== undefined && { hosts: given.hosts.map((host) => host.toLowerCase()) }),
    maxBytes: given.maxBytes ?? 20 * MEBIBYTE,
    maxTotal: bodyLimit,
    maxCount: given.maxCount ?? 16,
    timeout: given.timeout ?? 20_000,
  };
}

const path = ["fetchMedia"];

const UNGUARDED = "needs hosts here, where nothing checks what a host's name resolves to: " +
  "list those that may be asked, or give a fetch that does (createMediaFetch of dragoman/node)";
