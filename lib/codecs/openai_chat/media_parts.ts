/** Pictures, sound and documents inside message content. */
import type { BlobPart, FilePart, MediaPart, Modality, UriPart } from "../../chat/request.ts";
import { formatDataUri, parseDataUri } from "./data_uri.ts";
import { extend, extensionOf } from "./extension.ts";
import type { Deviations } from "./profile.ts";
import { isObject, type Json, objectOf, restOf, textOf } from "../../json/fields.ts";

const ADDRESS = new Set(["url"]);
const AUDIO = new Set(["data", "format"]);
const FILE_ID = new Set(["file_id"]);
const NAMED_FILE = new Set(["file_data", "filename"]);
const FILE_DATA = new Set(["file_data"]);

/** Reads `image_url`, `video_url`, `input_audio` and `file` parts; `undefined` for every other. */
export function decodeMediaPart(wire: Json): MediaPart | undefined {
  const type = String(wire.type);
  const outer = restOf(wire, new Set(["type", type]));
  const inner = wire[type];
  switch (type) {
    case "image_url":
      return decodeAddress("image", inner, outer);
    case "video_url":
      return decodeAddress("video", inner, outer);
    case "input_audio":
      return isObject(inner) ? decodeAudio(inner, outer) : undefined;
    case "file":
      return isObject(inner) ? decodeFile(inner, outer) : undefined;
    default:
      return undefined;
  }
}

/** `{url, detail}`, or, from sloppy callers, the address itself. */
function decodeAddress(modality: Modality, inner: unknown, outer: Json): MediaPart | undefined {
  const address = typeof inner === "string" ? { url: inner } : inner;
  if (!isObject(address) || typeof address.url !== "string") return undefined;
  return decodeUri(modality, address.url, outer, restOf(address, ADDRESS));
}

function decodeUri(modality: Modality, uri: string, outer: Json, inner: Json): BlobPart | UriPart {
  const keep = { ...outer, ...(Object.keys(inner).length > 0 && { inner }) };
  const data = parseDataUri(uri);
  if (data === undefined) return { type: "uri", modality, uri, ...extend(keep) };
  const blob: BlobPart = { type: "blob", modality, ...data };
  // What a plain rewriting would lose is kept: the head alone, or everything when it was not base64.
  if (formatDataUri(data) === uri) return { ...blob, ...extend(keep) };
  const same = uri.endsWith(`,${data.content}`);
  const written = same ? { head: uri.slice(0, uri.length - data.content.length) } : { uri };
  return { ...blob, ...extend({ ...keep, ...written }) };
}

const AUDIO_TYPES: Record<string, string> = { wav: "audio/wav", mp3: "audio/mpeg" };

function decodeAudio(inner: Json, outer: Json): MediaPart | undefined {
  if (typeof inner.data !== "string") return undefined;
  const format = textOf(inner.format);
  const rest = restOf(inner, AUDIO);
  return {
    type: "blob",
    modality: "audio",
    ...(format !== undefined && { mimeType: AUDIO_TYPES[format] ?? `audio/${format}` }),
    content: inner.data,
    ...extend({ ...outer, ...(Object.keys(rest).length > 0 && { inner: rest }) }),
  };
}

function decodeFile(inner: Json, outer: Json): MediaPart | undefined {
  const filename = textOf(inner.filename);
  if (typeof inner.file_id === "string") {
    const rest = restOf(inner, FILE_ID);
    const keep = { ...outer, ...(Object.keys(rest).length > 0 && { inner: rest }) };
    return { type: "file", modality: "document", fileId: inner.file_id, ...extend(keep) };
  }
  if (typeof inner.file_data !== "string") return undefined;
  const data = inner.file_data;
  const rest = restOf(inner, NAMED_FILE);
  if (/^https?:/i.test(data)) {
    return decodeUri("document", data, outer, restOf(inner, FILE_DATA));
  }
  const part = /^data:/i.test(data) ? decodeUri("document", data, outer, rest) : {
    type: "blob" as const,
    modality: "document" as const,
    content: data,
    ...extend({ ...outer, head: "" }),
  };
  return part.type === "blob" && filename !== undefined ? { ...part, filename } : part;
}

/** Whether the provider gets a picture, film or file from its address. */
export function fetchesMedia(
  { parts, fileUrls }: Pick<Deviations, "parts" | "fileUrls">,
  { modality }: UriPart,
): boolean {
  if (modality === "document") return fileUrls !== false;
  return parts?.[`${modality}_url`] !== "data_only";
}

/** Writes a media part as OpenAI's content part; `undefined` where it has none for it. */
export function encodeMediaPart(part: MediaPart): Json | undefined {
  const { inner, head, uri, ...outer } = extensionOf(part);
  const address = part.type === "uri"
    ? part.uri
    : part.type === "blob"
    ? addressOf(part, head, uri)
    : "";
  const more = objectOf(inner);
  switch (part.modality) {
    case "image":
    case "video": {
      if (part.type === "file") return undefined;
      const type = `${part.modality}_url`;
      return { type, [type]: { url: address, ...more }, ...outer };
    }
    case "audio":
      if (part.type !== "blob") return undefined;
      return {
        type: "input_audio",
        input_audio: { data: part.content, ...formatOf(part), ...more },
        ...outer,
      };
    case "document":
      return { type: "file", file: { ...fileOf(part, address), ...more }, ...outer };
  }
}

function addressOf(part: BlobPart, head: unknown, uri: unknown): string {
  if (typeof uri === "string") return uri;
  return typeof head === "string" ? head + part.content : formatDataUri(part);
}

function formatOf({ mimeType }: BlobPart): Json {
  if (mimeType === undefined) return {};
  const known = Object.entries(AUDIO_TYPES).find(([, type]) => type === mimeType);
  return { format: known?.[0] ?? mimeType.replace(/^audio\//, "") };
}

function fileOf(part: BlobPart | UriPart | FilePart, address: string): Json {
  if (part.type === "file") return { file_id: part.fileId };
  if (part.type === "uri") return { file_data: address };
  return { ...(part.filename !== undefined && { filename: part.filename }), file_data: address };
}
