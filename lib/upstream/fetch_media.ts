/**
 * Fetches one picture, document or recording from an address that a caller chose. Everything about it is
 * mistrusted: where it is, where it leads, how much comes, how long that takes and what it is.
 */
import { textOfBytes } from "../byte_text.ts";
import type { Modality } from "../chat/request.ts";
import type { Clock } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import { concatBytes } from "../stream/bytes.ts";
import { VERSION } from "../version.ts";
import type { Departure } from "./departure.ts";
import type { FetchedMedia, MediaPolicy } from "./media_policy.ts";
import { mediaTypeOf } from "./media_type.ts";
import { maybePublicHost } from "./public_address.ts";
import { sourceOf } from "./running_call.ts";

/** What one fetch needs to know. */
export interface MediaContext {
  policy: MediaPolicy;
  clock: Clock;
  /** What is left of `maxTotal`, for all fetches of one request. */
  budget: { left: number };
  departure: Departure;
}

/** What is asked for, and the part's path in the caller's request, for errors: an address may hold secrets. */
export interface WantedMedia {
  uri: string;
  modality: Modality;
  path: string;
}

const MOST_HOPS = 3;

/** Throws 2124 that names the part and what is wrong with it. */
export async function fetchMedia(
  wanted: WantedMedia,
  context: MediaContext,
): Promise<FetchedMedia> {
  const { policy: { timeout }, clock, departure } = context;
  const controller = new AbortController();
  const { signal } = controller;
  departure.callsOff(() => controller.abort(new GatewayError(2117, "The caller went away")));
  const late = () => controller.abort(fault(wanted, `it takes longer than ${timeout} ms`));
  const stop = clock.after(timeout, late);
  try {
    const response = await follow(wanted, context, signal);
    const bytes = await readAll(wanted, response, context, signal);
    const mimeType = mediaTypeOf(wanted.modality, response.headers.get("content-type"), bytes);
    if (mimeType === undefined) throw fault(wanted, `what came is no ${wanted.modality}`);
    return { mimeType, content: btoa(textOfBytes(bytes)) };
  } catch (error) {
    if (isGatewayError(error)) throw error;
    // Why a connection fails would tell a caller what else answers where the gateway stands.
    throw signal.aborted ? signal.reason : fault(wanted, "its host can't be reached", error);
  } finally {
    stop();
  }
}

/** Every hop is looked at as the first one was. */
async function follow(
  wanted: WantedMedia,
  { policy }: MediaContext,
  signal: AbortSignal,
): Promise<FetchedResponse> {
  let url = checkedAddress(wanted, wanted.uri, policy);
  for (let hops = 0; hops <= MOST_HOPS; hops++) {
    const response = await unlessAborted(signal, askFor(url, policy, signal));
    const { status, headers } = response;
    if (status === 200) return response;
    sourceOf(response).cancel();
    const location = headers.get("location");
    if (![301, 302, 303, 307, 308].includes(status) || location === null) {
      throw fault(wanted, `its host answers with status ${status}`);
    }
    if (!URL.canParse(location, url)) throw fault(wanted, "it leads to what is no address");
    const next = checkedAddress(wanted, new URL(location, url).href, policy);
    if (url.protocol === "https:" && next.protocol === "http:") {
      throw fault(wanted, "it leads from https to http");
    }
    url = next;
  }
  throw fault(wanted, `it leads on more than ${MOST_HOPS} times`);
}

/** Nothing of the caller's goes along: no cookie, no credential, no name. */
function askFor(url: URL, context: MediaPolicy, signal: AbortSignal): Promise<FetchedResponse> {
  const headers = { accept: "*/*", "user-agent": `dragoman/${VERSION}` };
  return context.fetch(url.href, { method: "GET", headers, redirect: "manual", signal });
}

function checkedAddress(wanted: WantedMedia, text: string, { hosts }: MediaPolicy): URL {
  if (!URL.canParse(text)) throw fault(wanted, "it is no address");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw fault(wanted, "its address is neither https nor http");
  }
  if (url.username !== "" || url.password !== "") {
    throw fault(wanted, "its address holds a user name or password");
  }
  if (!maybePublicHost(url.hostname)) throw fault(wanted, "its host is not public");
  if (hosts === undefined && url.port !== "") throw fault(wanted, "its port is not the usual one");
  if (hosts !== undefined && !hosts.some((host) => covers(host, url))) {
    throw fault(wanted, "its host is none that fetchMedia.hosts lists");
  }
  url.hash = "";
  return url;
}

function covers(pattern: string, { host, hostname, port }: URL): boolean {
  if (pattern.startsWith("*.")) {
    const end = pattern.slice(1);
    return (end.includes(":") ? host : port === "" ? hostname : "").endsWith(end);
  }
  return host === pattern;
}

async function readAll(
  wanted: WantedMedia,
  response: FetchedResponse,
  { policy: { maxBytes, maxTotal }, budget }: MediaContext,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const source = sourceOf(response);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    const announced = Number(response.headers.get("content-length"));
    if (announced > maxBytes) throw tooLarge(wanted, maxBytes);
    for (;;) {
      const piece = await unlessAborted(signal, source.next());
      if (piece === undefined) return concatBytes(pieces);
      length += piece.length;
      budget.left -= piece.length;
      if (length > maxBytes) throw tooLarge(wanted, maxBytes);
      if (budget.left < 0) {
        throw fault(wanted, `all media of the request together have more than ${maxTotal} bytes`);
      }
      pieces.push(piece);
    }
  } catch (error) {
    source.cancel();
    throw error;
  }
}

/** An egress may not look at its signal. */
function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function tooLarge(wanted: WantedMedia, maxBytes: number): GatewayError {
  return fault(wanted, `it has more than ${maxBytes} bytes (fetchMedia.maxBytes)`);
}

function fault({ path }: WantedMedia, why: string, cause?: unknown): GatewayError {
  return new GatewayError(2124, `Cannot fetch ${path}: ${why}`, { param: path, cause });
}
