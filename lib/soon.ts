/**
 * Work that is done at once where there is nothing to wait for. What a store in this process answers is there already,
 * and a request that waited for each answer would spend more on waiting than on counting.
 */

/** What is there now, or will be. */
export type Soon<T> = T | Promise<T>;

/** Goes on with a value once it is there; `failed` is told where it never will be. */
export function onceThere<T, U>(
  value: Soon<T>,
  next: (value: T) => Promise<U>,
  failed?: (error: unknown) => Promise<U>,
): Promise<U>;
export function onceThere<T, U>(
  value: Soon<T>,
  next: (value: T) => Soon<U>,
  failed?: (error: unknown) => Soon<U>,
): Soon<U>;
export function onceThere<T, U>(
  value: Soon<T>,
  next: (value: T) => Soon<U>,
  failed?: (error: unknown) => Soon<U>,
): Soon<U> {
  return value instanceof Promise ? value.then(next, failed) : next(value);
}

/** The value, or what is there in its place where it never will be. */
export function orElse<T, U>(value: Soon<T>, instead: (error: unknown) => U): Soon<T | U> {
  return value instanceof Promise ? value.catch(instead) : value;
}

/** All values, once the last is there; rejects with the first that never will be. */
export function allThere<T>(values: readonly Soon<T>[]): Soon<readonly T[]> {
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values)
    : values as readonly T[];
}

/** Does work for each, without waiting in between; over when all of it is. Rejects with the first that fails. */
export function eachDone<T>(
  items: Iterable<T>,
  work: (item: T) => Soon<void>,
): Soon<void> {
  let waiting: Promise<void>[] | undefined;
  for (const item of items) {
    const done = work(item);
    if (done instanceof Promise) (waiting ??= []).push(done);
  }
  return waiting && Promise.all(waiting).then(nothing);
}

/** Begins work whose failures all come as one that had to be waited for. */
export function attempt<T>(work: () => Soon<T>): Soon<T> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Waits until work is over, whether or not it succeeds. */
export function regardless(work: Soon<void>): Soon<void> {
  return onceThere(work, nothing, nothing);
}

const nothing = () => {};
