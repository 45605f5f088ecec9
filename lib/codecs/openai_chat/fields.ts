/** Careful reading of JSON that nobody has checked, and editing it while noticing whether anything changed. */

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

/** `JSON.parse` without the exception. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Edits objects in place and remembers whether any edit changed something. */
export class Edits {
  changed = false;

  set(object: Json, key: string, value: unknown): void {
    if (object[key] === value && key in object) return;
    object[key] = value;
    this.changed = true;
  }

  drop(object: Json, key: string): void {
    if (!(key in object)) return;
    delete object[key];
    this.changed = true;
  }

  /** Drops the named members whose value is `null`, which says the same as absence. */
  dropNulls(object: Json, keys: readonly string[]): void {
    for (const key of keys) if (object[key] === null) this.drop(object, key);
  }
}
