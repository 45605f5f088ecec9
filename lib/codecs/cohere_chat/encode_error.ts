/** Errors in Cohere's shape. https://docs.cohere.com/reference/errors */
import type { GatewayError } from "../../errors.ts";
import { encodeEvent } from "../../stream/sse.ts";

/** The JSON body of an error answer. */
export function encodeError(error: GatewayError): string {
  return JSON.stringify({ message: error.message });
}

/** The same error as the last event of a stream. */
export function encodeStreamError(error: GatewayError): string {
  const delta = { finish_reason: "ERROR", error: error.message };
  return encodeEvent({
    event: "message-end",
    data: JSON.stringify({ type: "message-end", delta }),
  });
}
