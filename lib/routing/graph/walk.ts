import type { GatewayError } from "../../errors.ts";
import type { Tab } from "../../policy/limits/tab.ts";
import type { CountingWindow } from "../../policy/window.ts";
import { regardless } from "../../soon.ts";
import {
  follow,
  isOver,
  nobodyAsked,
  type Trip,
  type UncountedTrip,
  type Visit,
} from "./decide.ts";
import type { LimitNode, ModelNode } from "./graph.ts";

/**
 * The walk of one request through a graph: gives one model after another for as long as they fail. What budgets on the
 * way set aside stays on the request's tab until it is over.
 */
export class GraphWalk {
  readonly #trip: Trip;
  readonly tab: Tab;
  readonly #visits: Visit[] = [];

  constructor(trip: UncountedTrip, tab: Tab) {
    this.#trip = { ...trip, count: this.#count, warnings: tab.warnings };
    this.tab = tab;
  }

  /** The first model to ask; `undefined` where the route asks none. */
  begin(): Promise<ModelNode | undefined> {
    return follow(this.#trip.graph.start.id, this.#trip, this.#visits);
  }

  /** The model to ask after this one has failed. */
  after(failed: ModelNode): Promise<ModelNode | undefined> {
    return follow(failed.outputs.get("fallback"), this.#trip, this.#visits);
  }

  /** Why no model was asked at all. */
  get refusal(): GatewayError {
    return nobodyAsked(this.#trip, this.#visits);
  }

  /**
   * Whoever is over the limit has used nothing of it. Several steps of the universal endpoint may come by here: they
   * are one request.
   */
  readonly #count = async (
    window: CountingWindow,
    key: string,
    amount: number,
    node: LimitNode,
  ): Promise<number> => {
    const before = this.tab.countedBefore(key);
    if (before !== undefined) return before;
    const counted = await window.add(key, amount);
    if (isOver(node, counted.before, amount)) {
      // That the limit is reached holds also where the store fails only now.
      await regardless(counted.correct(-amount));
    } else if (node.counts === "cost") {
      this.tab.hold({ of: "cost", amount, counted, ofTarget: false });
    } else this.tab.countsRequest(counted, key);
    return counted.before;
  };
}
