/** Where a plan is a graph: what the graph may know of a request, and what it must know of the answer. */
import type { HeaderReader } from "../fetch_like.ts";
import type { UncountedTrip } from "../routing/graph/decide.ts";
import type { RouteGraph } from "../routing/graph/graph.ts";
import { GraphWalk } from "../routing/graph/walk.ts";
import type { Reckoning } from "../policy/limits/gate.ts";
import type { Metadata } from "../policy/metadata.ts";
import type { Plan } from "../routing/plan.ts";
import { type Run, tabOf } from "../routing/run.ts";
import type { HttpCall } from "./http_call.ts";

/** What a graph may know of a request: its body, and what it says of its answer. */
export interface RoutedBody extends Pick<Reckoning, "expects"> {
  text: string;
  value: unknown;
}

/** The walk of a request through the plan's graph; `undefined` where the plan is none. */
export function walkFor(
  { graph }: Plan,
  call: HttpCall,
  body: RoutedBody,
  { metadata }: { metadata: Metadata },
  run: Run,
  headers: HeaderReader = call.incoming.headers,
): GraphWalk | undefined {
  if (graph === undefined) return undefined;
  return new GraphWalk(tripThrough(graph, call, body, metadata, headers), tabOf(run));
}

/** What the graph may know. */
export function tripThrough(
  graph: RouteGraph,
  { core: { settings }, incoming }: HttpCall,
  { text, value, expects }: RoutedBody,
  metadata: Metadata,
  headers: HeaderReader = incoming.headers,
): UncountedTrip {
  const request = { metadata, body: value, headers };
  return { graph, request, characters: text.length, expects, settings };
}
