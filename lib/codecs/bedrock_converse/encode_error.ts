/** Errors in Amazon's shape: words in the body, the kind in a frame's header. */
import type { GatewayError } from "../../errors.ts";
import { encodeFrame } from "./frame.ts";

/** By status, https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html */
const KINDS: Readonly<Record<number, string>> = {
  400: "validation",
  401: "unrecognizedClient",
  403: "accessDenied",
  404: "resourceNotFound",
  408: "modelTimeout",
  424: "modelError",
  429: "throttling",
  503: "serviceUnavailable",
};

/** Those that may stand amid a stream. */
const IN_STREAMS: ReadonlySet<string> = new Set(["validation", "throttling", "serviceUnavailable"]);

/** The JSON body of an error answer. */
export function encodeError(error: GatewayError): string {
  const kind = KINDS[error.status] ?? "internalServer";
  const name = kind.charAt(0).toUpperCase() + kind.slice(1);
  return JSON.stringify({ __type: `${name}Exception`, message: error.message });
}

/** The same error as the last frame of a stream. */
export function encodeStreamError(error: GatewayError): string {
  const kind = KINDS[error.status] ?? "internalServer";
  const type = IN_STREAMS.has(kind) ? kind : "modelStreamError";
  const body = { message: error.message, originalStatusCode: error.status };
  return encodeFrame(
    "exception",
    `${type}Exception`,
    type === "modelStreamError" ? body : {
      message: error.message,
    },
  );
}
