/** What a translation cost. `param` is the caller's own name for the parameter, dotted where nested. */
export interface Warning {
  /**
   * Left out, moved into its range, done in another way, or called by another name; `filled`: the caller did not give
   * it, and the provider refuses to go without, so that something stands in its place.
   */
  kind: "dropped" | "clamped" | "emulated" | "renamed" | "filled";
  /** Dotted where nested: `response_format.json_schema`. */
  param: string;
  /** For `clamped`: the value asked for and the value sent. */
  from?: number | string;
  /** For `clamped`: the value sent. */
  to?: number | string;
  /** Why, where that doesn't go without saying. */
  reason?: string;
}

/**
 * A rename keeps the meaning, and of what was not given nothing can be lost here; everything else loses some, and
 * strict mode refuses it.
 */
export function isLoss({ kind }: Warning): boolean {
  return kind !== "renamed" && kind !== "filled";
}
