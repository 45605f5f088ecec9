import type { GatewayError } from "../errors.ts";

/**
 * Tells the operator of a defect of ours, and of nothing else. Only the names of the errors and their
 * stack frames are written: an engine's message may quote the text it choked on.
 */
export function reportDefect(error: GatewayError, logId: string): void {
  if (error.code !== 2115) return;
  const trace: string[] = [];
  for (let at: unknown = error.cause; at instanceof Error; at = at.cause) {
    trace.push(at.name, ...stackFrames(at));
  }
  console.error(`dragoman: defect, log id ${logId}\n${trace.join("\n")}`);
}

/** Where an error was thrown, without its message: V8 writes `    at f (file:1:2)`, JavaScriptCore `f@file:1:2`. */
export function stackFrames({ stack = "" }: Error): string[] {
  return stack.split("\n").filter((line) => /^\s+at |^[^\s@]*@\S+$/.test(line));
}
