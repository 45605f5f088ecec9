import type { Json } from "../../json/fields.ts";

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
