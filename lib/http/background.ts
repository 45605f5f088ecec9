import { asGatewayError } from "./error_reply.ts";
import type { HttpCall } from "./http_call.ts";
import { reportDefect } from "./report_defect.ts";

/** Lets work go on after the answer, which only the operator can be told of any more if it fails; never rejects. */
export function inBackground(
  { core, context, logId }: HttpCall,
  work: Promise<void>,
): Promise<void> {
  const settled = work.catch((error: unknown) => {
    const failure = asGatewayError(error);
    reportDefect(failure, logId);
    core.trouble.report(failure);
  });
  context.waitUntil?.(settled);
  return settled;
}
