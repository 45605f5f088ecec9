import type { RequestPeek } from "../../chat/codec.ts";
import { type JsonText, readMember } from "../../json/scan_object.ts";
import { readPath } from "./request_path.ts";

/** Reads the path, where model and stream stand; counts always come at the end of a stream. */
export function peekRequest(body: JsonText, path?: string): RequestPeek {
  return { ...readPath(readMember(body, "modelId"), path), wishes: { usage: true } };
}
