/**
 * Everything that can go wrong: documentation, answers and types are all made from it. Numbers below 2100 are
 * Cloudflare AI Gateway's own.
 */

/** One row of the catalogue. `status` is the HTTP status, `cause` and `fix` are for people. */
export interface ErrorEntry {
  /** HTTP status. */
  readonly status: number;
  /** OpenAI's `error.type`. */
  readonly type: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What happened. */
  readonly cause: string;
  /** What to do about it. */
  readonly fix: string;
}

const invalid = (status: number, cause: string, fix: string): ErrorEntry => ({
  status,
  type: "invalid_request_error",
  retryable: false,
  cause,
  fix,
});

const upstream = (status: number, cause: string, fix: string): ErrorEntry => ({
  status,
  type: "api_error",
  retryable: true,
  cause,
  fix,
});

/** The number of an error in {@linkcode ERROR_CATALOGUE}. */
export type ErrorCode =
  | 2001
  | 2002
  | 2003
  | 2005
  | 2008
  | 2009
  | 2019
  | 2040
  | 2041
  | 2100
  | 2101
  | 2102
  | 2103
  | 2104
  | 2105
  | 2106
  | 2107
  | 2108
  | 2109
  | 2110
  | 2111
  | 2112
  | 2113
  | 2114
  | 2115
  | 2116
  | 2117
  | 2118
  | 2120
  | 2123
  | 2124
  | 2125
  | 2127
  | 2128
  | 2142
  | 2143
  | 2144;

