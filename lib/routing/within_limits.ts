/** Whether a target may be asked, and what becomes of its reservations where it fails. */
import type { Gate } from "../policy/limits/gate.ts";
import type { LimitedTarget } from "../policy/limits/limit.ts";

/** A request that limits may hold for. */
export interface Limited {
  /** Absent: none do. */
  gate?: Gate | undefined;
  /** Lets work go on after the answer; the promise never rejects. */
  background(work: Promise<void>): Promise<void>;
}

/**
 * Asks a target if limits let it be asked. Where it fails, what was set aside for it is given up before anybody else is
 * asked; where it answers, that stays until the answer is over. Throws as {@linkcode Gate.admit} does.
 */
export function withinLimits<T>(
  { gate, background }: Limited,
  target: LimitedTarget,
  ask: () => Promise<T>,
): Promise<T> {
  return gate === undefined ? ask() : askAdmitted(gate, background, target, ask);
}

async function askAdmitted<T>(
  gate: Gate,
  background: Limited["background"],
  target: LimitedTarget,
  ask: () => Promise<T>,
): Promise<T> {
  await gate.admit(target);
  try {
    return await ask();
  } catch (error) {
    background(gate.tab.targetFailed());
    throw error;
  }
}
