/** Careful reading of JSON that nobody has checked. */

/** A JSON object whose members are unknown. */
export type Json = Record<string, unknown>;

/** Tells an object from arrays, null and scalars. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; an empty one when it is none. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The objects of an array; none when it is no array. */
export function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A string that says something: `""` and everything else count as absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A count: a finite number not below zero, rounded, since schemas ask for integers. */
export function countOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && Number.isFinite(value)
    ? Math.round(value)
    : undefined;
}

/** A count from 1 up. */
export function quantityOf(value: unknown): number | undefined {
  const count = countOf(value);
  return count === 0 ? undefined : count;
}

/** `JSON.parse` without the exception. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The members of an object besides the named ones, without nulls. */
export function restOf(object: Json, known: ReadonlySet<string>): Json {
  const rest: Json = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value !== null && value !== undefined && !known.has(key)) rest[key] = value;
  }
  return rest;
}

/** The given members without those that are `undefined`. */
export function present<T extends object>(
  members: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const kept: Json = {};
  for (const key of Object.keys(members)) {
    const value = (members as Json)[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
