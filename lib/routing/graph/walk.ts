import type { Usage } from "../../chat/response.ts";
import type { GatewayError } from "../../errors.ts";
import type { PriceBook } from "../../policy/price_book.ts";
import type { Counted, CountingWindow } from "../../policy/window.ts";
import { priced, type ProviderModel } from "../planned_model.ts";
import { follow, isOver, nobodyAsked, type Trip, type Visit } from "./decide.ts";
import type { LimitNode, ModelNode } from "./graph.ts";

/** What a budget was charged before the cost was known. */
interface Reservation {
  counted: Counted;
  amount: number;
}

/**
 * The walk of one request through a graph: gives one model after another for as long as they fail, and in the
 * end settles with the budgets on the way.
 */
export class GraphWalk {
  readonly #trip: Trip;
  readonly #prices: PriceBook;
  readonly #visits: Visit[] = [];
  #reserved: Reservation[] = [];
  /** What rate limits on the way have counted. */
  readonly #counted: Counted[] = [];

  constructor(trip: Omit<Trip, "count">, prices: PriceBook) {
    this.#trip = { ...trip, count: this.#count };
    this.#prices = prices;
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

  /** Nobody answered, so nothing is charged. */
  async release(): Promise<void> {
    for (const { counted, amount } of this.#take()) await counted.correct(-amount);
  }

  /** The answer was in the cache: it costs nothing, and counts nowhere. */
  async forgive(): Promise<void> {
    await this.release();
    for (const counted of this.#counted.splice(0)) await counted.correct(-1);
  }

  /**
   * Charges the budgets with what the answer cost. An answer that broke off, or is not counted by its provider,
   * costs at least what was set aside for it: leaving early must not be free.
   */
  async settle(
    answered: ProviderModel,
    usage: Usage | undefined,
    complete: boolean,
  ): Promise<void> {
    const cost = usage && this.#prices.costOf(priced(answered), usage);
    for (const { counted, amount } of this.#take()) {
      const charge = complete ? cost ?? amount : Math.max(cost ?? 0, amount);
      await counted.correct(charge - amount);
    }
  }

  #take(): Reservation[] {
    const reserved = this.#reserved;
    this.#reserved = [];
    return reserved;
  }

  /** Whoever is over the limit has used nothing of it. */
  readonly #count = async (
    window: CountingWindow,
    key: string,
    amount: number,
    node: LimitNode,
  ): Promise<number> => {
    const counted = await window.add(key, amount);
    if (isOver(node, counted.before)) await counted.correct(-amount);
    else if (node.counts === "cost") this.#reserved.push({ counted, amount });
    else this.#counted.push(counted);
    return counted.before;
  };
}
