import type { Soon } from "../soon.ts";

/** Where work goes on beside and after the answer, and only the operator is told if it fails. */
export interface Background {
  /** Begins it; the promise, where there is something to wait for, resolves when it is over and never rejects. */
  background(work: () => Soon<void>): Promise<void> | undefined;
}
