import type { Clock } from "../clock.ts";
import type { GatewayError } from "../errors.ts";

/** Milliseconds between two lines of the same kind: a store that is gone fails with every request. */
const PAUSE = 60_000;

/** What a store is to blame for. */
const CODES: ReadonlySet<number> = new Set([2142, 2143, 2144]);

/** Tells the operator what goes wrong with the store beside requests, of which no answer speaks. */
export class StoreTrouble {
  readonly #clock: Clock;
  /** When a kind of trouble was last told of, in milliseconds since the epoch. */
  readonly #told = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Writes a line, unless there was one of its kind just now. The errors of stores quote no value, and no key. */
  report({ code, message }: GatewayError): void {
    const now = this.#clock.now();
    if (!CODES.has(code) || now - (this.#told.get(code) ?? -PAUSE) < PAUSE) return;
    this.#told.set(code, now);
    console.error(`dragoman: ${message} (${code}); told again in a minute if it lasts`);
  }
}
