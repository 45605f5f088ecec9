import type { OutputPeek, RequestPeek } from "../../chat/codec.ts";
import { objectOf, present, quantityOf } from "../../json/fields.ts";
import { type JsonText, readMember } from "../../json/scan_object.ts";
import { readPath } from "./request_path.ts";

/** Reads the path, where model and stream stand; counts always come at the end of a stream. */
export function peekRequest(body: JsonText, path?: string): RequestPeek {
  return { ...readPath(readMember(body, "modelId"), path), wishes: { usage: true } };
}

/** Reads `maxTokens`. */
export function peekOutput(body: JsonText): OutputPeek {
  const { maxTokens } = objectOf(readMember(body, "inferenceConfig"));
  return present({ most: quantityOf(maxTokens) });
}
