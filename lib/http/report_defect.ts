import type { GatewayError } from "../errors.ts";

/**
 * Tells the operator of a defect of ours, and of nothing else. Only the names of the errors and their
 * stack frames are written: an engine's message may quote the text it choked on.
 */
export function reportDefect(error: GatewayError, logId: string): void {
  if (error.code !== 2115) return;
  const trace: string[] = [];
  for (let at: unknown = error.cause; at instanceof Error; at = at.cause) {
    const frames = (at.stack ?? "").split("\n").filter((line) => /^\s+at |^\S*@/.test(line));
    trace.push(at.name, ...frames);
  }
  console.error(`dragoman: defect, log id ${logId}\n${trace.join("\n")}`);
}
