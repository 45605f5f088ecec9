import { isDeepStrictEqual } from "node:util";

/** Everything in `expected` is in `actual`; arrays are compared from their start. */
export function isMatch(actual: unknown, expected: unknown): boolean {
  if (!isContainer(actual) || !isContainer(expected)) return isDeepStrictEqual(actual, expected);
  if (Array.isArray(actual) !== Array.isArray(expected)) return false;
  return Reflect.ownKeys(expected).every((key) => {
    if (key === "length" && Array.isArray(expected)) return true;
    return key in actual && isMatch(actual[key], expected[key]);
  });
}

/** Maps, dates, regular expressions and byte arrays are values, not containers. */
function isContainer(value: unknown): value is Record<PropertyKey, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const tag = Object.prototype.toString.call(value);
  return tag === "[object Object]" || tag === "[object Array]";
}
