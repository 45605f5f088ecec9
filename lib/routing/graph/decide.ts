/** Which way a request leaves an element, and why. */
import type { OutputPeek } from "../../chat/codec.ts";
import type { Warning } from "../../chat/warning.ts";
import { GatewayError, isGatewayError } from "../../errors.ts";
import { estimatedUsage } from "../../policy/cost.ts";
import { amountText } from "../../policy/limits/refusal.ts";
import { CountingWindow } from "../../policy/window.ts";
import { fraction } from "../../random.ts";
import type { Soon } from "../../soon.ts";
import { priced } from "../planned_model.ts";
import type { Settings } from "../settings.ts";
import { keyAt, type RoutedRequest, shownField } from "./field.ts";
import type {
  ConditionalNode,
  GraphNode,
  LimitNode,
  ModelNode,
  PercentageNode,
  RouteGraph,
} from "./graph.ts";

/** One request on its way through a graph. */
export interface Trip {
  graph: RouteGraph;
  request: RoutedRequest;
  /** Length of the request's body. */
  characters: number;
  /** What it says of its answer; read only where money is counted. */
  expects(): OutputPeek;
  settings: Pick<Settings, "store" | "clock" | "hash" | "random" | "prices" | "usualOutput">;
  /** Adds to a window, or only reads it, and gives what was counted before. */
  count(window: CountingWindow, key: string, amount: number, node: LimitNode): Soon<number>;
  /** What was not counted, since the store failed. */
  warnings: Warning[];
}

/** A request and its graph, whoever counts it. */
export type UncountedTrip = Omit<Trip, "count" | "warnings">;

/** How a request left an element. */
export interface Decision {
  output: string;
  /** In words, for people. */
  why: string;
  /** What the caller is told if nobody answers further on. */
  refusal?: GatewayError;
}

/** Everything but models and ends decides by itself where a request goes on. */
export function decide(
  node: Exclude<GraphNode, { type: "model" | "end" }>,
  trip: Trip,
): Decision | Promise<Decision> {
  switch (node.type) {
    case "start":
      return { output: "next", why: "every request begins here" };
    case "conditional":
      return decideCondition(node, trip);
    case "percentage":
      return decidePercentage(node, trip);
    case "rate":
      return decideLimit(node, trip);
  }
}

function decideCondition({ condition }: ConditionalNode, { request }: Trip): Decision {
  const holds = condition.holds(request);
  const facts = condition.fields.map((field) => shownField(field, request)).join(", ");
  return {
    output: String(holds),
    why: `the condition ${holds ? "holds" : "does not hold"}: ${facts}`,
  };
}

function decidePercentage(node: PercentageNode, trip: Trip): Decision {
  const { key, branches } = node;
  const value = key && keyAt(key, trip.request);
  const point = value === undefined
    ? fraction(trip.settings.random)
    : fractionOfHex(trip.settings.hash(`${placeOf(node, trip)}:${value}`));
  const { output } = branches.find(({ upTo }) => point < upTo) ?? branches.at(-1)!;
  const how = value === undefined ? "drawn by chance" : `always so where ${
    // A value is only there where there is a key.
    shownField(key!, trip.request)}`;
  return { output, why: `${how}: ${(100 * point).toFixed(2)} of 100 falls into ${output}` };
}

function fractionOfHex(digest: string): number {
  return Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32;
}

async function decideLimit(node: LimitNode, trip: Trip): Promise<Decision> {
  const { limit, counts, window: shape, key } = node;
  const { store, clock, hash } = trip.settings;
  const window = new CountingWindow(store, clock, shape);
  const costs = counts === "cost";
  const amount = costs ? estimatedCost(node, trip) : 1;
  // Who leaves the key out is counted with everybody else who does: leaving it out must not lift the limit.
  const value = key && keyAt(key, trip.request);
  const digest = value === undefined ? "" : hash(value).slice(0, 32);
  let before: number;
  try {
    before = await trip.count(window, `${placeOf(node, trip)}:${digest}`, amount, node);
  } catch (error) {
    return withoutStore(node, trip, error);
  }
  const used = `${amountText(counts, before)} of ${amountText(counts, limit)} in ${
    shape.length / 1000
  } s`;
  const whose = key === undefined ? "" : ` where ${shownField(key, trip.request)}`;
  if (!isOver(node, before, amount)) return { output: "success", why: `${used} used up${whose}` };
  return {
    output: "fallback",
    why: `the limit is reached: ${used}${whose}`,
    refusal: limited(node, trip, window.left),
  };
}

