import type { Warning } from "../../chat/warning.ts";

/** Collects what an adaptation costs; the same thing is told once, however often it happens. */
export class Losses {
  readonly warnings: Warning[] = [];

  report(warning: Warning): void {
    const told = this.warnings.some(({ kind, param }) =>
      kind === warning.kind && param === warning.param
    );
    if (!told) this.warnings.push(warning);
  }

  dropped(param: string): void {
    this.report({ kind: "dropped", param });
  }

  emulated(param: string): void {
    this.report({ kind: "emulated", param });
  }

  renamed(param: string, to?: string): void {
    this.report({ kind: "renamed", param, ...(to !== undefined && { to }) });
  }
}
