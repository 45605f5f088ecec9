/** Amazon's errors: the kind in a header, or in the frame's own, the words in the body. */
import { isRetryableStatus, typeOfStatus } from "../../chat/fault.ts";
import type { ProviderFault } from "../../errors.ts";
import type { HeaderReader } from "../../fetch_like.ts";
import { isObject, type Json, parseJson, textOf } from "../../json/fields.ts";

const MAX_MESSAGE = 4000;

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html, Errors */
const STATUSES: Readonly<Record<string, number>> = {
  accessdenied: 403,
  conflict: 409,
  expiredtoken: 403,
  internalserver: 500,
  invalidsignature: 403,
  modelerror: 424,
  modelnotready: 429,
  modelstreamerror: 424,
  modeltimeout: 408,
  resourcenotfound: 404,
  servicequotaexceeded: 402,
  serviceunavailable: 503,
  throttling: 429,
  unrecognizedclient: 403,
  validation: 400,
};

/** The kinds that may pass although their status says nothing of it. */
const PASSING: ReadonlySet<string> = new Set(["modelerror", "modelstreamerror"]);

/** `ThrottlingException`, `throttlingException` → `throttling`. */
function kindOf(code: string): string {
  return code.replace(/(Exception|Error)$/, "").toLowerCase();
}

/** Makes a fault of what was said. Without a status of its own the kind gives one. */
export function makeFault(
  status: number | undefined,
  code: string | undefined,
  message: string | undefined,
): ProviderFault {
  const kind = kindOf(code ?? "");
  const settled = status ?? STATUSES[kind] ?? 502;
  return {
    status: settled,
    message: (message ?? code ?? `The provider answered ${settled} without a message`)
      .slice(0, MAX_MESSAGE),
    type: typeOfStatus(settled),
    ...(code !== undefined && { code }),
    retryable: isRetryableStatus(settled) || PASSING.has(kind),
  };
}

/** Reads the body of an answer with an error status; never throws. */
export function decodeError(status: number, text: string, headers: HeaderReader): ProviderFault {
  const body = parseJson(text);
  const said = isObject(body) ? messageOf(body) : plainText(text);
  const named = headers.get("x-amzn-errortype") ??
    (isObject(body) ? textOf(body.__type) ?? textOf(body.code) : undefined);
  const fault = makeFault(status, named && plainCode(named), said);
  const seconds = Number(headers.get("retry-after") || NaN);
  return seconds >= 0 ? { ...fault, retryAfter: seconds * 1000 } : fault;
}

/** `ValidationException:http://…` and `com.amazon.coral#ValidationException` → `ValidationException`. */
function plainCode(named: string): string {
  const short = named.split(":")[0] ?? named;
  return short.slice(short.lastIndexOf("#") + 1);
}

/** The words of an error, whose member goes by two spellings. */
export function messageOf(body: Json): string | undefined {
  return textOf(body.message) ?? textOf(body.Message) ?? textOf(body.originalMessage);
}

/** What stands between may answer with a page of HTML, which helps nobody. */
function plainText(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed === "" || trimmed.startsWith("<") ? undefined : trimmed.slice(0, 500);
}
