/** Cohere's errors: `{"message", "id"}`, without an envelope. https://docs.cohere.com/reference/errors */
import { isRetryableStatus, typeOfStatus } from "../../chat/fault.ts";
import type { ProviderFault } from "../../errors.ts";
import type { HeaderReader } from "../../fetch_like.ts";
import { isObject, objectOf, parseJson, textOf } from "../../json/fields.ts";

const MAX_MESSAGE = 4000;

/** Makes a fault of a status and what was said about it. */
export function makeFault(status: number, message: string | undefined): ProviderFault {
  return {
    status,
    message: (message ?? `The provider answered ${status} without a message`).slice(0, MAX_MESSAGE),
    type: typeOfStatus(status),
    retryable: isRetryableStatus(status),
  };
}

/** Reads the body of an answer with an error status; never throws. */
export function decodeError(status: number, text: string, headers: HeaderReader): ProviderFault {
  const body = parseJson(text);
  const said = isObject(body) ? messageOf(body) : plainText(text);
  const fault = makeFault(status, said);
  const seconds = Number(headers.get("retry-after") || NaN);
  return seconds >= 0 ? { ...fault, retryAfter: seconds * 1000 } : fault;
}

/** What an object says is wrong, if it is an error at all. */
export function messageOf(body: Record<string, unknown>): string | undefined {
  const { message, error, detail } = body;
  return textOf(message) ?? textOf(error) ?? textOf(objectOf(error).message) ?? textOf(detail);
}

/** What stands between may answer with a page of HTML, which helps nobody. */
function plainText(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed === "" || trimmed.startsWith("<") ? undefined : trimmed.slice(0, 500);
}
