import { inspect } from "node:util";

/** A value as a message shows it. */
export function show(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: 100 });
}
