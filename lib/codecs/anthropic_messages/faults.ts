/** Anthropic's errors, and those of platforms that serve Claude. https://platform.claude.com/docs/en/api/errors */
import { isRetryableStatus } from "../../chat/fault.ts";
import type { ProviderFault } from "../../errors.ts";
import type { HeaderReader } from "../../fetch_like.ts";
import { isObject, type Json, objectOf, parseJson, textOf } from "../../json/fields.ts";

/** Every kind of error with the status it stands for, which a stream leaves out. */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** Anthropic's word for a status that has none of its own. */
export function errorTypeOf(status: number): string {
  const word = Object.keys(STATUSES).find((type) => STATUSES[type] === status);
  if (word !== undefined) return word;
  if (status === 503) return "overloaded_error";
  return status >= 500 ? "api_error" : "invalid_request_error";
}

/** Whether Anthropic's clients know the word. */
export function isErrorType(type: string | undefined): boolean {
  return type !== undefined && Object.hasOwn(STATUSES, type);
}

const MAX_MESSAGE = 4000;

/** Reads the body of an answer with an error status; never throws. */
export function decodeError(status: number, text: string, headers: HeaderReader): ProviderFault {
  const fault = readFault(parseJson(text), status) ?? wordless(status, text);
  const retryAfter = readRetryAfter(fault, headers);
  return retryAfter === undefined ? fault : { ...fault, retryAfter };
}

/**
 * The fault of an error body or event; `undefined` when the value is none. Google puts errors in its own
 * envelope, and that in a list, before Vertex hands a request to Claude; Bedrock has a bare `message`.
 */
export function readFault(value: unknown, status?: number): ProviderFault | undefined {
  if (Array.isArray(value)) return value.length > 0 ? readFault(value[0], status) : undefined;
  if (!isObject(value)) return undefined;
  const error = isObject(value.error) ? value.error : isBare(value, status) ? value : undefined;
  if (error === undefined) return undefined;
  const message = textOf(error.message) ?? textOf(error.Message) ?? textOf(value.message);
  const type = error === value ? undefined : textOf(error.type);
  const told = status ?? STATUSES[type ?? ""] ?? asStatus(error.code) ?? 500;
  return faultOf(told, message, type, codeOf(error));
}

/** An error without the envelope, as Bedrock and some edges have it. */
function isBare(value: Json, status: number | undefined): boolean {
  const speaks = textOf(value.message) ?? textOf(value.Message);
  return value.type === "error" || (status !== undefined && speaks !== undefined);
}

/** A spending limit tells itself from other limits by a code among the details. */
function codeOf(error: Json): string | undefined {
  return textOf(objectOf(error.details).error_code) ?? textOf(error.type) ?? textOf(error.status);
}

function asStatus(code: unknown): number | undefined {
  return typeof code === "number" && code >= 400 && code < 600 ? code : undefined;
}

function faultOf(
  status: number,
  message = `The provider answered ${status} without a message`,
  type = errorTypeOf(status),
  code?: string,
): ProviderFault {
  const spent = code === "enforced_spend_limit_reached";
  return {
    status,
    message: message.slice(0, MAX_MESSAGE),
    type,
    ...(code !== undefined && { code }),
    retryable: isRetryableStatus(status) && !spent,
  };
}

/** Edges answer without JSON: a page is not quoted, plain words are. */
function wordless(status: number, text: string): ProviderFault {
  const words = text.trim();
  if (words === "") return faultOf(status, `The provider answered ${status} with an empty body`);
  if (words.startsWith("<")) return faultOf(status, `The provider answered ${status} with a page`);
  return /^[[{]/.test(words) ? faultOf(status) : faultOf(status, words.slice(0, 500));
}

/** How long the provider asks to wait, in milliseconds; a moment only means something beside its own clock. */
function readRetryAfter({ status }: ProviderFault, headers: HeaderReader): number | undefined {
  const now = Date.parse(headers.get("date") ?? "");
  const until = (moment: string | null) => Math.max(0, Date.parse(moment ?? "") - now);
  const after = headers.get("retry-after");
  if (after !== null) {
    const wait = /^\s*\d+(\.\d+)?\s*$/.test(after) ? Number(after) * 1000 : until(after);
    if (!Number.isNaN(wait)) return wait;
  }
  if (status !== 429) return undefined;
  const waits = LIMITS.filter((of) => headers.get(`${LIMIT}${of}-remaining`) === "0")
    .map((of) => until(headers.get(`${LIMIT}${of}-reset`))).filter((wait) => !Number.isNaN(wait));
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const LIMIT = "anthropic-ratelimit-";
const LIMITS = ["requests", "tokens", "input-tokens", "output-tokens"];
