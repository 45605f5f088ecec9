/** Pictures and documents. https://platform.claude.com/docs/en/build-with-claude/vision and …/pdf-support */
import type { Losses } from "../../chat/losses.ts";
import type { BlobPart, FilePart, MediaPart, UriPart } from "../../chat/request.ts";
import { extensionOf, sharedMembers } from "./extension.ts";
import type { AnthropicMessagesProfile } from "./profile.ts";
import type { WireBlock } from "./wire.ts";

const PARAM = "messages.content";

/** Pictures in any other form are refused. */
const IMAGE_TYPES: readonly string[] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/** How the base64 of a picture begins, for callers who do not say what theirs is. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ["/9j/", "image/jpeg"],
  ["iVBORw", "image/png"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["JVBERi", "application/pdf"],
];

/** What callers of other dialects may say of a picture or document in Anthropic's own words. */
export const SHARED_BY_MEDIA: readonly string[] = [
  "cache_control",
  "citations",
  "context",
  "title",
];

/** How media are written for a platform. */
export interface MediaContext {
  losses: Losses;
  /** What the request needs of Anthropic that is not settled yet. */
  betas: Set<string>;
}

/** Writes a part; `undefined` where Anthropic has no block for it, which is reported. */
export function encodeMedia(part: MediaPart, context: MediaContext): WireBlock | undefined {
  const block = blockOf(part, context);
  if (block === undefined) {
    context.losses.dropped(PARAM);
    return undefined;
  }
  const { cache_control, ...more } = sharedMembers(part, SHARED_BY_MEDIA);
  return {
    ...block,
    ...(block.type === "document" && more),
    ...(cache_control !== undefined && { cache_control }),
    ...extensionOf(part),
  };
}

function blockOf(part: MediaPart, context: MediaContext): WireBlock | undefined {
  switch (part.type) {
    case "blob":
      return blobBlock(part);
    case "uri":
      return uriBlock(part);
    case "file":
      return fileBlock(part, context);
  }
}

function blobBlock(part: BlobPart): WireBlock | undefined {
  const { content: data } = part;
  const media_type = typeOf(part);
  if (part.modality === "audio" || part.modality === "video" || media_type === undefined) {
    return undefined;
  }
  if (IMAGE_TYPES.includes(media_type)) {
    return { type: "image", source: { type: "base64", media_type, data } };
  }
  const titled = part.filename === undefined ? {} : { title: part.filename };
  if (media_type === "application/pdf") {
    return { type: "document", source: { type: "base64", media_type, data }, ...titled };
  }
  const readable = part.modality === "document" &&
    /^text\/|[/+](?:json|xml|yaml)$/.test(media_type);
  const text = readable ? decodeText(data) : undefined;
  if (text === undefined) return undefined;
  const source = { type: "text", media_type: "text/plain", data: text };
  return { type: "document", source, ...titled };
}

function typeOf({ mimeType, content }: BlobPart): string | undefined {
  const vague = mimeType === undefined || mimeType === "application/octet-stream";
  if (!vague) return mimeType;
  return BEGINNINGS.find(([beginning]) => content.startsWith(beginning))?.[1];
}

/** Documents of text are sent as text, not as base64. */
function decodeText(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** "Only HTTPS URLs are supported", and on some platforms none; what has no block here is dropped anyhow. */
export function fetchesMedia(
  { urlSources = true }: AnthropicMessagesProfile,
  part: UriPart,
): boolean {
  return blockType(part) === undefined || (urlSources && /^https:/i.test(part.uri));
}

function uriBlock(part: UriPart): WireBlock | undefined {
  const type = blockType(part);
  return type && { type, source: { type: "url", url: part.uri } };
}

/** https://platform.claude.com/docs/en/build-with-claude/files */
function fileBlock(part: FilePart, { betas }: MediaContext): WireBlock | undefined {
  const type = blockType(part);
  if (type === undefined) return undefined;
  betas.add("files-api-2025-04-14");
  return { type, source: { type: "file", file_id: part.fileId } };
}

function blockType({ modality }: UriPart | FilePart): "image" | "document" | undefined {
  return modality === "image" || modality === "document" ? modality : undefined;
}
