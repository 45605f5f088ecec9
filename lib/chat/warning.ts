/** What a translation cost. `param` is the caller's own name for the parameter, dotted where nested. */
export interface Warning {
  kind: "dropped" | "clamped" | "emulated" | "renamed";
  param: string;
  /** For `clamped`: the value asked for and the value sent. */
  from?: number | string;
  to?: number | string;
}

/** A rename keeps the meaning; everything else loses some, and strict mode refuses it. */
export function isLoss(warning: Warning): boolean {
  return warning.kind !== "renamed";
}
