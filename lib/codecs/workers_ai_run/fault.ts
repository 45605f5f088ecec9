/** Errors of Workers AI. https://developers.cloudflare.com/workers-ai/platform/errors/ */
import type { ProviderCodec } from "../../chat/codec.ts";
import type { GatewayError, ProviderFault } from "../../errors.ts";
import type { HeaderReader } from "../../fetch_like.ts";
import { isObject, type Json, objectsOf, parseJson } from "../../json/fields.ts";
import { encodeEvent } from "../../stream/sse.ts";

/** What its numbers stand for, where an error comes without a status of its own. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  3003: 400,
  3006: 413,
  3007: 408,
  3008: 408,
  3023: 403,
  3036: 429,
  3039: 413,
  3040: 429,
  3041: 403,
  3042: 404,
  5004: 400,
  5005: 405,
  5007: 400,
  5016: 403,
  5018: 403,
  5019: 405,
  5024: 400,
  10000: 401,
};

/** An error in OpenAI's words: Cloudflare's envelope, or what the binding throws; `undefined` for anything else. */
export function openaiFault(body: Json): Json | undefined {
  const { internalCode, description, message, success, result, errors } = body;
  const [first] = objectsOf(errors);
  const [code, said] = internalCode === undefined
    ? [first?.code, first?.message]
    : [internalCode, description ?? message];
  const failed = internalCode !== undefined || success === false ||
    (first !== undefined && !isObject(result));
  if (!failed) return undefined;
  const known = code === undefined || code === null ? {} : { code: String(code) };
  return {
    error: { message: said ?? "Workers AI failed without a message", ...known },
    status_code: STATUS_OF_CODE[String(code)] ?? 502,
  };
}

/** Reads the body of an answer with an error status; never throws. */
export function decodeError(
  chat: ProviderCodec,
  status: number,
  text: string,
  headers: HeaderReader,
): ProviderFault {
  const body = parseJson(text);
  const fault = isObject(body) ? openaiFault(body) : undefined;
  return chat.decodeError(status, fault === undefined ? text : JSON.stringify(fault), headers);
}

/** The JSON body of an error answer. */
export function encodeError(error: GatewayError): string {
  const { fault, code, message } = error;
  const own = Number(fault?.code ?? code);
  const errors = [{ code: Number.isInteger(own) ? own : code, message }];
  return JSON.stringify({ result: null, success: false, errors, messages: [] });
}

/** The same error as the last event of a stream. */
export function encodeStreamError(error: GatewayError): string {
  return encodeEvent({ data: encodeError(error) });
}
