/** Keys that are documents: JSON, as it is or in base64, the way they fit into one header or variable. */
import { GatewayError } from "../errors.ts";
import { isObject, type Json, parseJson, textOf } from "../json/fields.ts";

/** Base64 of a text that begins with `{`; JSON web tokens begin alike, but hold dots. */
const BASE64 = /^e[wy][\w+/\s-]+={0,2}\s*$/;

/** Whether a key was meant to be a document, even if it is a broken one. */
export function looksLikeDocument(key: string): boolean {
  return key.trimStart().startsWith("{");
}

/** The document that a key is; `undefined` for any other. Throws 2118 for a broken one. */
export function keyDocument(key: string): Json | undefined {
  if (!looksLikeDocument(key)) return objectIn(fromBase64(key));
  return objectIn(key) ?? unusable("is no valid JSON: copy all of it");
}

/** A member that must be there; `rule` says why, and `form` what it may hold. */
export function memberOf(document: Json, name: string, rule: string, form = /^/): string {
  const text = textOf(document[name]) ?? unusable(`lacks ${name}: ${rule}`);
  return form.test(text) ? text : unusable(`has characters in its ${name} that none has`);
}

/** Refuses a key; `problem` follows the name of the key, or of the option it is in. */
export function unusable(problem: string): never {
  throw new GatewayError(2118, problem);
}

function objectIn(text: string): Json | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}

function fromBase64(key: string): string {
  if (!BASE64.test(key)) return "";
  try {
    const bytes = atob(key.replace(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  } catch {
    return ""; // Not base64 after all.
  }
}
