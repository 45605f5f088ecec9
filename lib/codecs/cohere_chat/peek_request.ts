import type { OutputPeek, RequestPeek } from "../../chat/codec.ts";
import { present, quantityOf } from "../../json/fields.ts";
import { type JsonText, readMember } from "../../json/scan_object.ts";
import { refuse } from "../../json/read_members.ts";

/** Reads `model` and `stream`; counts always come at the end of a stream. */
export function peekRequest(body: JsonText): RequestPeek {
  const model = readMember(body, "model");
  if (typeof model !== "string" || model === "") refuse("model", "a string");
  const stream = readMember(body, "stream") ?? false;
  if (typeof stream !== "boolean") refuse("stream", "true or false");
  return { model, stream, wishes: { usage: true } };
}

/** Reads `max_tokens`. */
export function peekOutput(body: JsonText): OutputPeek {
  return present({ most: quantityOf(readMember(body, "max_tokens")) });
}
