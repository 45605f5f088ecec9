import { attempt, type Soon } from "../soon.ts";
import { asGatewayError } from "./error_reply.ts";
import type { HttpCall } from "./http_call.ts";
import { reportDefect } from "./report_defect.ts";

/**
 * Begins work that may go on after the answer, and of which only the operator can be told any more if it fails. The
 * promise, where there is something to wait for, never rejects.
 */
export function inBackground(
  { core, context, logId }: HttpCall,
  work: () => Soon<void>,
): Promise<void> | undefined {
  const working = attempt(work);
  if (!(working instanceof Promise)) return undefined;
  const settled = working.catch((error: unknown) => {
    const failure = asGatewayError(error);
    reportDefect(failure, logId);
    core.trouble.report(failure);
  });
  context.waitUntil?.(settled);
  return settled;
}
