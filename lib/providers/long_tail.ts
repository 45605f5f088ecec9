/** Providers that are reached by their own interfaces alone: images, voices, music. Their models are no chats. */
import { GatewayError } from "../errors.ts";
import { joinedAddress } from "./native_address.ts";
import type { NativeAddress, NativeCall, NativeProvider } from "./provider.ts";

type Row = readonly [
  slug: string,
  baseUrl: string,
  header: string,
  prefix: string,
  keyVariables: string[],
];

/** What the slug stands for, where the key goes, and the vendor's own variables; from each vendor's reference. */
const ROWS: readonly Row[] = [
  ["adobe-firefly", "https://firefly-api.adobe.io", "authorization", "Bearer ", []],
  ["cartesia", "https://api.cartesia.ai", "x-api-key", "", ["CARTESIA_API_KEY"]],
  ["deepgram", "https://api.deepgram.com/v1", "authorization", "Token ", ["DEEPGRAM_API_KEY"]],
  ["elevenlabs", "https://api.elevenlabs.io/v1", "xi-api-key", "", ["ELEVENLABS_API_KEY"]],
  ["fal", "https://fal.run", "authorization", "Key ", ["FAL_KEY"]],
  ["ideogram", "https://api.ideogram.ai", "api-key", "", ["IDEOGRAM_API_KEY"]],
  ["replicate", "https://api.replicate.com/v1", "authorization", "Token ", ["REPLICATE_API_TOKEN"]],
];

/** fal's own clients name the whole address in it, https://docs.fal.ai/model-endpoints/server-side. */
const FAL_TARGET = "x-fal-target-url";

/** By slug. */
export const LONG_TAIL: ReadonlyMap<string, NativeProvider> = new Map(ROWS.map(providerOf));

function providerOf([slug, baseUrl, header, prefix, keyVariables]: Row): [string, NativeProvider] {
  const provider: NativeProvider = {
    slug,
    baseUrl,
    auth: { header, prefix, required: true },
    keyVariables,
    ...(/\/v\d+$/.test(baseUrl) && { versions: ["v1"] }),
    ...(slug === "fal" && { nativeAddress: falAddress, addressHeaders: [FAL_TARGET] }),
  };
  return [slug, provider];
}

/** fal's hosts: the queue and the storage have others than the models. */
const FAL_HOST = /^(?:[a-z0-9-]+\.)*fal\.(?:run|ai)$/;

function falAddress({ base, ownBase, path, headers }: NativeCall): NativeAddress | undefined {
  if (base === undefined) return undefined;
  const target = headers[FAL_TARGET];
  if (target === undefined) return joinedAddress(base, path);
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const isFal = ownBase
    ? url?.origin === new URL(base).origin
    : url?.protocol === "https:" && url.port === "" && FAL_HOST.test(url.hostname);
  if (url === undefined || !isFal || url.username !== "" || url.password !== "") {
    const hosts = ownBase ? "below the base URL of fal" : "an https address of fal.run or fal.ai";
    throw new GatewayError(2107, `The header ${FAL_TARGET} must be ${hosts}`, {
      param: FAL_TARGET,
      provider: "fal",
    });
  }
  return { url: url.href.replace(/#.*$/, "") };
}
