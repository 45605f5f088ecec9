import { GatewayError } from "../../errors.ts";
import { isObject, type Json } from "../../json/fields.ts";

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

/** The objects of an array, or nothing where it is absent or null. */
export function readObjects(body: Json, param: string): Json[] | undefined {
  const value = body[param] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every(isObject)) refuse(param, "an array of objects");
  return value as Json[];
}

/** The given members without those that are `undefined`. */
export function present<T extends object>(
  members: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
