import type { Readable, Transform } from "node:stream";
import zlib from "node:zlib";
import type { HeaderReader } from "../fetch_like.ts";

const DECODERS: Record<string, () => Transform> = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};
if (typeof zlib.createZstdDecompress === "function") {
  DECODERS.zstd = () => zlib.createZstdDecompress();
}

/** What an answer may be encoded with, for `accept-encoding`. */
export const ACCEPTED_ENCODINGS = Object.keys(DECODERS).filter((name) => name !== "x-gzip").join(
  ", ",
);

const MAX_ENCODINGS = 5;

/**
 * What decodes a body, last encoding first; `undefined` where there is nothing to decode. Unknown encodings are left
 * as they are, as `fetch` does.
 */
export function decoderFor(headers: HeaderReader): ((source: Readable) => Readable) | undefined {
  const encoding = headers.get("content-encoding");
  if (encoding === null || headers.get("content-length") === "0") return undefined;
  const names = encoding.split(",").map((name) => name.trim().toLowerCase()).reverse();
  const all = names.filter((name) => name !== "identity").map((name) => DECODERS[name]);
  const unknown = all.indexOf(undefined);
  const makers = unknown < 0 ? all : all.slice(0, unknown);
  if (makers.length === 0 || all.length > MAX_ENCODINGS) return undefined;
  return (source) => makers.reduce((source, make) => piped(source, make!()), source);
}

/** `pipe` that also carries failures down and departures up; `pipeline` would call a cancelled body an error. */
function piped(source: Readable, decoder: Transform): Transform {
  source.on("error", (error) => decoder.destroy(error));
  source.on("close", () => {
    if (!source.readableEnded) decoder.destroy(source.errored ?? undefined);
  });
  decoder.on("close", () => source.destroy());
  return source.pipe(decoder);
}
