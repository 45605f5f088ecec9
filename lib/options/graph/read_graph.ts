/** From a dynamic route as written, in either spelling, to the graph that requests walk. */
import { ALIASES } from "../../providers/registry.ts";
import type { Condition } from "../../routing/graph/condition.ts";
import type { GraphNode, RouteGraph } from "../../routing/graph/graph.ts";
import { type Fault, pathText } from "../fault.ts";
import { providerFault } from "../provider_fault.ts";
import { checkGraph } from "./check_graph.ts";
import { readBranches } from "./read_branches.ts";
import { readCondition } from "./read_condition.ts";
import { readField } from "./read_field.ts";
import type { GraphReading } from "./reading.ts";
import type {
  WrittenConditional,
  WrittenElement,
  WrittenGraph,
  WrittenLimit,
  WrittenModel,
  WrittenPercentage,
} from "./shapes.ts";

/** Reads a graph, and pushes everything that is wrong with it; faulty ones are never walked. */
export function readGraph(written: WrittenGraph, reading: GraphReading): RouteGraph {
  const nodes = new Map<string, GraphNode>();
  const places = new Map<string, number>();
  for (const [index, element] of written.elements.entries()) {
    const at = [...reading.path, "elements", index];
    const twin = places.get(element.id);
    if (twin !== undefined) {
      const problem = `is also the id of elements[${twin}]`;
      reading.faults.push({ path: [...at, "id"], problem });
      continue;
    }
    places.set(element.id, index);
    nodes.set(element.id, readElement(element, at, reading));
  }
  const all = [...nodes.values()];
  const start = all.find(({ type }) => type === "start");
  const graph: RouteGraph = {
    gateway: reading.gateway,
    name: reading.name,
    start: start?.type === "start" ? start : { id: "", type: "start", outputs: new Map() },
    nodes,
    models: all.filter((node) => node.type === "model"),
  };
  checkGraph(graph, places, reading);
  return graph;
}

function readElement(
  element: WrittenElement,
  at: readonly PropertyKey[],
  reading: GraphReading,
): GraphNode {
  const { id } = element;
  const outputs = outputsOf(element);
  switch (element.type) {
    case "start":
    case "end":
      return { id, outputs, type: element.type };
    case "conditional": {
      const condition = conditionOf(element, [...at, "properties"], reading.faults);
      return { id, outputs, type: "conditional", condition };
    }
    case "percentage": {
      const branches = readBranches([...outputs.keys()], [...at, "outputs"], reading.faults);
      return { id, outputs, type: "percentage", branches, ...keyOf(element, at, reading) };
    }
    case "rate":
    case "rate_limit":
      return { id, outputs, type: "rate", ...limitOf(element, at, reading) };
    case "model":
      return { id, outputs, type: "model", ...modelOf(element, at, reading) };
  }
}

function outputsOf({ outputs = {} }: WrittenElement): Map<string, string> {
  const written = Array.isArray(outputs) ? outputs : Object.entries(outputs);
  const edges: [string, string][] = [];
  for (const [name, edge] of written) if (edge !== undefined) edges.push([name, edge.elementId]);
  return new Map(edges);
}

function conditionOf(
  { properties: { condition, conditions } }: WrittenConditional,
  path: readonly PropertyKey[],
  faults: Fault[],
): Condition {
  const name = condition === undefined ? "conditions" : "condition";
  if (condition !== undefined && conditions !== undefined) {
    faults.push({ path, problem: "has condition and conditions, which mean the same: drop one" });
  }
  return readCondition(condition ?? conditions, [...path, name], faults);
}

/** The field by which requests are told apart. */
function keyOf(
  { properties }: WrittenPercentage | WrittenLimit,
  at: readonly PropertyKey[],
  { faults }: GraphReading,
) {
  if (properties?.key === undefined) return {};
  return { key: readField(properties.key, [...at, "properties", "key"], faults) };
}

function limitOf(element: WrittenLimit, at: readonly PropertyKey[], reading: GraphReading) {
  const { limitType, limit, window, interval, technique = "fixed" } = element.properties;
  const path = [...at, "properties"];
  if ((window === undefined) === (interval === undefined)) {
    const problem = "must have window, also written interval, in seconds, and not both";
    reading.faults.push({ path, problem });
  }
  const costs = limitType === "cost";
  if (!costs && !Number.isInteger(limit)) {
    const problem = `must be a whole number of requests, got ${limit}`;
    reading.faults.push({ path: [...path, "limit"], problem });
  }
  return {
    counts: costs ? "cost" as const : "requests" as const,
    ...keyOf(element, at, reading),
    limit: costs ? Math.ceil(limit * 1e6) : limit,
    window: { length: 1000 * (window ?? interval ?? 1), technique },
    // Known when the graph is whole.
    models: [],
  };
}

function modelOf(
  { properties: { provider: slug, model, timeout = 0, retries } }: WrittenModel,
  at: readonly PropertyKey[],
  { providers, slugs, faults }: GraphReading,
) {
  const provider = providers.get(ALIASES.get(slug) ?? slug);
  const path = [...at, "properties"];
  const problem = providerFault(slug, slugs);
  if (problem !== undefined) faults.push({ path: [...path, "provider"], problem });
  return {
    // A faulty graph is never walked.
    provider: provider!,
    model,
    ...(retries !== undefined && { attempts: retries + 1 }),
    ...(timeout > 0 && { timeout, timeoutOption: pathText([...path, "timeout"]) }),
  };
}
