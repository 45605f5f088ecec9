import { type Clock, within } from "../clock.ts";
import { isGatewayError } from "../errors.ts";
import type { Store } from "../store/store.ts";

/** What may be told anybody of the store. */
export type StoreState = "ok" | "unreachable" | "slow";

/** Milliseconds for which an answer is remembered: whoever asks all the time does not make the store work. */
const REMEMBERED = 1000;

/** Milliseconds after which a store is slow, whatever it allows itself. */
const PATIENCE = 2000;

/** Asks the store whether it answers, for all who want to know at the same time; `undefined` where nothing can fail. */
export function createStoreProbe(
  { store, clock }: { store: Store; clock: Clock },
): () => Promise<StoreState> | undefined {
  let asked = -Infinity;
  let state: Promise<StoreState>;
  return () => {
    if (store.probe === undefined) return undefined;
    if (clock.now() - asked >= REMEMBERED) {
      asked = clock.now();
      state = stateOf(store as Required<Store>, clock);
    }
    return state;
  };
}

async function stateOf(store: Required<Store>, clock: Clock): Promise<StoreState> {
  try {
    return await within(clock, PATIENCE, store.probe().then(() => "ok" as const)) ?? "slow";
  } catch (error) {
    return isGatewayError(error) && error.code === 2143 ? "slow" : "unreachable";
  }
}
