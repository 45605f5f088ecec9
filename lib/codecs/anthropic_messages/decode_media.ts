/** Pictures and documents of Anthropic's dialect → neutral. */
import type { MediaPart } from "../../chat/request.ts";
import { type Json, objectOf, restOf, textOf } from "../../json/fields.ts";
import { extend } from "./extension.ts";

const MEMBERS = new Set(["type", "source"]);
const TITLED = new Set([...MEMBERS, "title"]);

/** Reads an `image` or `document`; `undefined` for every other block, and for a document made of blocks. */
export function decodeMedia(block: Json): MediaPart | undefined {
  if (block.type !== "image" && block.type !== "document") return undefined;
  const modality = block.type;
  const source = objectOf(block.source);
  const title = modality === "document" ? textOf(block.title) : undefined;
  const blob = (mimeType: unknown, content: string): MediaPart => ({
    type: "blob",
    modality,
    mimeType: String(mimeType ?? ""),
    content,
    ...(title !== undefined && { filename: title }),
    ...extend(restOf(block, title === undefined ? MEMBERS : TITLED)),
  });
  const rest = extend(restOf(block, MEMBERS));
  switch (source.type) {
    case "base64":
      return blob(source.media_type, String(source.data ?? ""));
    case "text":
      return blob("text/plain", encodeText(String(source.data ?? "")));
    case "url":
      return { type: "uri", modality, uri: String(source.url ?? ""), ...rest };
    case "file":
      return { type: "file", modality, fileId: String(source.file_id ?? ""), ...rest };
    default:
      return undefined;
  }
}

/** A few kilobytes at a time: spreading a whole document over arguments would exhaust the stack. */
const PIECE = 8192;

function encodeText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let letters = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    letters += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(letters);
}