/** As limits do: a store that is gone stops nobody, but nobody spends money uncounted. */
function withoutStore(
  { id, counts }: LimitNode,
  { graph, warnings }: Trip,
  error: unknown,
): Decision {
  if (!isGatewayError(error)) throw error;
  const { code, message } = error;
  const why = `not counted: ${message}`;
  if (counts === "requests") {
    const param = `gateways.${graph.gateway}.routes.${graph.name}`;
    warnings.push({ kind: "skipped", param, reason: `element "${id}" is ${why}` });
    return { output: "success", why };
  }
  const closed =
    `${message}, and element "${id}" of route "${graph.name}" lets nobody pass without it`;
  const refusal = new GatewayError(code, closed, { status: 503, retryable: true });
  return { output: "fallback", why, refusal };
}

/** Of the dearest model that may answer. */
function estimatedCost({ models }: LimitNode, { characters, expects, settings }: Trip): number {
  const { prices, usualOutput } = settings;
  const expected = expects();
  const costs = models.map((model) => {
    const named = priced(model);
    const usage = estimatedUsage(characters, expected, usualOutput(named));
    return prices.costOf(named, usage) ?? 0;
  });
  return Math.max(0, ...costs);
}

/** A budget lets pass whoever comes before it is used up, however much he will use, and whatever costs nothing. */
export function isOver({ counts, limit }: LimitNode, before: number, amount: number): boolean {
  return counts === "cost" ? before >= limit && amount > 0 : before + amount > limit;
}

/** Cloudflare's numbers for a rate limit and a spend limit. */
function limited(node: LimitNode, { graph }: Trip, left: number): GatewayError {
  const costs = node.counts === "cost";
  const what = costs ? "Spend limit exceeded" : "Rate limited";
  const seconds = Math.ceil(left / 1000);
  const limit = `${amountText(node.counts, node.limit)} in ${node.window.length / 1000} s`;
  return new GatewayError(
    costs ? 2041 : 2003,
    `${what}: element "${node.id}" of route "${graph.name}" allows ${limit}; ` +
      `try again in ${seconds} s`,
    { headers: { "retry-after": String(seconds) } },
  );
}

/** Elements of all routes of all gateways, told apart. */
function placeOf({ id }: GraphNode, { graph: { gateway, name } }: Trip): string {
  return `route:${gateway}/${name}/${id}`;
}

/** An element that was visited. */
export interface Visit extends Partial<Decision> {
  node: GraphNode;
  why: string;
}

/** Goes from an element to the next model, noting what is visited; `undefined` where the route ends before one. */
export async function follow(
  from: string | undefined,
  trip: Trip,
  visits: Visit[],
): Promise<ModelNode | undefined> {
  for (let id = from; id !== undefined;) {
    const node = trip.graph.nodes.get(id)!;
    if (node.type === "model") return node;
    if (node.type === "end") {
      visits.push({ node, why: "the route ends here" });
      return undefined;
    }
    const decision = await decide(node, trip);
    visits.push({ node, ...decision });
    id = node.outputs.get(decision.output);
  }
  return undefined;
}

/** What the caller gets of a route that ended before it asked any model. */
export function nobodyAsked({ graph }: Trip, visits: readonly Visit[]): GatewayError {
  const refusal = visits.findLast((visit) => visit.refusal !== undefined)?.refusal;
  const last = visits.at(-1)?.node.id;
  return refusal ?? new GatewayError(
    2005,
    `Route "${graph.name}" ends for this request at element "${last}", before any model is asked`,
    { status: 400, retryable: false, param: "model" },
  );
}
