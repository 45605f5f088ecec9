import type { ProviderFault } from "../../errors.ts";
import { parseJson } from "../../json/fields.ts";
import { faultInside, isFault, looksLikeHtml } from "./read_fault.ts";

/**
 * A stream was asked for and something else came: an error as one JSON body, which some send with status
 * 200, or a page. `undefined` when it looks like a stream, or nothing came at all.
 */
export function faultOfStray(body: string): ProviderFault | undefined {
  const text = body.trim();
  if (text === "" || /^(?:data|event|id|retry)?:/.test(text)) return undefined;
  const value = parseJson(text);
  if (isFault(value)) return faultInside(value);
  const what = looksLikeHtml(text) ? "an HTML page" : value === undefined ? "text" : "JSON";
  return {
    status: 502,
    type: "api_error",
    message: `The provider answered with ${what} instead of an event stream`,
    retryable: true,
  };
}
