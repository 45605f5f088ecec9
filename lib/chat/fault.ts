/** What an HTTP status means for every provider's errors. */

/** OpenAI's `error.type` for an HTTP status. */
export function typeOfStatus(status: number): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "insufficient_quota";
    case 403:
      return "permission_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 || status === 498 ? "api_error" : "invalid_request_error";
  }
}

const RETRYABLE = new Set([408, 409, 429, 498, 500, 502, 503, 504, 529]);

/** Whether the same request may succeed later. */
export function isRetryableStatus(status: number): boolean {
  return RETRYABLE.has(status);
}
