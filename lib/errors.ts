/** The one error class. What its numbers mean stands in `error_catalogue.ts`. */
import { ERROR_CATALOGUE, type ErrorCode } from "./error_catalogue.ts";

/** What a provider said when it failed, in words every dialect can repeat. */
export interface ProviderFault {
  /** HTTP status the provider gave, or the one its error stands for when it came inside a 200. */
  status: number;
  /** The provider's words. */
  message: string;
  /** The provider's own kind of error: `rate_limit_error`. */
  type?: string;
  /** The provider's own code: `invalid_api_key`. */
  code?: string;
  /** The parameter at fault. */
  param?: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** How long the provider asks to wait, in milliseconds. */
  retryAfter?: number;
}

/** Options of a {@linkcode GatewayError}. */
export interface GatewayErrorOptions {
  /** Overrides the catalogue's status: a provider's 429 stays 429. */
  status?: number;
  /** Overrides the catalogue's. */
  retryable?: boolean;
  /** Slug of the provider that was asked. */
  provider?: string;
  /** The parameter, header or option at fault. */
  param?: string;
  /** The provider's own words, when the error is the provider's. */
  fault?: ProviderFault;
  /** Headers the answer must carry, such as `allow` or `retry-after`. */
  headers?: Record<string, string>;
  /** For logs only. */
  cause?: unknown;
}

const MARK = Symbol.for("dragoman.GatewayError");

/**
 * The only error Dragoman throws. `code` is its row in {@linkcode ERROR_CATALOGUE}, `status` the
 * HTTP status, `retryable` whether the same request may succeed later. The message is safe to show:
 * it never holds a key or a prompt. `cause` is for logs only and never reaches a client.
 */
export class GatewayError extends Error {
  /** `GatewayError`, in every copy of this package. */
  override readonly name = "GatewayError";
  /** By this, {@linkcode isGatewayError} knows one. */
  readonly [MARK] = true;
  /** Its row in {@linkcode ERROR_CATALOGUE}. */
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Slug of the provider that was asked. */
  readonly provider?: string;
  /** The parameter, header or option at fault. */
  readonly param?: string;
  /** The provider's own words, when the error is the provider's. */
  readonly fault?: ProviderFault;
  /** Headers the answer must carry. */
  readonly headers?: Record<string, string>;

  /** `message` is for the caller: cause and fix, no key, no prompt. */
  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const entry = ERROR_CATALOGUE[code];
    this.code = code;
    this.status = options.status ?? options.fault?.status ?? entry.status;
    this.retryable = options.retryable ?? options.fault?.retryable ?? entry.retryable;
    this.provider = options.provider;
    this.param = options.param ?? options.fault?.param;
    this.fault = options.fault;
    this.headers = options.headers;
  }

  /** OpenAI's `error.type`: the provider's own where it gave one. */
  get type(): string {
    return this.fault?.type ?? ERROR_CATALOGUE[this.code].type;
  }
}

/** Tells a {@linkcode GatewayError}, also one from another copy of this package. */
export function isGatewayError(value: unknown): value is GatewayError {
  return typeof value === "object" && value !== null && MARK in value;
}
