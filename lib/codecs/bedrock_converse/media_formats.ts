/** Bedrock's words for kinds of files. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
import type { Modality } from "../../chat/request.ts";

/** By format; of several types the first is the usual one. */
const TYPES: Readonly<Record<Modality, Readonly<Record<string, readonly string[]>>>> = {
  image: {
    png: ["image/png"],
    jpeg: ["image/jpeg", "image/jpg"],
    gif: ["image/gif"],
    webp: ["image/webp"],
  },
  document: {
    pdf: ["application/pdf"],
    csv: ["text/csv"],
    doc: ["application/msword"],
    docx: ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    xls: ["application/vnd.ms-excel"],
    xlsx: ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    html: ["text/html"],
    md: ["text/markdown", "text/x-markdown"],
    txt: ["text/plain"],
  },
  video: {
    mp4: ["video/mp4"],
    mkv: ["video/x-matroska"],
    mov: ["video/quicktime"],
    webm: ["video/webm"],
    flv: ["video/x-flv"],
    mpeg: ["video/mpeg"],
    wmv: ["video/x-ms-wmv"],
    three_gp: ["video/3gpp"],
  },
  audio: {
    mp3: ["audio/mpeg", "audio/mp3"],
    wav: ["audio/wav", "audio/x-wav", "audio/wave"],
    ogg: ["audio/ogg"],
    opus: ["audio/opus"],
    aac: ["audio/aac"],
    flac: ["audio/flac"],
    m4a: ["audio/mp4", "audio/x-m4a", "audio/m4a"],
    webm: ["audio/webm"],
    pcm: ["audio/pcm", "audio/l16"],
  },
};

const FORMATS: ReadonlyMap<string, string> = new Map(
  Object.values(TYPES).flatMap((formats) =>
    Object.entries(formats).flatMap(([format, types]) =>
      types.map((type) => [type, format] as const)
    )
  ),
);

/** What a type is called here; a file without one is known by its name's ending. */
export function formatOf(
  modality: Modality,
  mimeType: string | undefined,
  filename = "",
): string | undefined {
  const known = mimeType === undefined ? undefined : FORMATS.get(mimeType.toLowerCase());
  if (known !== undefined) return known;
  const ending = filename.slice(filename.lastIndexOf(".") + 1).toLowerCase();
  if (Object.hasOwn(TYPES[modality], ending)) return ending;
  return modality === "document" && mimeType?.startsWith("text/") === true ? "txt" : undefined;
}

/** The type a format stands for. */
export function mimeTypeOf(modality: Modality, format: string): string {
  return TYPES[modality][format]?.[0] ??
    `${modality === "document" ? "application" : modality}/${format}`;
}
