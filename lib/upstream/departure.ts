/**
 * Whether the caller is still there. Until the answer's headers are out the request's signal tells,
 * afterwards the cancelled body; both end here. One plain object costs less than linking abort signals.
 */
export class Departure {
  #gone = false;
  #callOff: (() => void) | undefined;

  get gone(): boolean {
    return this.#gone;
  }

  /** Names what to call off when the caller leaves, in place of what was named before. */
  callsOff(callOff: () => void): void {
    this.#callOff = callOff;
    if (this.#gone) callOff();
  }

  /** The caller has left. */
  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#callOff?.();
  }
}
