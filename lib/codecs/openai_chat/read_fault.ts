/**
 * Reads the error of any provider: every envelope in use is tried, in the order in which they tell most.
 */
import { isRetryableStatus, typeOfStatus } from "../../chat/fault.ts";
import type { ProviderFault } from "../../errors.ts";
import { isObject, type Json, objectOf, parseJson, textOf } from "../../json/fields.ts";

/** What an error envelope says, whatever its shape. */
export interface FaultWords {
  message?: string;
  type?: string;
  code?: string;
  param?: string;
}

const MAX_MESSAGE = 4000;

/** Finds message, type, code and param in an error body; `undefined` when it is none. */
export function readFaultWords(body: unknown): FaultWords | undefined {
  if (Array.isArray(body)) return readFaultWords(body[0]);
  if (!isObject(body)) return undefined;
  const { errors, detail } = body;
  const error = body.error ?? errorOfChoice(body) ?? objectOf(body.x_groq).error;
  if (isObject(error)) return readFaultWords(error) ?? wordsOf(error, undefined);
  if (textOf(error) !== undefined) return wordsOf(body, textOf(error));
  if (Array.isArray(errors) && errors.length > 0) {
    return readFaultWords(errors[0]) ?? stringFault(errors[0]);
  }
  if (textOf(detail) !== undefined) return wordsOf(body, textOf(detail));
  if (Array.isArray(detail) && isObject(detail[0])) return readDetail(detail[0]);
  if (isObject(detail)) return readFaultWords(detail);
  if (isObject(body.message)) {
    return { ...wordsOf(body, undefined), ...readFaultWords(body.message) };
  }
  const message = textOf(body.message) ?? textOf(body.Message) ?? textOf(body.title);
  return message === undefined ? undefined : wordsOf(body, message);
}

/** OpenRouter tells of a failure amid an answer beside the choice, or by its finish alone. */
function errorOfChoice({ choices }: Json): unknown {
  const [choice] = Array.isArray(choices) ? choices : [];
  if (!isObject(choice)) return undefined;
  if (isError(choice.error)) return choice.error;
  return choice.finish_reason === "error" ? "The provider failed amid its answer" : undefined;
}

function isError(error: unknown): boolean {
  return error !== undefined && error !== null && error !== "" && error !== false;
}

function stringFault(value: unknown): FaultWords | undefined {
  const message = textOf(value);
  return message === undefined ? undefined : { message };
}

/** One entry of a validation report: `{loc: ["body", "model"], msg, type}`. */
function readDetail(detail: Json): FaultWords | undefined {
  const message = textOf(detail.msg) ?? textOf(detail.message);
  if (message === undefined) return undefined;
  const loc = Array.isArray(detail.loc)
    ? detail.loc.filter((step) => step !== "body").join(".")
    : "";
  return loc === "" ? { message } : { message, param: loc };
}

function wordsOf(body: Json, message: string | undefined): FaultWords {
  const code = typeof body.code === "number"
    ? String(body.code)
    : textOf(body.code) ?? textOf(body.status);
  const type = textOf(body.type);
  return {
    ...(message !== undefined && { message: message.slice(0, MAX_MESSAGE) }),
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(typeof body.param === "string" && { param: body.param }),
  };
}

/** Whether a parsed answer or event is an error instead of what was asked for. */
export function isFault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && isFault(value[0]);
  if (!isObject(value)) return false;
  if (isError(value.error) || errorOfChoice(value) !== undefined) return true;
  if (isObject(value.x_groq) && isError(value.x_groq.error)) return true;
  return value.choices === undefined && (
    value.type === "error" || value.object === "error" || value.success === false ||
    // Cerebras' errors have no envelope.
    (typeof value.message === "string" && (isError(value.type) || isError(value.code)))
  );
}

/** The fault that a provider reported inside an answer whose HTTP status was 200. */
export function faultInside(value: unknown): ProviderFault {
  const words = readFaultWords(value) ?? {};
  const { status_code } = objectOf(value);
  return makeFault(asStatus(status_code) ?? statusOf(words), words);
}

/** Makes a fault of what was read; a status of the provider's own wins over every guess. */
export function makeFault(status: number, words: FaultWords): ProviderFault {
  const settled = status === 400 && provesBadKey(words) ? 401 : status;
  return {
    message: `The provider answered ${settled} without a message`,
    ...words,
    status: settled,
    type: words.type ?? typeOfStatus(settled),
    retryable: isRetryable(settled, words),
  };
}

function asStatus(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isInteger(number) && number >= 400 && number < 600 ? number : undefined;
}

/** The status an error stands for when it came with none of its own. */
function statusOf({ code = "", type = "" }: FaultWords): number {
  const number = asStatus(code);
  if (number !== undefined) return number;
  const word = `${code} ${type}`.toLowerCase();
  if (/invalid_api_key|authentication|unauthori[sz]ed|unauthenticated/.test(word)) return 401;
  if (/permission|forbidden/.test(word)) return 403;
  if (/not_found/.test(word)) return 404;
  if (/rate_limit|quota|resource_exhausted|too_many/.test(word)) return 429;
  if (/invalid_request|invalid_argument|context_length|bad_request/.test(word)) return 400;
  if (/overloaded|unavailable/.test(word)) return 503;
  if (/timeout|deadline/.test(word)) return 504;
  return 502;
}

/** Codes of a 429 that no waiting cures: OpenAI's quota, Z.ai's empty balance, Workers AI's daily allowance. */
const EXHAUSTED = new Set(["insufficient_quota", "1113", "3036"]);

function isRetryable(status: number, { code = "", type = "" }: FaultWords): boolean {
  if (status === 429 && (EXHAUSTED.has(code) || EXHAUSTED.has(type))) return false;
  // Groq's model wrote a tool call its parser could not read: the next try often succeeds.
  return isRetryableStatus(status) || code === "tool_use_failed";
}

function provesBadKey({ message = "", code = "", type = "" }: FaultWords): boolean {
  return /\bAPI_KEY_INVALID\b|incorrect api key|api key not valid|\binvalid[_ ]api[_ ]key\b/i
    .test(`${code} ${type} ${message}`);
}

/** Reads a text that should have been JSON: an error envelope, or words about what it looked like. */
export function readFaultText(status: number, text: string): FaultWords {
  const words = readFaultWords(parseJson(text));
  if (words?.message !== undefined) return words;
  const trimmed = text.trim();
  if (trimmed === "" || looksLikeHtml(trimmed) || /^[[{]/.test(trimmed)) {
    const what = looksLikeHtml(trimmed)
      ? "an HTML page"
      : trimmed === ""
      ? "an empty body"
      : "no message";
    return { message: `The provider answered ${status} with ${what}`, ...words };
  }
  return { message: trimmed.slice(0, 500) };
}

/** Tells an HTML page, which proxies and captive portals send instead of JSON. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(text);
}
