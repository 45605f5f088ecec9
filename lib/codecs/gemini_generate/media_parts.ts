/** Pictures, sound, films and documents: inside a part, or by address. */
import type { BlobPart, MediaPart, Modality, UriPart } from "../../chat/request.ts";
import { isObject, type Json, objectOf, restOf, textOf } from "../../json/fields.ts";
import { extend, extensionOf, foreignOf, signatureOf } from "./extension.ts";
import type { GeminiProfile } from "./profile.ts";
import type { WirePart } from "./wire.ts";

const INLINE = new Set(["mimeType", "data", "displayName"]);
const FILE = new Set(["mimeType", "fileUri"]);

/** Reads `inlineData` and `fileData` parts; `undefined` for every other. */
export function decodeMedia(part: Json): MediaPart | undefined {
  const { inlineData, fileData, ...outer } = part;
  if (isObject(inlineData) && typeof inlineData.data === "string") {
    const filename = textOf(inlineData.displayName);
    return {
      type: "blob",
      ...typeOf(inlineData),
      content: inlineData.data,
      ...(filename !== undefined && { filename }),
      ...extend({ ...outer, ...innerOf(inlineData, INLINE) }),
    };
  }
  if (!isObject(fileData) || typeof fileData.fileUri !== "string") return undefined;
  return {
    type: "uri",
    ...typeOf(fileData),
    uri: fileData.fileUri,
    ...extend({
      ...outer,
      ...innerOf(fileData, FILE),
      ...(textOf(fileData.mimeType) === undefined && { untyped: true }),
    }),
  };
}

function innerOf(data: Json, known: ReadonlySet<string>): Json {
  const inner = restOf(data, known);
  return Object.keys(inner).length > 0 ? { inner } : {};
}

function typeOf({ mimeType }: Json): { modality: Modality; mimeType?: string } {
  const type = textOf(mimeType);
  return type === undefined
    ? { modality: "document" }
    : { modality: modalityOf(type), mimeType: type };
}

function modalityOf(mimeType: string): Modality {
  const kind = mimeType.slice(0, mimeType.indexOf("/"));
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "document";
}

/** By the end of a name or address. */
const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  wav: "audio/wav",
  mp3: "audio/mpeg",
  aac: "audio/aac",
  ogg: "audio/ogg",
  flac: "audio/flac",
  m4a: "audio/mp4",
  mp4: "video/mp4",
  mpeg: "video/mpeg",
  mov: "video/quicktime",
  webm: "video/webm",
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  html: "text/html",
  json: "application/json",
};

/** Google refuses media without a type, so the commonest of its kind stands in. */
const USUAL: Readonly<Record<Modality, string>> = {
  image: "image/jpeg",
  audio: "audio/wav",
  video: "video/mp4",
  document: "application/pdf",
};

function guessType(name: string | undefined, modality: Modality): string {
  const path = (name ?? "").replace(/[?#].*$/, "");
  const end = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return (Object.hasOwn(TYPES, end) ? TYPES[end] : undefined) ?? USUAL[modality];
}

/** Google's own places: uploaded files, buckets, and films. */
const GOOGLES = /^https:\/\/(?:generativelanguage\.googleapis\.com|www\.youtube\.com|youtu\.be)\//;

/** Whether Google gets it from there; from the web only for its newer models, and only by https. */
export function fetchesMedia({ webMedia = true, filesUrl = "" }: GeminiProfile, { uri }: UriPart) {
  if (!/^https?:/i.test(uri) || GOOGLES.test(uri)) return true;
  return (filesUrl !== "" && uri.startsWith(`${filesUrl}/`)) ||
    (webMedia && /^https:/i.test(uri));
}

/** Writes a media part; `undefined` for a file of another provider. */
export function encodeMedia(part: MediaPart, profile: GeminiProfile): WirePart | undefined {
  const { inner, untyped: _, ...outer } = extensionOf(part);
  const signature = signatureOf(part);
  const data = dataOf(part, profile);
  if (data === undefined) return undefined;
  const [[member, value] = ["", {}]] = Object.entries(data);
  return {
    [member]: { ...objectOf(value), ...objectOf(inner) },
    ...(profile.partDetail === true && detailOf(part)),
    ...outer,
    ...(signature !== undefined && { thoughtSignature: signature }),
  };
}

/** OpenAI's `detail` of a picture; `auto` is what happens without a word. */
function detailOf(part: MediaPart): { mediaResolution?: { level: string } } {
  const { detail } = objectOf(foreignOf(part).inner);
  const known = detail === "low" || detail === "high";
  return known ? { mediaResolution: { level: `MEDIA_RESOLUTION_${detail.toUpperCase()}` } } : {};
}

function dataOf(part: MediaPart, profile: GeminiProfile): WirePart | undefined {
  switch (part.type) {
    case "blob":
      return { inlineData: inlineOf(part, profile) };
    case "uri": {
      if (extensionOf(part).untyped === true) return { fileData: { fileUri: part.uri } };
      const mimeType = part.mimeType ?? guessType(part.uri, part.modality);
      return { fileData: { mimeType, fileUri: part.uri } };
    }
    case "file": {
      const fileUri = fileUriOf(part.fileId, profile.filesUrl);
      return fileUri === undefined ? undefined : { fileData: { fileUri } };
    }
  }
}

function inlineOf(
  { mimeType, filename, modality, content }: BlobPart,
  { displayNames }: GeminiProfile,
): { mimeType: string; data: string; displayName?: string } {
  return {
    mimeType: mimeType ?? guessType(filename, modality),
    data: content,
    ...(filename !== undefined && displayNames === true && { displayName: filename }),
  };
}

/** `files/abc`, or the whole address of an uploaded file. */
function fileUriOf(id: string, filesUrl: string | undefined): string | undefined {
  if (/^(https|gs):\/\//.test(id)) return id;
  const [, name] = /^files\/([\w-]+)$/.exec(id) ?? [];
  return name === undefined || filesUrl === undefined ? undefined : `${filesUrl}/${name}`;
}
