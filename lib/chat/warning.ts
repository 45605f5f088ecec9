/** What a translation cost. `param` is the caller's own name for the parameter, dotted where nested. */
export interface Warning {
  /**
   * Left out, moved into its range, done in another way, or called by another name; `filled`: the caller did not give
   * it, and the provider refuses to go without, so that something stands in its place; `skipped`: something that the
   * gateway does of its own accord did not work this time.
   */
  kind: "dropped" | "clamped" | "emulated" | "renamed" | "filled" | "skipped";
  /** Dotted where nested: `response_format.json_schema`. For `skipped`: the gateway's option. */
  param: string;
  /** For `clamped`: the value asked for and the value sent. */
  from?: number | string;
  /** For `clamped`: the value sent. */
  to?: number | string;
  /** Why, where that doesn't go without saying. */
  reason?: string;
}

/**
 * A rename keeps the meaning, and of what was not given, or is the gateway's own, nothing can be lost here; everything
 * else loses some, and strict mode refuses it.
 */
export function isLoss({ kind }: Warning): boolean {
  return kind !== "renamed" && kind !== "filled" && kind !== "skipped";
}
