/** Members of a request, checked where they are read: a wrong kind is refused with the parameter's name. */
import { GatewayError } from "../errors.ts";
import { isObject, type Json } from "./fields.ts";

/** Throws 2019 naming a parameter of a request that is not what it must be. */
export function refuse(param: string, expected: string): never {
  throw new GatewayError(2019, `Cannot read the request: ${param} must be ${expected}`, { param });
}

/** A number, or nothing where it is absent or null. */
export function readNumber(body: Json, param: string): number | undefined {
  const value = body[param] ?? undefined;
  if (value !== undefined && typeof value !== "number") refuse(param, "a number");
  return value as number | undefined;
}

/** A boolean, or nothing where it is absent or null. */
export function readBoolean(body: Json, param: string): boolean | undefined {
  const value = body[param] ?? undefined;
  if (value !== undefined && typeof value !== "boolean") refuse(param, "true or false");
  return value as boolean | undefined;
}

/** A string, or nothing where it is absent or null. */
export function readString(body: Json, param: string): string | undefined {
  const value = body[param] ?? undefined;
  if (value !== undefined && typeof value !== "string") refuse(param, "a string");
  return value as string | undefined;
}

/** The strings of an array, or nothing where it is absent, null or empty. */
export function readStrings(body: Json, param: string): string[] | undefined {
  const value = body[param] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string")) {
    refuse(param, "an array of strings");
  }
  return value.length === 0 ? undefined : value;
}

/** Whoever names more of something has no use for it, and each is work. */
const MOST_NAMES = 32;

/**
 * What a text or an array names, as text whatever it is, so that nothing in it is overlooked; nothing where it is
 * absent.
 */
export function readNames(body: Json, param: string): string[] | undefined {
  const named = [body[param] ?? []].flat();
  if (named.length > MOST_NAMES) refuse(param, `a list of ${MOST_NAMES} names at most`);
  // Not `String`, which an object's own `toString` makes throw.
  const names = named.map((each) => typeof each === "string" ? each : JSON.stringify(each));
  return names.length === 0 ? undefined : names;
}

/** The objects of an array, or nothing where it is absent or null. */
export function readObjects(body: Json, param: string): Json[] | undefined {
  const value = body[param] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every(isObject)) refuse(param, "an array of objects");
  return value as Json[];
}
