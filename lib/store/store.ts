/**
 * What the gateway remembers, behind five operations that every engine has. Values are text; times are
 * milliseconds; a `ttl` of 0 keeps a value until it is deleted. In memory nothing fails, and answers are there at
 * once; elsewhere each operation ends within a set time, and rejects with 2142, 2143 or 2144 when the engine is
 * gone, too slow, or does not take a value of this size.
 */
export interface Store {
  /** `undefined` when there is none, or it has expired. */
  get(key: string): string | undefined | Promise<string | undefined>;
  /** Replaces what was there, and its time to live. */
  set(key: string, value: string, ttl: number): void | Promise<void>;
  /** Forgets a value; nothing happens where there is none. */
  delete(key: string): void | Promise<void>;
  /** Adds to a counter that starts at 0, in one step, and gives the sum; `ttl` counts from its creation. */
  add(key: string, amount: number, ttl: number): number | Promise<number>;
  /**
   * Sets the value only if it is still `expected` (`undefined`: absent), in one step; says whether it did.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    ttl: number,
  ): boolean | Promise<boolean>;
  /** Resolves when the engine answers, else rejects as an operation would; absent where nothing can fail. */
  probe?(): Promise<void>;
}

/** A {@linkcode Store} outside this process: each answer is a promise, and it can be asked whether it is there. */
export type EngineStore = {
  readonly [Name in keyof Store]-?: (
    ...given: Parameters<Required<Store>[Name]>
  ) => Promise<Awaited<ReturnType<Required<Store>[Name]>>>;
};

/**
 * How a key begins whose value may be seen late, or not at all, without harm: it is set, got and deleted, never
 * counted or swapped. A store may keep such values where that is all there is.
 */
export const CACHE = "cache:";
