/** Google reads `system_instruction` and `systemInstruction` alike. */
import { isObject, type Json } from "../../json/fields.ts";

/** Members whose content is the caller's own. */
const OPAQUE = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
  "labels",
  "partMetadata",
]);

/** One member's name in camel case. */
export function camelName(name: string): string {
  return name.includes("_")
    ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : name;
}

/** The same value with every member of the protocol in camel case, and without nulls. */
export function camelCase(value: Json): Json {
  const out: Json = {};
  for (const [key, each] of Object.entries(value)) {
    if (each === null || each === undefined) continue;
    const name = camelName(key);
    out[name] = OPAQUE.has(name) ? each : camelValue(each);
  }
  return out;
}

/** The same for any value. */
export function camelValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelValue);
  return isObject(value) ? camelCase(value) : value;
}
