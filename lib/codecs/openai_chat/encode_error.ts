/** Errors in OpenAI's shape, which also carries the gateway's number in Cloudflare's. */
import type { GatewayError } from "../../errors.ts";
import { encodeEvent } from "../../stream/sse.ts";

interface WireError {
  message: string;
  type: string;
  param: string | null;
  /** A string even where it is a number of the catalogue: typed clients read `string | null`. */
  code: string | null;
}

function wireError(error: GatewayError): WireError {
  return {
    message: error.message,
    type: error.type,
    param: error.param ?? null,
    code: error.fault === undefined ? String(error.code) : error.fault.code ?? null,
  };
}

/** The JSON body of an error answer. */
export function encodeError(error: GatewayError): string {
  return JSON.stringify({
    error: wireError(error),
    success: false,
    errors: [{ code: error.code, message: error.message }],
  });
}

/** The same error as the last event of a stream. */
export function encodeStreamError(error: GatewayError): string {
  return encodeEvent({ data: JSON.stringify({ error: wireError(error) }) });
}
