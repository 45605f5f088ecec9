import type { Warning } from "../chat/warning.ts";

/** Longest value, in characters; proxies refuse much longer headers. */
const LIMIT = 2048;

/**
 * The value of `dragoman-warnings`: an RFC 9651 list such as
 * `dropped;param="logit_bias", clamped;param="temperature";from=1.8;to=1`, cut at 2 KiB with
 * `more;count=N` in place of the rest.
 */
export function warningsHeader(warnings: readonly Warning[]): string | undefined {
  if (warnings.length === 0) return undefined;
  const items = warnings.map(item);
  for (let kept = items.length; kept > 0; kept--) {
    const left = items.length - kept;
    const rest = left > 0 ? [`more;count=${left}`] : [];
    const value = [...items.slice(0, kept), ...rest].join(", ");
    if (value.length <= LIMIT) return value;
  }
  return `more;count=${items.length}`;
}

function item({ kind, param, from, to, reason }: Warning): string {
  const details = [["from", from], ["to", to], ["reason", reason]] as const;
  const parameters = details
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      `;${name}=${typeof value === "number" ? decimal(value) : quoted(value!)}`
    );
  return `${kind};param=${quoted(param)}${parameters.join("")}`;
}

/** RFC 9651 decimals have at most three digits after the point. */
function decimal(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** RFC 9651 strings are ASCII; what isn't is shown as `?`. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
