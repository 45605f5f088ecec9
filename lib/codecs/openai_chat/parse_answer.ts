import { GatewayError } from "../../errors.ts";
import { isObject, type Json, parseJson } from "../../json/fields.ts";
import { faultInside, isFault, looksLikeHtml } from "./read_fault.ts";

/**
 * Parses a whole answer. Throws 2120 with the provider's fault for an error inside a 200, and 2002 for
 * text that is no answer. An answer is never quoted: only what is not JSON at all is, shortly.
 */
export function parseAnswer(text: string): Json {
  const answer = parseJson(text);
  if (answer === undefined) {
    const what = looksLikeHtml(text)
      ? "an HTML page"
      : text.trim() === ""
      ? "an empty body"
      : "text";
    const start = text.trim().slice(0, 80);
    throw new GatewayError(
      2002,
      `The provider answered with ${what} instead of JSON: ${JSON.stringify(start)}`,
    );
  }
  if (isFault(answer)) {
    const fault = faultInside(answer);
    throw new GatewayError(2120, fault.message, { fault });
  }
  if (!isObject(answer) || !Array.isArray(answer.choices)) {
    throw new GatewayError(2002, "The provider answered with JSON that has no `choices`");
  }
  return answer;
}
