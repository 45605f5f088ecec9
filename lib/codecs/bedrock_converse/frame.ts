import type { Json } from "../../json/fields.ts";
import { encodeAwsMessage } from "../../stream/aws_event_stream.ts";
import { textOfBytes } from "../../byte_text.ts";

/** Writes one frame of a stream, one character a byte. */
export function encodeFrame(kind: "event" | "exception", type: string, body: Json): string {
  const headers = {
    [`:${kind}-type`]: type,
    ":content-type": "application/json",
    ":message-type": kind,
  };
  return textOfBytes(encodeAwsMessage(headers, JSON.stringify(body)));
}
