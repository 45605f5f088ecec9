/**
 * What the gateway remembers, behind five operations that every engine has. Values are text; times are
 * milliseconds; a `ttl` of 0 keeps a value until it is deleted.
 */
export interface Store {
  /** `undefined` when there is none, or it has expired. */
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttl: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds to a counter that starts at 0, in one step, and gives the sum; `ttl` counts from its creation. */
  add(key: string, amount: number, ttl: number): Promise<number>;
  /**
   * Sets the value only if it is still `expected` (`undefined`: absent), in one step; says whether it did.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    ttl: number,
  ): Promise<boolean>;
}
