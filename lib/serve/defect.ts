import { stackFrames } from "../http/report_defect.ts";

const reported = new Set<string>();

/**
 * Writes an unexpected error to stderr, once for each place in the code. The message is left out, because
 * engines quote input in theirs: "Unexpected token 'h', "hello wor"… is not valid JSON".
 */
export function reportDefect(error: unknown, write: (text: string) => void = console.error): void {
  const text = describeDefect(error);
  if (reported.has(text) || reported.size >= 100) return;
  reported.add(text);
  write(text);
}

function describeDefect(error: unknown): string {
  if (!(error instanceof Error)) return "defect: something was thrown that is no error";
  const { code } = error as { code?: unknown };
  const name = typeof code === "string" || typeof code === "number"
    ? `${error.name} (${code})`
    : error.name;
  return [`defect: ${name}`, ...stackFrames(error)].join("\n");
}
