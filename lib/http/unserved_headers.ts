/**
 * Headers of Cloudflare's for which this gateway does nothing yet, because there is no log or trace here: a wrong
 * value is an error all the same, and a wish that is not granted is said.
 */
import type { Warning } from "../chat/warning.ts";
import type { HeaderReader } from "../fetch_like.ts";
import { isTrue, outside } from "./header_values.ts";

/** Whether a header's text asks for something; throws 2107 for a wrong one. */
type Check = (text: string, name: string) => boolean;

/** `digits` hexadecimal ones, not all 0: https://www.w3.org/TR/trace-context/#traceparent-header. */
const traceId = (digits: number): Check => (text, name) => {
  if (text.length === digits && /^[0-9a-f]+$/i.test(text) && /[^0]/.test(text)) return true;
  throw outside(name, `${digits} hexadecimal digits, not all 0`);
};

const NO_LOG = "nothing is logged yet";
const NO_TRACE = "nothing is traced yet";

interface Row {
  name: string;
  check: Check;
  /** Why it is not granted. Absent: what it asks not to be done is never done. */
  reason?: string;
}

const ROWS: readonly Row[] = [
  { name: "cf-aig-no-wholesale", check: isTrue },
  { name: "cf-aig-collect-log", check: isTrue, reason: NO_LOG },
  { name: "cf-aig-collect-log-payload", check: isTrue, reason: NO_LOG },
  { name: "cf-aig-otel-trace-id", check: traceId(32), reason: NO_TRACE },
  { name: "cf-aig-otel-parent-span-id", check: traceId(16), reason: NO_TRACE },
  // Of Cloudflare's own billing only: here it is the key's owner who has agreed with the provider on that, or not.
  {
    name: "cf-aig-zdr",
    check: isTrue,
    reason: "what a provider keeps is agreed with it by the owner of its key",
  },
];

/** Checks each of them; one warning for each that asks for something. Nearly every request has none. */
export function unservedWishes(headers: HeaderReader): readonly Warning[] {
  let warnings = NONE;
  for (const { name, check, reason } of ROWS) {
    const text = headers.get(name);
    if (text === null || !check(text, name) || reason === undefined) continue;
    warnings = [...warnings, { kind: "dropped", param: name, reason }];
  }
  return warnings;
}

const NONE: readonly Warning[] = [];
