/** Media that a target's provider does not fetch, put into the request: where the operator allows it. */
import { addressedMedia, withInlined } from "../chat/addressed_media.ts";
import type { EncodedRequest } from "../chat/codec.ts";
import type { BlobPart, UriPart } from "../chat/request.ts";
import type { Clock } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import { pathOf } from "../json/path_of.ts";
import { encodeTranslated } from "../upstream/call.ts";
import { chatCodecOf } from "../upstream/dialect.ts";
import type { Exchange } from "../upstream/exchange.ts";
import { fetchMedia, type WantedMedia } from "../upstream/fetch_media.ts";
import { MediaBasket } from "../upstream/media_basket.ts";
import type { FetchedMedia, MediaPolicy } from "../upstream/media_policy.ts";
import type { Target } from "../upstream/target.ts";
import { fanOut } from "./fan_out.ts";

/** Fetches at a time for one request. */
const WIDTH = 4;

/** What the operator allows one request, and what came of it. */
export interface MediaMeans {
  clock: Clock;
  /** How media are fetched that a provider does not fetch itself; absent: not at all. */
  media: MediaPolicy | undefined;
  /** What was fetched for the request, once anything had to be. */
  basket?: MediaBasket;
}

/**
 * Writes a request that could not be written because of media that the provider does not fetch: `error` says so,
 * and is thrown again if it says something else. Throws 2123 naming the part where nothing may be fetched, 2124
 * where it can't be.
 */
export async function encodeWithMedia(
  error: unknown,
  exchange: Exchange,
  target: Target,
  context: MediaMeans,
): Promise<EncodedRequest> {
  const { policy, wanted } = wantedMedia(error, exchange, target, context);
  const basket = context.basket ??= new MediaBasket(policy);
  await fill(basket, wanted, policy, exchange, context);
  return encodeInlined(exchange, target, (uri) => basket.fetched.get(uri));
}

/** Bytes that stand for ones that have not been fetched. */
const STAND_IN = btoa("fetched when the request is sent");

const STAND_IN_TYPES: Readonly<Record<UriPart["modality"], string>> = {
  image: "image/png",
  audio: "audio/wav",
  video: "video/mp4",
  document: "application/pdf",
};

/** The same without fetching anything: the paths of what would be fetched, and a request with stand-ins. */
export function encodeWithoutMedia(
  error: unknown,
  exchange: Exchange,
  target: Target,
  context: MediaMeans,
): { encoded: EncodedRequest; fetches: string[] } {
  const { wanted } = wantedMedia(error, exchange, target, context);
  const standIns = new Map(wanted.map(({ uri, modality }) => [
    uri,
    { mimeType: STAND_IN_TYPES[modality], content: STAND_IN },
  ]));
  const encoded = encodeInlined(exchange, target, (uri) => standIns.get(uri));
  return { encoded, fetches: wanted.map(({ path }) => path) };
}

/** What of a request its provider does not fetch, each address once. */
function wantedMedia(
  error: unknown,
  exchange: Exchange,
  target: Target,
  { media: policy }: MediaMeans,
): { policy: MediaPolicy; wanted: WantedMedia[] } {
  if (!isGatewayError(error) || error.code !== 2123) throw error;
  const codec = chatCodecOf(target);
  const parts = addressedMedia(exchange.request().messages)
    .filter((part) => codec.fetchesMedia?.(part, target.model) === false);
  const byUri = new Map(parts.map((part) => [part.uri, part]));
  const wanted = [...byUri.values()].map(({ uri, modality }) => ({
    uri,
    modality,
    path: pathOf(exchange.body.value, uri) ?? "messages.content",
  }));
  const [first] = wanted;
  if (first === undefined) throw error;
  if (policy === undefined) throw notAllowed(first, target);
  if (wanted.length > policy.maxCount) throw tooMany(wanted.length, policy);
  return { policy, wanted };
}

function notAllowed({ path }: WantedMedia, { provider }: Target): GatewayError {
  const { slug } = provider.definition;
  return new GatewayError(
    2123,
    `${slug} does not fetch ${path} from its address: send it as a data: URI, ` +
      "or have the gateway's operator switch on fetchMedia",
    { provider: slug, param: path },
  );
}

function tooMany(count: number, { maxCount }: MediaPolicy): GatewayError {
  return new GatewayError(
    2124,
    `The request names ${count} media to be fetched, more than ${maxCount} (fetchMedia.maxCount)`,
    { param: "messages" },
  );
}

async function fill(
  basket: MediaBasket,
  wanted: readonly WantedMedia[],
  policy: MediaPolicy,
  { asker }: Exchange,
  { clock }: MediaMeans,
): Promise<void> {
  if (basket.failure !== undefined) throw basket.failure;
  const missing = wanted.filter(({ uri }) => !basket.fetched.has(uri));
  const { budget } = basket;
  try {
    await fanOut(missing, WIDTH, asker.departure, async (each, departure) => {
      basket.fetched.set(each.uri, await fetchMedia(each, { policy, clock, budget, departure }));
    });
  } catch (error) {
    if (isGatewayError(error)) basket.failure = error;
    throw error;
  }
}

function encodeInlined(
  exchange: Exchange,
  target: Target,
  fetchedFrom: (uri: string) => FetchedMedia | undefined,
): EncodedRequest {
  const inline = (part: UriPart): BlobPart | undefined => {
    const fetched = fetchedFrom(part.uri);
    return fetched && asBlob(part, fetched);
  };
  return encodeTranslated(exchange, target, withInlined(exchange.request(), inline));
}

function asBlob({ uri, modality, extensions }: UriPart, fetched: FetchedMedia): BlobPart {
  const [name = ""] = /[^/]*$/.exec(new URL(uri).pathname) ?? [];
  return {
    type: "blob",
    modality,
    ...fetched,
    ...(modality === "document" && /^[\w.-]+$/.test(name) && { filename: name }),
    ...(extensions !== undefined && { extensions }),
  };
}
