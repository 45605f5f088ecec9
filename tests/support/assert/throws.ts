import { AssertionError } from "./assertion_error.ts";
import { show } from "./show.ts";

/** A class of errors, as `instanceof` takes it. */
// deno-lint-ignore no-explicit-any -- the signature of the real one: any parameters will do
export type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** `fn` throws, and the error is of the class and holds the text. Returns the error. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const wanted = expectation(classOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    return checkError(error, wanted);
  }
  throw new AssertionError(`Expected function to throw${wanted.suffix}`);
}

/** The promise `fn` returns rejects, and the error is of the class and holds the text. Resolves to it. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = expectation(classOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    throw new AssertionError(
      `Function throws when expected to reject${wanted.suffix}\n${show(error)}`,
    );
  }
  try {
    await promise;
  } catch (error) {
    return checkError(error, wanted);
  }
  throw new AssertionError(`Expected function to reject${wanted.suffix}`);
}

interface Expectation {
  errorClass?: ErrorClass<Error>;
  includes?: string;
  suffix: string;
}

function expectation(
  classOrMsg: ErrorClass<Error> | string | undefined,
  includes: string | undefined,
  msg: string | undefined,
): Expectation {
  if (typeof classOrMsg === "string") return { suffix: `: ${classOrMsg}` };
  return { errorClass: classOrMsg, includes, suffix: msg ? `: ${msg}` : "." };
}

function checkError(error: unknown, wanted: Expectation): unknown {
  if (wanted.errorClass === undefined) return error;
  if (!(error instanceof wanted.errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${wanted.errorClass.name}", but was ${
        show(error)
      }${wanted.suffix}`,
    );
  }
  if (wanted.includes !== undefined && !error.message.includes(wanted.includes)) {
    throw new AssertionError(
      `Expected error message to include ${show(wanted.includes)}, but got ${
        show(error.message)
      }${wanted.suffix}`,
    );
  }
  return error;
}
