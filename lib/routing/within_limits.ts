/** Whether a target may be asked, and what becomes of its reservations where it fails. */
import { isGatewayError } from "../errors.ts";
import type { Gate } from "../policy/limits/gate.ts";
import type { LimitedTarget } from "../policy/limits/limit.ts";
import type { Outcome, Tab } from "../policy/limits/tab.ts";
import { onceThere } from "../soon.ts";
import type { Background } from "./background.ts";

/** A request that limits may hold for. */
export interface Limited extends Background {
  /** Absent: none do. */
  gate?: Gate | undefined;
  /** Where the plan is a graph, whose budgets set something aside. */
  walk?: { readonly tab: Tab };
}

/** What came before a target failed that takes several calls; `undefined`: nothing. */
export type Part = Omit<Outcome, "complete"> | undefined;

/**
 * Asks a target if limits let it be asked; who it is to them is worked out only where there are any. Where it fails,
 * what was set aside for it is settled before anybody else is asked; where it answers, that stays until the answer is
 * over. Throws as {@linkcode Gate.admit} does.
 */
export function withinLimits<T>(
  context: Limited,
  target: () => LimitedTarget,
  ask: () => Promise<T>,
  part?: () => Part,
): Promise<T> {
  const tab = tabFor(context);
  return tab === undefined ? ask() : askAdmitted(context, tab, target, ask, part);
}

function askAdmitted<T>(
  context: Limited,
  tab: Tab,
  target: () => LimitedTarget,
  ask: () => Promise<T>,
  part?: () => Part,
): Promise<T> {
  return onceThere(context.gate?.admit(target()), () => {
    const before = tab.asked;
    return ask().catch((error: unknown) => {
      const complete = !goesOn(tab, before, error);
      const came = part?.() ?? (complete ? undefined : NOTHING);
      context.background(() => tab.targetFailed(came && { ...came, complete }));
      throw error;
    });
  });
}

/** What is set aside for a request, where anything may be. */
export function tabFor({ gate, walk }: Limited): Tab | undefined {
  return gate?.tab ?? walk?.tab;
}

/**
 * Whether a provider goes on working, and is paid for it, though nobody waits any longer, be it the caller or the
 * gateway; `before`: how many had been asked by then.
 */
export function goesOn(tab: Tab, before: number, error: unknown): boolean {
  const impatient = isGatewayError(error) && (error.code === 2110 || error.code === 2117);
  return impatient && tab.asked > before;
}

const NOTHING = { usage: () => undefined, costOf: () => undefined };
