/** What a caller is told of limits: why he is refused, and what he has left. */
import { GatewayError } from "../../errors.ts";
import type { Limit, LimitedTarget, Measure } from "./limit.ts";
import type { Room } from "./tab.ts";

/** What was found when a request was counted. */
export interface Found {
  /** What others have used. */
  before: number;
  /** What the request would use. */
  amount: number;
  /** What requests are told apart by, here. */
  divider: string | undefined;
  /** Milliseconds until it may fit; `Infinity`: nobody knows, or never. */
  wait: number;
}

/** Nobody knows when a place becomes free; a client asks again soon. */
const PAUSE = 1000;

/** Cloudflare's numbers for a rate limit and a spend limit. */
export function overLimit(limit: Limit, { before, amount, divider, wait }: Found): GatewayError {
  const never = amount > limit.most;
  const pause = limit.window === undefined ? PAUSE : Number.isFinite(wait) ? wait : undefined;
  const seconds = pause === undefined ? undefined : secondsOf(pause);
  const used = `${amountText(limit.of, before)} of it used${whose(limit, divider)}`;
  const own = limit.of === "requests" || limit.of === "concurrency"
    ? ""
    : `, and this one may need ${amountText(limit.of, amount)}`;
  const hint = never ? "; it never fits" : `; try again in ${seconds} s`;
  const code = limit.spends ? 2041 : 2003;
  const what = limit.spends ? "Spend limit exceeded" : "Rate limited";
  const left = Math.max(0, Math.floor(limit.most - before));
  const headers: Record<string, string> = {};
  addRoom(headers, { most: limit.most, left, resets: pause ?? limit.window!.length });
  if (seconds !== undefined) headers["retry-after"] = String(seconds);
  return new GatewayError(
    code,
    `${what}: ${ruleOf(limit)} allows ${allowance(limit)}, with ${used}${own}${hint}`,
    { retryable: !never, headers },
  );
}

/** A model may cost anything as long as nobody has said what it does. */
export function unpriced(limit: Limit, { provider, model }: LimitedTarget): GatewayError {
  const what = model === undefined
    ? `a request to ${provider} whose model is not known`
    : `"${shown(`${provider}/${model}`)}"`;
  return new GatewayError(
    2128,
    `Nobody knows the price of ${what}, and ${ruleOf(limit)} is one of cost: ` +
      'give it a price under prices, or let it pass uncounted with unknownPrice: "allow"',
    { provider, param: "model" },
  );
}

/**
 * Tells what a limit has left in the fields of draft-ietf-httpapi-ratelimit-headers-06, the last one that has three of
 * them, which most services send and most clients read. Quotas are whole requests, tokens or micro-dollars.
 */
export function addRoom(headers: Record<string, string>, { most, left, resets }: Room): void {
  headers["ratelimit-limit"] = String(most);
  headers["ratelimit-remaining"] = String(left);
  headers["ratelimit-reset"] = String(secondsOf(resets));
}

/** Which limit it is, for people. */
export function ruleOf({ place }: Limit): string {
  return `the limit ${place}`;
}

/** What may be used, and in which time: `100 requests in 60 s by key`. */
function allowance(limit: Limit): string {
  const { most, window, by } = limit;
  const time = window === undefined
    ? " at a time"
    : ` in ${window.length / 1000} s${window.technique === "sliding" ? " (sliding)" : ""}`;
  return `${amountText(limit.of, most)}${time} by ${by}`;
}

function whose({ by }: Limit, divider: string | undefined): string {
  if (divider === undefined) return ` where there is no ${by}`;
  return ` by "${shown(divider)}"`;
}

/** So much of something, for people: `2 requests`, `$0.05`. */
export function amountText(of: Measure, amount: number): string {
  if (of === "cost") return dollars(amount);
  const count = Math.ceil(amount);
  const unit = of === "tokens" ? "token" : "request";
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

/** Micro-dollars as people write them. */
function dollars(amount: number): string {
  return `$${(amount / 1e6).toFixed(6).replace(/0{1,4}$/, "")}`;
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/** A name comes from the caller, and may be as long as a body. */
function shown(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}
