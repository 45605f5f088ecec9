import type { Clock } from "../clock.ts";

/**
 * One deadline that is moved often and reached seldom. Moving it only notes the new time; a timer that
 * fires too early is set again. Setting and clearing a real timer for every chunk would cost 3 µs on Node.
 */
export class Watchdog {
  readonly #clock: Clock;
  #deadline = 0;
  #expire: (() => void) | undefined;
  #timerDue = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `expire` in `ms` milliseconds unless armed again or disarmed before; 0 means never. */
  arm(ms: number, expire: () => void): void {
    if (ms === 0) return this.disarm();
    this.#deadline = this.#clock.now() + ms;
    this.#expire = expire;
    if (this.#cancelTimer === undefined) return this.#start(ms);
    if (this.#timerDue > this.#deadline) {
      this.#cancelTimer();
      this.#start(ms);
    }
  }

  /** Nothing expires until it is armed again; a running timer is kept for that. */
  disarm(): void {
    this.#expire = undefined;
  }

  /** Lets go of the timer for good. */
  stop(): void {
    this.#expire = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #start(ms: number): void {
    this.#timerDue = this.#clock.now() + ms;
    this.#cancelTimer = this.#clock.after(ms, () => this.#fire());
  }

  #fire(): void {
    this.#cancelTimer = undefined;
    const expire = this.#expire;
    if (expire === undefined) return;
    const left = this.#deadline - this.#clock.now();
    if (left > 0) return this.#start(left);
    this.#expire = undefined;
    expire();
  }
}
