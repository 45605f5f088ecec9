/**
 * Headers of Cloudflare's for which this gateway does nothing yet, because there is no cache, log, cost or trace
 * here: a wrong value is an error all the same, and a wish that is not granted is said.
 */
import type { Warning } from "../chat/warning.ts";
import type { HeaderReader } from "../fetch_like.ts";
import { readCustomCost } from "../policy/custom_cost.ts";
import { oneOf, outside } from "./header_values.ts";

/** Whether the header asks for something; throws 2107 for a wrong value. */
type Check = (headers: HeaderReader, name: string) => boolean;

const MINUTE = 60;
const MONTH = 2_592_000;

const isTrue: Check = (headers, name) => oneOf(headers, name, ["true", "false"]) === "true";

/** 0 asks for no caching. */
const seconds: Check = (headers, name) => {
  const text = headers.get(name);
  if (text === null || text === "0") return false;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= MINUTE && value <= MONTH) return true;
  throw outside(name, `0 or a whole number of seconds from ${MINUTE} to ${MONTH}`);
};

const anyText: Check = (headers, name) => (headers.get(name) ?? "") !== "";

/** `digits` hexadecimal ones, not all 0: https://www.w3.org/TR/trace-context/#traceparent-header. */
const traceId = (digits: number): Check => (headers, name) => {
  const text = headers.get(name);
  if (text === null) return false;
  if (text.length === digits && /^[0-9a-f]+$/i.test(text) && /[^0]/.test(text)) return true;
  throw outside(name, `${digits} hexadecimal digits, not all 0`);
};

const cost: Check = (headers, name) => {
  const text = headers.get(name);
  if (text !== null) readCustomCost(text);
  return text !== null;
};

const NO_CACHE = "nothing is cached yet";
const NO_LOG = "nothing is logged yet";
const NO_TRACE = "nothing is traced yet";

const CHECKS: readonly (readonly [name: string, check: Check, reason: string])[] = [
  ["cf-aig-cache-ttl", seconds, NO_CACHE],
  ["cf-cache-ttl", seconds, NO_CACHE],
  ["cf-aig-cache-key", anyText, NO_CACHE],
  ["cf-aig-collect-log", isTrue, NO_LOG],
  ["cf-aig-collect-log-payload", isTrue, NO_LOG],
  ["cf-aig-custom-cost", cost, "costs are not counted yet"],
  ["cf-aig-otel-trace-id", traceId(32), NO_TRACE],
  ["cf-aig-otel-parent-span-id", traceId(16), NO_TRACE],
  // Of Cloudflare's own billing only: here it is the key's owner who has agreed with the provider on that, or not.
  ["cf-aig-zdr", isTrue, "what a provider keeps is agreed with it by the owner of its key"],
];

/** What these ask not to be done is never done: reading a cache, and paying in place of the key's owner. */
const GRANTED = ["cf-aig-skip-cache", "cf-skip-cache", "cf-aig-no-wholesale"];

/** Checks each of them; one warning for each that asks for something. */
export function unservedWishes(headers: HeaderReader): readonly Warning[] {
  for (const name of GRANTED) isTrue(headers, name);
  let warnings = NONE;
  for (const [param, check, reason] of CHECKS) {
    if (check(headers, param)) warnings = [...warnings, { kind: "dropped", param, reason }];
  }
  return warnings;
}

const NONE: readonly Warning[] = [];
