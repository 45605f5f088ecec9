/**
 * What the counters of one length of time are called. The last name is kept: most requests count where the one before
 * did, and to put a name together costs more than to count under it.
 */
export class CounterNames {
  readonly #length: number;
  #key = "";
  #period = NaN;
  #name = "";

  /** `length`: milliseconds. */
  constructor(length: number) {
    this.#length = length;
  }

  /** `period`: how many such lengths have passed since the epoch. */
  of(key: string, period: number): string {
    if (key !== this.#key || period !== this.#period) {
      this.#key = key;
      this.#period = period;
      this.#name = `${key}:${this.#length}:${period}`;
    }
    return this.#name;
  }
}
