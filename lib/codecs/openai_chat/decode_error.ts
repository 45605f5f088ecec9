/** Error answers of OpenAI and everything like it. https://platform.openai.com/docs/guides/error-codes */
import type { ProviderFault } from "../../errors.ts";
import type { HeaderReader } from "../../fetch_like.ts";
import { makeFault, readFaultText } from "./read_fault.ts";

/** Reads the body of an answer with an error status, whatever its envelope; never throws. */
export function decodeError(status: number, text: string, headers: HeaderReader): ProviderFault {
  const fault = makeFault(status, readFaultText(status, text));
  const retryAfter = readRetryAfter(status, headers);
  return retryAfter === undefined ? fault : { ...fault, retryAfter };
}

/** How long the provider asks to wait, in milliseconds. */
function readRetryAfter(status: number, headers: HeaderReader): number | undefined {
  const milliseconds = Number(headers.get("retry-after-ms") ?? NaN);
  if (milliseconds >= 0) return milliseconds;
  const after = headers.get("retry-after");
  if (after !== null) {
    const seconds = Number(after);
    if (after.trim() !== "" && seconds >= 0) return seconds * 1000;
    // A date only means something beside the sender's own clock.
    const wait = Date.parse(after) - Date.parse(headers.get("date") ?? "");
    if (!Number.isNaN(wait)) return Math.max(0, wait);
  }
  return status === 429 ? readReset(headers) : undefined;
}

/** What the limits are called in `x-ratelimit-reset-…` and `x-ratelimit-remaining-…`; OpenRouter has but one. */
const LIMITS = ["-requests", "-tokens", "-requests-day", "-tokens-minute", ""];

/** The shortest reset among the limits that are used up; among all when the answer says of none that it is. */
function readReset(headers: HeaderReader): number | undefined {
  const limits = LIMITS.map((of) => ({
    wait: readWait(headers.get(`x-ratelimit-reset${of}`) ?? "", headers.get("date") ?? ""),
    usedUp: headers.get(`x-ratelimit-remaining${of}`) === "0",
  }));
  const known = limits.filter(({ wait }) => wait !== undefined);
  const usedUp = known.filter(({ usedUp }) => usedUp);
  const waits = usedUp.length > 0 ? usedUp : known;
  return waits.length === 0 ? undefined : Math.min(...waits.map(({ wait }) => wait ?? 0));
}

/** A duration, seconds, or a moment in (milli)seconds since the epoch, which needs the sender's own clock. */
function readWait(text: string, date: string): number | undefined {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0)) return readDuration(text);
  if (number < 1e9) return Math.round(number * 1000);
  const wait = (number < 1e12 ? number * 1000 : number) - Date.parse(date);
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

const UNITS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `2m59.56s`, `6m0s`, `150ms` → milliseconds. */
function readDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) {
    sum += Number(count) * (UNITS[unit ?? ""] ?? 0);
  }
  return Math.round(sum);
}
