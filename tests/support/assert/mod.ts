/**
 * JSR's `@std/assert`, the part this project uses, over `node:assert`: same names, same signatures,
 * so that taking away the link in `deno.json` brings back the real one. One known difference:
 * {@linkcode assertEquals} also tells a null prototype from a plain object.
 */
import nodeAssert from "node:assert";
import { isDeepStrictEqual } from "node:util";
import { AssertionError } from "./assertion_error.ts";
import { isMatch } from "./match.ts";
import { show } from "./show.ts";

export { AssertionError } from "./assertion_error.ts";
export { assertRejects, assertThrows } from "./throws.ts";

const suffix = (msg?: string) => (msg ? `: ${msg}` : ".");

/** Fails always. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/** Marks a place no run may reach. */
export function unreachable(msg?: string): never {
  throw new AssertionError(msg ?? "Unreachable.");
}

/** `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): void {
  if (expr) throw new AssertionError(msg);
}

/** Deep, strict equality. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new AssertionError(`Values are not equal${suffix(msg)}\n${difference(actual, expected)}`);
}

/** `node:assert` draws the difference; some runtimes' `isDeepStrictEqual` is stricter than it. */
function difference(actual: unknown, expected: unknown): string {
  try {
    nodeAssert.deepStrictEqual(actual, expected);
  } catch (error) {
    return (error as Error).message;
  }
  return `actual: ${show(actual)}\nexpected: ${show(expected)}`;
}

/** Not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!isDeepStrictEqual(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} not to be: ${show(expected)}${suffix(msg)}`,
  );
}

/** The same value by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  throw new AssertionError(
    `Values are not strictly equal${suffix(msg)}\n` +
      `actual: ${show(actual)}\nexpected: ${show(expected)}`,
  );
}

/** Neither `null` nor `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`,
  );
}

/** `actual` was made by `expectedType`. */
export function assertInstanceOf<T extends abstract new (...args: never[]) => unknown>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}" but was ${show(actual)}${
      suffix(msg)
    }`,
  );
}

/** The text holds another. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`,
  );
}

/** The text matches. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`);
}

/** The text does not match. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not match: "${expected}"${suffix(msg)}`,
  );
}

/** Every expected value stands somewhere in the array, by deep equality. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  msg?: string,
): void {
  const have = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) =>
    !have.some((value) => isDeepStrictEqual(value, wanted))
  );
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} to include: ${show(expected)}${suffix(msg)}\n` +
      `missing: ${show(missing)}`,
  );
}

/** Everything in `expected` is in `actual`, at any depth; arrays are compared from their start. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the signature of the real one: interfaces have no index signature
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (isMatch(actual, expected)) return;
  throw new AssertionError(
    `Object does not match${suffix(msg)}\nactual: ${show(actual)}\nexpected: ${show(expected)}`,
  );
}

/** `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) comparisonFailed(actual, ">", expected, msg);
}

/** `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) comparisonFailed(actual, ">=", expected, msg);
}

/** `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) comparisonFailed(actual, "<", expected, msg);
}

/** `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) comparisonFailed(actual, "<=", expected, msg);
}

function comparisonFailed(actual: unknown, sign: string, expected: unknown, msg?: string): never {
  throw new AssertionError(`Expect ${show(actual)} ${sign} ${show(expected)}${suffix(msg)}`);
}
