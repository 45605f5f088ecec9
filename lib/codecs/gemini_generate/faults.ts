/** Google's error answers. https://cloud.google.com/apis/design/errors */
import { isRetryableStatus, typeOfStatus } from "../../chat/fault.ts";
import type { ProviderFault } from "../../errors.ts";
import type { HeaderReader } from "../../fetch_like.ts";
import { isObject, type Json, objectOf, objectsOf, parseJson, textOf } from "../../json/fields.ts";

/** HTTP statuses by Google's words for them, the commonest word of each status first. */
const STATUSES: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNKNOWN: 500,
  DATA_LOSS: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Google's word for an HTTP status. */
export function wordOfStatus(status: number): string {
  const known = Object.entries(STATUSES).find(([, number]) => number === status);
  return known?.[0] ?? (status < 500 ? "INVALID_ARGUMENT" : "INTERNAL");
}

const LONGEST_MESSAGE = 4000;
const LONGEST_TEXT = 500;

/** Reads the body of an answer with an error status: an object, one inside a list, or text. Never throws. */
export function decodeError(status: number, text: string, headers: HeaderReader): ProviderFault {
  const error = errorOf(parseJson(text));
  const fault = error === undefined ? textFault(status, text) : readFault(error, status);
  const wait = fault.retryAfter ?? secondsOf(headers.get("retry-after") ?? undefined);
  return wait === undefined ? fault : { ...fault, retryAfter: wait };
}

/** The error inside a parsed answer or event, if it is one. */
export function errorOf(value: unknown): Json | undefined {
  const body: unknown = Array.isArray(value) ? value.find((each) => isObject(each)) : value;
  if (!isObject(body)) return undefined;
  if (isObject(body.error)) return body.error;
  const message = textOf(body.error) ?? (body.candidates ? undefined : textOf(body.message));
  return message === undefined ? undefined : { ...body, message };
}

/** `status` is the HTTP answer's, absent for an error inside a 200. */
export function readFault(error: Json, status?: number): ProviderFault {
  const code = textOf(error.status);
  const details = objectsOf(error.details);
  const given = status ?? statusOf(error.code) ?? STATUSES[code ?? ""] ?? 502;
  const message = textOf(error.message) ?? `The provider answered ${given} without a message`;
  const settled = given === 400 && provesBadKey(details, message) ? 401 : given;
  const param = textOf(objectsOf(detailOf(details, "BadRequest").fieldViolations)[0]?.field);
  const retryAfter = secondsOf(
    textOf(detailOf(details, "RetryInfo").retryDelay)?.replace(/s$/, ""),
  );
  return {
    status: settled,
    message: message.slice(0, LONGEST_MESSAGE),
    type: typeOfStatus(settled),
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
    retryable: isRetryableStatus(settled),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

function detailOf(details: Json[], type: string): Json {
  return objectOf(details.find((each) => String(each["@type"]).endsWith(`.${type}`)));
}

/** Google answers 400 to a bad key. */
function provesBadKey(details: Json[], message: string): boolean {
  return details.some(({ reason }) => reason === "API_KEY_INVALID") ||
    /api key not valid|api_key_invalid/i.test(message);
}

function statusOf(code: unknown): number | undefined {
  const number = Number(code);
  return Number.isInteger(number) && number >= 400 && number < 600 ? number : undefined;
}

function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const seconds = Number(text);
  return seconds >= 0 ? Math.round(seconds * 1000) : undefined;
}

function textFault(status: number, text: string): ProviderFault {
  const trimmed = text.trim();
  const what = trimmed === ""
    ? "an empty body"
    : trimmed.startsWith("<")
    ? "an HTML page"
    : undefined;
  const message = what === undefined && !/^[[{]/.test(trimmed)
    ? trimmed.slice(0, LONGEST_TEXT)
    : `The provider answered ${status} with ${what ?? "no message"}`;
  return {
    status,
    message,
    type: typeOfStatus(status),
    retryable: isRetryableStatus(status),
  };
}
