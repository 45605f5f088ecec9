import type { CostTeller } from "../chat/response.ts";
import type { RunningCall } from "./running_call.ts";

/** Tells what the answer of this call cost; `undefined` where the caller did not ask. */
export function costTeller({ target, context: { costOf } }: RunningCall): CostTeller | undefined {
  return costOf && ((usage) => costOf(target, usage));
}
