/** The part of `node:util` and `node:assert` that assertions need, for a workerd without Node's compatibility. */

/** The same prototype, the same own properties, and so on below them. */
export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map && b instanceof Map) return sameMembers([...a], [...b]);
  if (a instanceof Set && b instanceof Set) return sameMembers([...a], [...b]);
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof Error && b instanceof Error && (a.name !== b.name || a.message !== b.message)) {
    return false;
  }
  const [keys, others] = [ownKeys(a), ownKeys(b)];
  return keys.length === others.length &&
    keys.every((key) =>
      Object.hasOwn(b, key) && isDeepStrictEqual(Reflect.get(a, key), Reflect.get(b, key))
    );
}

function sameMembers(a: unknown[], b: unknown[]): boolean {
  return a.length === b.length &&
    a.every((member) => b.some((other) => isDeepStrictEqual(member, other)));
}

function ownKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
}

/** A value as a message shows it. */
export function inspect(value: unknown): string {
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const seen = new Set<unknown>();
  const shown = JSON.stringify(value, (_key, item) => {
    if (typeof item === "bigint" || typeof item === "function") return String(item);
    if (item instanceof Map || item instanceof Set) return [...item];
    if (item instanceof RegExp) return String(item);
    if (typeof item !== "object" || item === null) return item;
    if (seen.has(item)) return "[seen]";
    seen.add(item);
    return item;
  }, 1);
  return shown ?? String(value);
}

/** Throws for values that differ; the caller shows them. */
function deepStrictEqual(a: unknown, b: unknown): void {
  if (isDeepStrictEqual(a, b)) return;
  throw new Error(`actual: ${inspect(a)}\nexpected: ${inspect(b)}`);
}

export default { deepStrictEqual };
