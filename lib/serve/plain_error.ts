import type { Reply } from "../http/incoming.ts";
import { ERROR_CATALOGUE, type ErrorCode } from "../error_catalogue.ts";
import { isGatewayError } from "../errors.ts";

/** The answer to what fails before a dialect is known: OpenAI's shape, nothing of the cause. */
export function plainError(code: ErrorCode, message: string, status?: number): Reply {
  const { type, status: usual } = ERROR_CATALOGUE[code];
  const error = { message, type, param: null, code: String(code) };
  return {
    status: status ?? usual,
    headers: { "content-type": "application/json", "dragoman-error-source": "gateway" },
    body: JSON.stringify({ error, success: false, errors: [{ code, message }] }),
  };
}

/** A gateway that could not be built, or a defect: GatewayErrors say what they are, everything else is a 500. */
export function failureReply(error: unknown): Reply {
  if (isGatewayError(error)) return plainError(error.code, error.message, error.status);
  return plainError(2115, ERROR_CATALOGUE[2115].cause);
}

/** The answer to a request line or `Host` header that can't be trusted. */
export function untrustedTarget(): Reply {
  return plainError(
    2103,
    "The request's target or Host header is malformed: the path must begin with a slash, " +
      "and the host be one plain name or address.",
    400,
  );
}
