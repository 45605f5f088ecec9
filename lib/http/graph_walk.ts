/** Where a plan is a graph: what the graph may know of a request, and what it must know of the answer. */
import type { Usage } from "../chat/response.ts";
import type { HeaderReader } from "../fetch_like.ts";
import type { JsonText } from "../json/scan_object.ts";
import type { Trip } from "../routing/graph/decide.ts";
import type { RouteGraph } from "../routing/graph/graph.ts";
import { GraphWalk } from "../routing/graph/walk.ts";
import type { Metadata } from "../policy/metadata.ts";
import type { PriceBook } from "../policy/price_book.ts";
import type { ProviderModel } from "../routing/planned_model.ts";
import type { Plan } from "../routing/plan.ts";
import type { Run, RunContext } from "../routing/run.ts";
import { inBackground } from "./background.ts";
import type { HttpCall } from "./http_call.ts";
import type { RequestOptions } from "./request_options.ts";

/** The walk of a request through the plan's graph; `undefined` where the plan is none. */
export function walkFor(
  { graph }: Plan,
  call: HttpCall,
  body: Pick<JsonText, "text" | "value">,
  { metadata }: Pick<RequestOptions, "metadata">,
  prices: PriceBook,
  headers: HeaderReader = call.incoming.headers,
): GraphWalk | undefined {
  if (graph === undefined) return undefined;
  return new GraphWalk(tripThrough(graph, call, body, metadata, headers), prices);
}

/** What the graph may know. */
export function tripThrough(
  graph: RouteGraph,
  { core: { settings }, incoming }: HttpCall,
  { text, value }: Pick<JsonText, "text" | "value">,
  metadata: Metadata,
  headers: HeaderReader = incoming.headers,
): Omit<Trip, "count"> {
  const request = { metadata, body: value, headers };
  return { graph, request, characters: text.length, settings };
}

/** Charges the budgets on the way, if there are any, with what the answer cost: one from the cache nothing. */
export function settleWalk(
  call: HttpCall,
  { walk }: Pick<RunContext, "walk">,
  { cached }: Pick<Run, "cached">,
  answered: ProviderModel,
  usage: Usage | undefined,
  complete = true,
): void {
  if (walk === undefined) return;
  const settled = cached === undefined ? walk.settle(answered, usage, complete) : walk.forgive();
  inBackground(call, settled);
}
