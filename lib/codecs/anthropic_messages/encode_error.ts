/** Errors in Anthropic's shape. https://platform.claude.com/docs/en/api/errors */
import type { GatewayError } from "../../errors.ts";
import { encodeEvent } from "../../stream/sse.ts";
import { errorTypeOf, isErrorType } from "./faults.ts";

/** The JSON body of an error answer. Only the front door knows the id of a request. */
export function encodeError(error: GatewayError, requestId: string | null = null): string {
  const { type, status, message } = error;
  const word = isErrorType(type) && status !== 404 && status !== 413 ? type : errorTypeOf(status);
  return JSON.stringify({ type: "error", error: { type: word, message }, request_id: requestId });
}

/** The same error as the last event of a stream. */
export function encodeStreamError(error: GatewayError): string {
  return encodeEvent({ event: "error", data: encodeError(error) });
}
