/** Errors in Google's shape. https://cloud.google.com/apis/design/errors */
import type { GatewayError } from "../../errors.ts";
import { encodeEvent } from "../../stream/sse.ts";
import { wordOfStatus } from "./faults.ts";

/** The JSON body of an error answer. */
export function encodeError({ status, message, fault }: GatewayError): string {
  const native = fault?.code;
  const word = native !== undefined && /^[A-Z][A-Z_]+$/.test(native)
    ? native
    : wordOfStatus(status);
  return JSON.stringify({ error: { code: status, message, status: word } });
}

/** The same error as the last event of a stream. */
export function encodeStreamError(error: GatewayError): string {
  return encodeEvent({ data: encodeError(error) });
}
