import type { Warning } from "./warning.ts";

/** Collects what a translation costs; the same thing is told once, however often it happens. */
export class Losses {
  /** What is known so far. */
  readonly warnings: Warning[] = [];

  /** Adds a warning, unless the same was told before. */
  report(warning: Warning): void {
    const told = this.warnings.some(({ kind, param }) =>
      kind === warning.kind && param === warning.param
    );
    if (!told) this.warnings.push(warning);
  }

  /** Left out. */
  dropped(param: string): void {
    this.report({ kind: "dropped", param });
  }

  /** Done in another way. */
  emulated(param: string): void {
    this.report({ kind: "emulated", param });
  }

  /** Not given, and filled in. */
  filled(param: string): void {
    this.report({ kind: "filled", param });
  }

  /** Moved into its range. */
  clamped(param: string, from: number | string, to: number | string): void {
    this.report({ kind: "clamped", param, from, to });
  }

  /** Sent under another name, or as another word for the same. */
  renamed(param: string, to?: string): void {
    this.report({ kind: "renamed", param, ...(to !== undefined && { to }) });
  }
}
