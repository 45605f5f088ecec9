/** What a translation cost. `param` is the caller's own name for the parameter, dotted where nested. */
export interface Warning {
  /** Left out, moved into its range, done in another way, or called by another name. */
  kind: "dropped" | "clamped" | "emulated" | "renamed";
  /** Dotted where nested: `response_format.json_schema`. */
  param: string;
  /** For `clamped`: the value asked for and the value sent. */
  from?: number | string;
  /** For `clamped`: the value sent. */
  to?: number | string;
  /** Why, where that doesn't go without saying. */
  reason?: string;
}

/** A rename keeps the meaning; everything else loses some, and strict mode refuses it. */
export function isLoss(warning: Warning): boolean {
  return warning.kind !== "renamed";
}