/** Every error the gateway itself can answer with, by number. */
export const ERROR_CATALOGUE: Readonly<Record<ErrorCode, ErrorEntry>> = {
  2001: invalid(
    400,
    "The gateway named in the path is not configured.",
    "Write it under `gateways` in the configuration, or use `default`.",
  ),
  2002: upstream(
    502,
    "The provider answered with something that is not an answer of its protocol.",
    "Check the provider's base URL and its state; the message quotes what arrived.",
  ),
  2003: {
    status: 429,
    type: "rate_limit_error",
    retryable: true,
    cause: "More requests came than a limit allows in its window.",
    fix: "Come back after the seconds in `retry-after`.",
  },
  2005: upstream(
    502,
    "The provider could not be reached, or no target of the route answered.",
    "Check the provider's base URL and its state; the message lists every attempt.",
  ),
  2008: invalid(
    400,
    "The model's prefix names no provider this gateway knows.",
    "Use one of the prefixes in the message, or configure `custom-<slug>`.",
  ),
  2009: {
    status: 401,
    type: "authentication_error",
    retryable: false,
    cause: "No valid access key came with the request, or the gateway is closed.",
    fix:
      "Send `cf-aig-authorization: Bearer <access key>`. Operators: set DRAGOMAN_ACCESS_KEYS, or DRAGOMAN_OPEN=1.",
  },
  2019: invalid(
    400,
    "The body is not a request this gateway can route, most often a model without a provider prefix.",
    "Write the model as `provider/model`, for example `openai/gpt-5-mini`.",
  ),
  2040: invalid(
    400,
    "No provider key: the request brought none and none is stored.",
    "Send the provider's key in `Authorization`, or store one: the message names the variable and the option.",
  ),
  2041: {
    status: 429,
    type: "rate_limit_error",
    retryable: true,
    cause: "What a limit allows to be spent in its window has been spent.",
    fix: "Come back after the seconds in `retry-after`.",
  },
  2100: invalid(
    400,
    "The body is not strict JSON: malformed, a key twice, or a key written with escapes.",
    "Send one well-formed JSON object with each key once.",
  ),
  2101: invalid(
    413,
    "The body is larger than this gateway accepts.",
    "Send less, or raise `bodyLimit` (bytes).",
  ),
  2102: invalid(
    415,
    "The body is encoded in a way this gateway does not read.",
    "Send plain, uncompressed JSON.",
  ),
  2103: invalid(404, "Nothing is served at this path.", "The message names what is."),
  2104: invalid(
    405,
    "The path exists, but not for this method.",
    "Use a method of the `allow` header.",
  ),
  2105: {
    ...invalid(
      501,
      "This version of the gateway does not speak that yet.",
      "The message names what works.",
    ),
    type: "api_error",
  },
  2106: {
    ...invalid(
      403,
      "A browser page of another origin, or a foreign host name, asked an open gateway.",
      "Set access keys, or list the origin under `cors` or the host under `allowedHosts`.",
    ),
    type: "permission_error",
  },
  2107: invalid(
    400,
    "A request header has a value outside its range.",
    "The message names the header and its range.",
  ),
  2108: invalid(
    400,
    "Strict mode: the provider cannot honour a parameter of the request.",
    "Leave it out, or drop `dragoman-strict: true` to send without it.",
  ),
  2109: {
    ...invalid(
      508,
      "The request has passed through this same gateway before.",
      "Point the provider's base URL at the provider, not at this gateway.",
    ),
    type: "api_error",
  },
  2110: upstream(
    504,
    "The provider said nothing within the time allowed.",
    "Try again, or raise the timeout the message names.",
  ),
  2111: upstream(
    502,
    "The provider broke off before its answer was complete.",
    "Try again; what arrived until then is incomplete.",
  ),
  2112: {
    ...upstream(
      502,
      "The provider answered with a redirect, which is never followed with a key.",
      "Set the provider's base URL to the address it redirects to.",
    ),
    retryable: false,
  },
  2113: upstream(
    503,
    "The gateway is shutting down and takes no new requests.",
    "Try again: another instance will answer.",
  ),
  2114: {
    ...invalid(
      403,
      "The access key is valid, but not for this.",
      "Use a key whose scope covers it.",
    ),
    type: "permission_error",
  },
  2115: {
    ...upstream(
      500,
      "The gateway failed; this is a defect.",
      "Report it with the log id of the answer.",
    ),
    retryable: false,
  },
  2116: {
    ...upstream(
      500,
      "The configuration was refused.",
      "The message names the option, what is wrong with it and what would be right.",
    ),
    retryable: false,
  },
  2117: {
    ...invalid(499, "The caller went away before the answer.", "Nothing: nobody is listening."),
    type: "api_error",
  },
  2118: {
    status: 401,
    type: "authentication_error",
    retryable: false,
    cause: "The provider key is incomplete, or is given no access token.",
    fix: "The message says what is wrong with it; send or store one that works.",
  },
  2120: {
    ...upstream(
      502,
      "The provider refused the request or failed on it.",
      "The message is the provider's own.",
    ),
    retryable: false,
  },
  2123: invalid(
    400,
    "The provider does not fetch media from their address, and this gateway does not do it in its place.",
    "Send the bytes as a `data:` URI. Operators: switch on `fetchMedia`.",
  ),
  2124: invalid(
    400,
    "Media that the gateway was to fetch could not be fetched, or may not be.",
    "The message says why: correct the address, or send the bytes as a `data:` URI.",
  ),
  2125: {
    ...invalid(
      403,
      "Dry runs show what would be sent where, which is for the gateway's operator alone.",
      "Ask an open gateway on a loopback address, or one inside your own program.",
    ),
    type: "permission_error",
  },
  2127: invalid(
    400,
    "The path below a provider's name is none that can be sent to it.",
    "The message names the form that is right; dots and slashes must not be encoded to leave the provider's address.",
  ),
  2128: invalid(
    400,
    "A limit of cost holds, and nobody knows what the model costs.",
    'Ask one that has a price. Operators: write it under `prices`, or set `unknownPrice: "allow"` there.',
  ),
  2142: upstream(
    503,
    "The store could not be reached, or refused an operation.",
    "Check the store's address and its state; the message says what it gave as the reason.",
  ),
  2143: upstream(
    503,
    "The store did not answer within the time allowed.",
    "Check the store's load and its distance, or raise its `timeout` (milliseconds).",
  ),
  2144: {
    ...upstream(
      500,
      "The value is larger than the store takes.",
      "Keep less, or use a store that takes more: the message names the limit.",
    ),
    retryable: false,
  },
};
