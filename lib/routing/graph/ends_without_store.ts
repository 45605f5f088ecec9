import type { RouteGraph } from "./graph.ts";

/** Whether a budget of the graph ends requests while nothing can be counted, since no model is asked behind its fallback. */
export function endsWithoutStore({ nodes }: RouteGraph): boolean {
  return [...nodes.values()].some((node) =>
    node.type === "rate" && node.counts === "cost" && !leadsToModel(node.outputs.get("fallback"))
  );

  function leadsToModel(id: string | undefined, seen = new Set<string>()): boolean {
    if (id === undefined || seen.has(id)) return false;
    seen.add(id);
    const { type, outputs } = nodes.get(id)!;
    return type === "model" || [...outputs.values()].some((next) => leadsToModel(next, seen));
  }
}
