/** Why an answer ended that doesn't say it. */
export function reasonFor(called: boolean): string {
  return called ? "tool_calls" : "stop";
}
