/** What fetched bytes are: told by how they begin, since a server may call a web page a picture. */
import type { Modality } from "../chat/request.ts";

/** How a kind of file begins; `.` stands for any byte. */
const BEGINNINGS: readonly (readonly [beginning: string, type: string])[] = [
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF87a", "image/gif"],
  ["GIF89a", "image/gif"],
  ["RIFF....WEBP", "image/webp"],
  ["....ftypavif", "image/avif"],
  ["....ftyphei", "image/heic"],
  ["....ftypmif1", "image/heif"],
  ["%PDF-", "application/pdf"],
  ["RIFF....WAVE", "audio/wav"],
  ["ID3", "audio/mpeg"],
  ["\xff\xfb", "audio/mpeg"],
  ["\xff\xf3", "audio/mpeg"],
  ["\xff\xf2", "audio/mpeg"],
  ["\xff\xf1", "audio/aac"],
  ["\xff\xf9", "audio/aac"],
  ["OggS", "audio/ogg"],
  ["fLaC", "audio/flac"],
  ["....ftypM4A", "audio/mp4"],
  ["....ftypqt", "video/quicktime"],
  ["....ftyp", "video/mp4"],
  ["\x1aE\xdf\xa3", "video/webm"],
  ["\x00\x00\x01\xba", "video/mpeg"],
];

/** Containers hold sound or pictures: there the server's word counts. */
const EITHER: Readonly<Record<string, string>> = {
  "audio/ogg": "video/ogg",
  "video/mp4": "audio/mp4",
  "video/webm": "audio/webm",
};

/** Documents of office programs are archives or compound files, which say no more by how they begin. */
const OFFICE: readonly (readonly [beginning: string, types: RegExp])[] = [
  ["PK\x03\x04", /^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\./],
  ["\xd0\xcf\x11\xe0", /^application\/(?:msword|vnd\.ms-(?:excel|powerpoint))$/],
];

const READABLE = /^(?:text\/[\w.+-]+|application\/(?:[\w.-]+\+)?(?:json|xml|yaml))$/;

/**
 * The MIME type of what was fetched for a part of that kind; `undefined` where it is nothing of that kind.
 * `told` is the server's content type.
 */
export function mediaTypeOf(
  modality: Modality,
  told: string | null,
  bytes: Uint8Array,
): string | undefined {
  const type = (told ?? "").split(";")[0]!.trim().toLowerCase();
  const found = BEGINNINGS.find(([beginning]) => beginsWith(bytes, beginning))?.[1];
  if (modality === "document") return documentType(type, found, bytes);
  if (found === undefined) return undefined;
  const other = EITHER[found];
  const meant = other !== undefined && (type === other || !found.startsWith(`${modality}/`))
    ? other
    : found;
  return meant.startsWith(`${modality}/`) ? meant : undefined;
}

function documentType(
  type: string,
  found: string | undefined,
  bytes: Uint8Array,
): string | undefined {
  if (found !== undefined) return found === "application/pdf" ? found : undefined;
  const office = OFFICE.find(([beginning]) => beginsWith(bytes, beginning));
  if (office !== undefined) return office[1].test(type) ? type : undefined;
  return READABLE.test(type) && isText(bytes) ? type : undefined;
}

function beginsWith(bytes: Uint8Array, beginning: string): boolean {
  return bytes.length >= beginning.length &&
    Array.from(beginning).every((letter, at) =>
      letter === "." || letter.charCodeAt(0) === bytes[at]
    );
}

function isText(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(bytes).includes("\0");
  } catch {
    return false;
  }
}
