/** What a caller is told of the limits that hold for him. */
import type { Gate } from "../../policy/limits/gate.ts";
import type { Limit } from "../../policy/limits/limit.ts";
import { orElse } from "../../soon.ts";
import type { HttpCall } from "../http_call.ts";

/** A limit, and what is used of it; of money in dollars. */
export interface KeyLimit {
  /** What is counted. */
  of: "requests" | "tokens" | "cost" | "concurrency";
  /** How much of it may be used in a window, or at the same time. */
  limit: number;
  /** Seconds of the window; `null`: what is used at the same time. */
  per: number | null;
  /** How the window forgets; `null` where there is none. */
  technique: "fixed" | "sliding" | null;
  /** By what requests are told apart; those of this caller are counted here. */
  by: string;
  /** Which requests it holds for, where not for all. */
  match: { provider?: string; model?: string; metadata?: Record<string, string> } | null;
  /** `null` where it depends on the model that is asked, or the store can't tell. */
  used: number | null;
  /** As `used`. */
  left: number | null;
  /** When the window ends, as RFC 3339 writes a moment; `null` where there is none. */
  resets: string | null;
}

/** Reads what is used of each; nothing is counted. */
export function keyLimits(
  gate: Gate,
  limits: readonly Limit[],
  call: HttpCall,
): Promise<KeyLimit[]> {
  return Promise.all(limits.map((limit) => keyLimit(gate, limit, call)));
}

async function keyLimit(
  gate: Gate,
  limit: Limit,
  { core }: HttpCall,
): Promise<KeyLimit> {
  const { of, most, window, by } = limit;
  const { clock } = core.settings;
  // A store that fails keeps nobody from knowing what his key is for.
  const used = await orElse(gate.read(limit), () => undefined);
  const told = (amount: number) => of === "cost" ? Math.ceil(amount) / 1e6 : Math.ceil(amount);
  const now = clock.now();
  return {
    of,
    limit: told(most),
    per: window === undefined ? null : window.length / 1000,
    technique: window?.technique ?? null,
    by,
    match: shownMatch(limit),
    used: used === undefined ? null : told(used),
    left: used === undefined ? null : told(Math.max(0, Math.floor(most - used))),
    resets: window === undefined
      ? null
      : new Date(now + window.length - now % window.length).toISOString(),
  };
}

function shownMatch({ match: { provider, model, metadata } }: Limit): KeyLimit["match"] {
  if (provider === undefined && model === undefined && metadata === undefined) return null;
  return {
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model: model.join("*") }),
    ...(metadata !== undefined && { metadata: Object.fromEntries(metadata) }),
  };
}
