/** What a limit is, once it is checked, and for which requests it holds. */
import type { Metadata } from "../metadata.ts";
import { fits } from "../scope.ts";
import type { WindowShape } from "../window.ts";

/** What is counted: `cost` in micro-dollars, `concurrency` as requests that are being answered. */
export type Measure = "requests" | "tokens" | "cost" | "concurrency";

/** By what requests are told apart, each of which is counted alone; `metadata.` is followed by a name. */
export type Divider = "gateway" | "key" | "provider" | "model" | `metadata.${string}`;

/** Requests that a limit is for; what is absent leaves none out. */
export interface LimitMatch {
  /** The provider's own slug. */
  provider?: string;
  /** What stands between the stars of `provider/model`. */
  model?: readonly string[];
  /** Every one of them must be what the request says. */
  metadata?: readonly (readonly [name: string, value: string])[];
}

/** A limit, checked. */
export interface Limit {
  of: Measure;
  /** Requests, tokens, or micro-dollars. */
  most: number;
  /** Absent: of those that are being answered at the same time. */
  window?: WindowShape;
  by: Divider;
  match: LimitMatch;
  /** It was written as a spend limit. */
  spends: boolean;
  /** Whether a model without a price is asked under a limit of cost. */
  unknownPrice: "refuse" | "allow";
  /** Whether requests go on uncounted where the store fails. */
  onStoreTrouble: "open" | "closed";
  /** Where it stands in the options. */
  place: string;
  /** What its counters' keys begin with: the same as long as it counts the same. */
  key: string;
}

/** Who is asked. */
export interface LimitedTarget {
  /** The provider's own slug. */
  provider: string;
  /** As the provider names it; absent where nobody has read it. */
  model?: string;
}

/** Who asks, and what is said of it. */
export interface LimitedRequest {
  gateway: string;
  /** The access key's name, or the principal's. */
  caller: string | undefined;
  metadata: Metadata;
}

/** Whether it depends on who is asked, so that somebody else may still be. */
export function isOfTarget({ by, match }: Limit): boolean {
  return by === "provider" || by === "model" ||
    match.provider !== undefined || match.model !== undefined;
}

/** Whether callers are counted apart, so that nobody can use up what another has. */
export function tellsCallersApart({ by }: Limit): boolean {
  return by === "key" || by.startsWith("metadata.");
}

/** Whether a limit holds for a request, as far as that doesn't depend on who is asked. */
export function holdsForRequest({ match }: Limit, { metadata }: LimitedRequest): boolean {
  return match.metadata === undefined ||
    match.metadata.every(([name, value]) =>
      Object.hasOwn(metadata, name) && String(metadata[name]) === value
    );
}

/**
 * Whether a limit holds for whom is asked, or for one of the models that its provider may fall back to. Where nobody
 * knows the model, it may be any of that provider's.
 */
export function holdsForTarget(
  { match }: Limit,
  { provider, model }: LimitedTarget,
  fallbacks: readonly string[] = [],
): boolean {
  if (match.provider !== undefined && match.provider !== provider) return false;
  const pieces = match.model;
  if (pieces === undefined) return true;
  if (fallbacks.some((name) => fits(`${provider}/${name}`, pieces))) return true;
  if (model !== undefined) return fits(`${provider}/${model}`, pieces);
  const [first = ""] = pieces;
  const slug = `${provider}/`;
  return first.startsWith(slug) || (pieces.length > 1 && slug.startsWith(first));
}

/**
 * By what the request is told apart. Who leaves out what is asked for is counted with everybody else who does: leaving
 * it out must not lift the limit.
 */
export function dividedBy(
  { by }: Limit,
  request: LimitedRequest,
  target: LimitedTarget,
): string | undefined {
  switch (by) {
    case "gateway":
      return request.gateway;
    case "key":
      return request.caller;
    case "provider":
      return target.provider;
    case "model":
      return `${target.provider}/${target.model ?? ""}`;
    default: {
      const name = by.slice("metadata.".length);
      return Object.hasOwn(request.metadata, name) ? String(request.metadata[name]) : undefined;
    }
  }
}
